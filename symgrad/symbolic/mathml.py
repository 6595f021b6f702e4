"""A graph as MathML, which browsers typeset themselves: our LaTeX, so the table's templates, read once more."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from symgrad.graph import Node
from symgrad.symbolic.latex import LETTERS, latex
from symgrad.symbolic.notation import LIMIT

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|[^\s]", re.DOTALL)
RAW = ("mathrm", "operatorname", "text", "begin", "end")
"""Commands whose argument is a word."""
SPELLED = re.compile(r"\\(backslash|hat|sim)\{\}|\\(.)")
WORDS = {"backslash": "\\", "hat": "^", "sim": "~"}
GREEK = {name: letter for letter, name in LETTERS.items()}
SIGNS = {
    "cdot": "⋅", "le": "≤", "ge": "≥", "ne": "≠", "land": "∧", "lor": "∨", "lnot": "¬", "infty": "∞",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "{": "{", "}": "}", "|": "‖", "partial": "∂",
}  # fmt: skip
OPERATORS = frozenset("+-*/=<>()[]|,;:!'⋅≤≥≠∧∨¬⌊⌋⌈⌉{}‖&")
NARROW = '<mspace width="0.17em"/>'
APPLY = "<mo>&#x2061;</mo>"


def mathml(root: Node, limit: int = LIMIT, before: str = "") -> str:
    """The expression as a `math` element; `before` is LaTeX of ours that stands in front, such as `f =`."""
    return f'<math display="block">{_row(_read(before + latex(root, limit)))}</math>'


@dataclass
class _Pending:
    """A command that waits for its arguments."""

    needs: int
    build: Callable[[list[str]], str]
    got: list[str] = field(default_factory=list)


@dataclass
class _Frame:
    """What is open: a group, brackets that grow, or a table."""

    kind: str
    items: list[str] = field(default_factory=list)
    pending: list[_Pending] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def add(self, atom: str) -> None:
        """Put an atom where it belongs: to the command that waits for it, or into the row."""
        while self.pending:
            waiting = self.pending[-1]
            waiting.got.append(atom)
            if len(waiting.got) < waiting.needs:
                return
            self.pending.pop()
            atom = waiting.build(waiting.got)
        self.items.append(atom)

    def cell(self) -> None:
        """End a cell of a table."""
        self.rows[-1].append(_row(self.items))
        self.items = []


def _read(source: str) -> list[str]:
    """The atoms of a formula. Nothing recurses: what is open lies on a stack."""
    stack = [_Frame("whole")]
    at = 0
    while found := TOKEN.search(source, at):
        word, at = found.group(), found.end()
        top = stack[-1]
        if word == "{":
            stack.append(_Frame("group"))
        elif word == "}":
            stack.pop()
            stack[-1].add(_row(top.items))
        elif word in ("^", "_"):
            _raise(top, "msup" if word == "^" else "msub")
        elif word.startswith("\\"):
            at = _command(word[1:], source, at, stack)
        elif word == "&" and top.kind in TABLES:
            top.cell()
        elif word == "(":
            stack.append(_Frame("bare", [PLAIN[0]]))
        elif word == ")" and top.kind == "bare":
            stack.pop()
            stack[-1].add(_row([*top.items, PLAIN[1]]))
        else:
            top.add(_character(word))
    return stack[0].items


def _character(token: str) -> str:
    if token[0].isdigit():
        return f"<mn>{token}</mn>"
    if token in OPERATORS:
        return f"<mo>{escape({'-': '−', '*': '∗'}.get(token, token))}</mo>"
    return f"<mi>{escape(token)}</mi>"


def _raise(frame: _Frame, tag: str) -> None:
    base = frame.items.pop() if frame.items else "<mrow></mrow>"
    frame.pending.append(_Pending(1, lambda got: f"<{tag}>{base}{got[0]}</{tag}>"))


FILLED = {"frac": (2, "<mfrac>{0}{1}</mfrac>"), "sqrt": (1, "<msqrt>{0}</msqrt>")}
"""Commands whose arguments are formulas: how many, and where they go."""
INDEXED = "<mroot>{0}<mn>INDEX</mn></mroot>"
PLAIN = ('<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>')
"""Brackets of a template that do not grow; what follows them belongs to all that they hold."""
TABLES = {"cases": ("<mo>{</mo>", ""), "pmatrix": ("<mo>(</mo>", "<mo>)</mo>"), "aligned": ("", "")}


def _command(name: str, source: str, at: int, stack: list[_Frame]) -> int:
    """Do what a command says; the place behind it is returned."""
    top = stack[-1]
    if name in RAW:
        word, at = _braced(source, at)
        _word(name, word, stack)
    elif name in FILLED:
        needs, template = FILLED[name]
        if source.startswith("[", at):
            end = source.index("]", at)
            template = INDEXED.replace("INDEX", escape(source[at + 1 : end]))
            at = end + 1
        top.pending.append(_Pending(needs, lambda got: template.format(*got)))
    elif name == "left":
        bracket, at = _bracket(source, at)
        stack.append(_Frame("left", [bracket]))
    elif name == "right":
        bracket, at = _bracket(source, at)
        stack.pop()
        before = stack[-1]
        if before.items and not before.pending and CALLED.search(before.items[-1]):
            before.items.append(APPLY)
        before.add(_row([*top.items, bracket]))
    elif name == "\\":
        top.cell()
        top.rows.append([])
    elif name == ",":
        top.add(NARROW)
    elif name == " ":
        top.add('<mspace width="0.3em"/>')
    elif name in SIGNS:
        top.add(f"<mo>{escape(SIGNS[name])}</mo>")
    else:
        top.add(f"<mi>{escape(GREEK.get(name, name))}</mi>")
    return at


CALLED = re.compile(r"<mi[^>]*>[^<]{2,}</mi>(?:<[^>]*>[^<]*</[^>]*></msu[bp]>)?$")
"""The name of a function, perhaps with an index, at the end of an atom."""


def _word(name: str, word: str, stack: list[_Frame]) -> None:
    """A word, or the beginning or end of a table."""
    top = stack[-1]
    if name == "begin":
        stack.append(_Frame(word, rows=[[]]))
    elif name == "end":
        top.cell()
        stack.pop()
        opening, closing = TABLES[word]
        rows = "".join(f"<mtr>{''.join(f'<mtd>{c}</mtd>' for c in row)}</mtr>" for row in top.rows)
        stack[-1].add(f"<mrow>{opening}<mtable>{rows}</mtable>{closing}</mrow>")
    elif name == "text":
        stack[-1].add(f"<mtext>{escape(word).replace(' ', '&#xa0;')}</mtext>")
    else:
        plain = SPELLED.sub(lambda m: WORDS.get(m[1] or "", m[2] or ""), word)
        upright = ' mathvariant="normal"' if len(plain) == 1 else ""
        top.add(f"<mi{upright}>{escape(plain)}</mi>")


def _braced(source: str, at: int) -> tuple[str, int]:
    """The text between braces, and the place behind them; a backslash takes the next character with it."""
    depth, start = 0, at + 1
    while True:
        character = source[at]
        at += 2 if character == "\\" else 1
        depth += (character == "{") - (character == "}")
        if not depth:
            return source[start : at - 1], at


def _bracket(source: str, at: int) -> tuple[str, int]:
    found = TOKEN.match(source, at)
    assert found is not None
    token = found.group()
    sign = SIGNS[token[1:]] if token.startswith("\\") else token
    return f'<mo stretchy="true">{escape(sign)}</mo>', found.end()


def _row(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"<mrow>{''.join(items)}</mrow>"
