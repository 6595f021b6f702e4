"""Are two expressions equal? Certified points look for a difference, normal forms and SymPy for a proof."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from symgrad.certified.prove import Budget, Spent
from symgrad.equality import mistakes, normal
from symgrad.equality.compare import Kind, Seen, Side, compare
from symgrad.equality.guard import bare
from symgrad.equality.points import points
from symgrad.equality.prepare import Pair, condition, pairs
from symgrad.equality.verdict import Equality, Found
from symgrad.graph import Node, variables
from symgrad.symbolic.simplify import Step, simplify

ENOUGH = 40
"""Points in agreement."""
COMMON = 8
"""Points where both sides are defined that are looked at after a difference, for hints."""
MOST_POINTS = 300
SHOWN_GAPS = 3
MOST_RULES = 4
LOG2 = math.log10(2)

Vanishes = Callable[[Node], str]
"""Asked last: whether a difference is zero; how that was found, or "" """


@dataclass
class Scan:
    """What was seen at all points."""

    seen: list[Seen] = field(default_factory=list)

    def of(self, *kinds: Kind) -> list[Seen]:
        """The points of these kinds."""
        return [s for s in self.seen if s.kind in kinds]


def equal(left: Node, right: Node, *, budget: float = 2.0, sympy: Vanishes | None = None) -> Equality:
    """Whether two expressions are equal wherever both are defined.

    Args:
        left: any expression: a number, a condition or an array.
        right: another of the same shape.
        budget: seconds for certified points and proofs.
        sympy: asked where nothing else gave a proof; None: SymPy is not asked.

    Raises:
        TypeMistake: SG201, SG203, SG213: they cannot be compared.
        LimitReached: SG421, arrays are too large.
    """
    parts = pairs(left, right)
    share = budget / max(len(parts), 1)
    found = []
    for pair in parts:
        found.append(_pair(pair, share, sympy))
        if found[-1].status == "different":
            return found[-1]
    return found[0] if len(found) == 1 else _joined(found)


def _joined(found: list[Equality]) -> Equality:
    """The answer about an array none of whose elements differ."""
    gaps = tuple(gap for e in found for gap in e.gaps)[:SHOWN_GAPS]
    undecided = [e for e in found if e.status == "undecided"]
    agreed, digits = min(e.agreed for e in found), min(e.digits for e in found)
    if undecided:
        return replace(undecided[0], gaps=gaps)
    order = ("SymPy", "normal forms, case by case", "normal forms", "simplification", "the same expression")
    proof = min((e.proof for e in found), key=order.index)
    return Equality("equal", _equal_said(proof, gaps), proof, None, gaps, agreed, digits)


def _pair(pair: Pair, budget: float, sympy: Vanishes | None) -> Equality:
    """The answer about one pair of scalars."""
    element, a, b = pair
    steps: list[Step] = []
    plain, other = bare([a, b])
    same = plain is other or simplify([plain], steps)[0] is simplify([other], steps)[0]
    scan = scanned(a, b, Budget(seconds=budget / 2))
    gaps = _gaps(scan, element)
    differ = scan.of(Kind.DIFFER)
    agreed = scan.of(Kind.AGREE)
    if differ or (gaps and not agreed):
        return _different(pair, scan, gaps, Budget(seconds=budget / 4))
    digits = _digits(agreed)
    proof = "the same expression" if plain is other else "simplification" if same else ""
    holes = _holes(scan)
    proof = proof or _normal_form(plain, other, budget / 2, holes)
    if (plain, other) != (a, b):  # what is known where the originals are defined may help
        proof = proof or _normal_form(a, b, budget / 2, holes)
    if not proof and sympy is not None and (agreed or not scan.of(Kind.NEITHER)):
        proof = sympy(plain - other)
    neither = not agreed and bool(scan.of(Kind.NEITHER))
    if proof and not neither:
        rules = _rules(steps) if proof == "simplification" else ()
        said = _equal_said(proof, gaps) + (f" ({'; '.join(rules)})" if rules else "")
        return Equality("equal", said, proof, None, gaps, len(agreed), digits, _domain(scan, gaps))
    reason = _reason(scan, neither=neither)
    return Equality(
        "undecided",
        f"could not decide: {reason}",
        "",
        None,
        gaps,
        len(agreed),
        digits,
        _domain(scan, gaps),
        reason,
    )


def _equal_said(proof: str, gaps: Sequence[Found]) -> str:
    """Equality in a sentence."""
    where = "equal where both are defined" if gaps else "equal"
    how = {
        "the same expression": "both are the same expression",
        "simplification": "proved by simplification",
        "normal forms": "proved by normal forms",
        "normal forms, case by case": "proved by normal forms, case by case",
    }.get(proof, "SymPy simplifies the difference to 0")
    return f"{where}: {how}"


def _rules(steps: list[Step]) -> tuple[str, ...]:
    """The names of the rules that made both sides the same, most telling first."""
    names = dict.fromkeys(s.rule for s in steps if "order" not in s.rule)
    return tuple(names)[:MOST_RULES]


def _reason(scan: Scan, *, neither: bool) -> str:
    agreed = scan.of(Kind.AGREE)
    if neither:
        return "no point was found where the expressions are defined"
    if agreed:
        points_ = f"{len(agreed)} certified point{'s' * (len(agreed) != 1)} agree{'s' * (len(agreed) == 1)}"
        return f"{points_} to {_digits(agreed)} digits, but no proof was found"
    return "neither a certified point nor a proof was found in time"


def _domain(scan: Scan, gaps: Sequence[Found]) -> tuple[str, ...]:
    """Where neither side is defined, or has a derivative: what was proved says nothing there."""
    neither = scan.of(Kind.NEITHER)
    bent = [s.point for s in neither if all(s.bent)][:SHOWN_GAPS]
    undefined = [s.point for s in neither if not all(s.bent)][:SHOWN_GAPS]
    found = [f"neither has a derivative at {mistakes.listed(bent)}"] if bent else []
    if undefined and not gaps and (at := mistakes.listed(undefined)):
        found.append(f"neither is defined at {at}")
    return tuple(found)


def scanned(a: Node, b: Node, budget: Budget) -> Scan:
    """Both sides at simple points, then at others, until enough is known."""
    names = [v.name for v in variables(a, b)]
    left, right = Side(a), Side(b)
    scan = Scan()
    for count, point in enumerate(points(names, [a, b])):
        if budget.spent() or count >= MOST_POINTS:
            break
        scan.seen.append(compare(left, right, point, budget))
        common = len(scan.of(Kind.AGREE, Kind.DIFFER))
        simple = count < (16 if len(names) == 1 else 60)
        if common >= (COMMON if scan.of(Kind.DIFFER) else ENOUGH) and not simple:
            break
    return scan


def _gaps(scan: Scan, element: str) -> tuple[Found, ...]:
    """Points where only one side is defined, a few of each kind."""
    left, right = scan.of(Kind.LEFT)[:SHOWN_GAPS], scan.of(Kind.RIGHT)[:SHOWN_GAPS]
    return tuple(s.found(element) for s in (*left, *right))


def _digits(agreed: Sequence[Seen]) -> int:
    """How many digits agree everywhere."""
    bits = [
        x.ball.rel_accuracy_bits()
        for s in agreed
        for x in (s.left, s.right)
        if x is not None and not x.ball.contains(0)
    ]
    return int(min([*bits, 320]) * LOG2) if agreed else 0


def _holes(scan: Scan) -> set[float]:
    """Numbers at which neither side is defined: of one variable only, for several a number is no point."""
    return {x for s in scan.of(Kind.NEITHER) if len(s.point) == 1 for x in s.point.values()}


def _normal_form(a: Node, b: Node, seconds: float, holes: set[float]) -> str:
    """The proof by normal forms, if it succeeds in time."""
    budget = Budget(seconds=seconds)
    try:
        if normal.difference(a, b, budget.check) == 0:
            return "normal forms"
        return "normal forms, case by case" if mistakes.by_cases(a, b, budget, holes) else ""
    except Spent:
        return ""


def _different(pair: Pair, scan: Scan, gaps: tuple[Found, ...], budget: Budget) -> Equality:
    """The counterexample, and what it may come from."""
    element, a, b = pair
    differ, agreed = scan.of(Kind.DIFFER), scan.of(Kind.AGREE)
    digits = _digits(agreed)
    if not differ:
        said = "different: there is no point where both are defined"
        return Equality("different", said, "", gaps[0], gaps, 0, 0)
    found = differ[0].found(element)
    truths = condition(a) and condition(b)
    try:
        plain, other = bare([a, b])
        seen = scan.of(Kind.AGREE, Kind.DIFFER)
        hints = () if truths else mistakes.explain(plain, other, seen, budget)
    except Spent:
        hints = ()
    at = mistakes.listed([found.point])
    place = f" at {at}" if at else ""
    said = (
        f"different{place}: {'element ' + element + ' is ' if element else ''}{found.left} and {found.right}"
    )
    return Equality("different", said, "", found, gaps, len(agreed), digits, hints)
