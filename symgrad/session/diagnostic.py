"""An error as a picture: what is wrong, the line as it was typed, a caret below the place, and the way out."""

from __future__ import annotations

from symgrad.errors import Span, SymgradError
from symgrad.session.display import Segments, cells, display_safe, shorten, width

LONGEST_MESSAGE = 400
NARROWEST = 20


def diagnostic(error: SymgradError, columns: int = 80) -> Segments:
    """The lines that show an error on a screen of `columns` columns; a wide line is windowed around the place."""
    message = display_safe(shorten(error.message, LONGEST_MESSAGE))
    segments: Segments = [("error", f"error[{error.code}]"), ("strong", f": {message}"), ("", "\n")]
    if error.span is not None and error.text is not None:
        segments += _picture(error.text, error.span, error.label, columns)
    if error.hint:
        segments += [
            ("dim", "  help: "),
            ("", display_safe(shorten(error.hint, LONGEST_MESSAGE))),
            ("", "\n"),
        ]
    return segments


def _picture(text: str, span: Span, label: str, columns: int) -> Segments:
    """The line in which the span starts, and carets below the part of the span that lies on it."""
    start = min(max(span.start, 0), len(text))
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    line = text[first : last if last >= 0 else len(text)].removesuffix("\r")
    number = str(text.count("\n", 0, first) + 1)
    begin, end = start - first, min(span.end - first, len(line))
    room = max(columns - len(number) - 6, NARROWEST)
    before, marked, after = _window(line, begin, end, room)
    carets = "^" * max(width(marked), 1)
    said = f" {display_safe(shorten(label, room))}" if label else ""
    margin = " " * len(number)
    return [
        ("dim", f"  {number} │ "),
        ("", f"{before}{marked}{after}".rstrip()),
        ("dim", f"\n  {margin} │ "),
        ("", " " * width(before)),
        ("caret", carets + said),
        ("", "\n"),
    ]


def _window(line: str, begin: int, end: int, room: int) -> tuple[str, str, str]:
    """What is shown before, in and after the marked part, together at most `room` columns wide."""
    reach = 4 * room  # of a megabyte on one line only the neighbourhood is looked at
    offset = max(0, begin - reach)
    near = cells(line[offset : begin + reach])
    before, marked, after = (
        near[: begin - offset],
        near[begin - offset : end - offset],
        near[max(begin, end) - offset :],
    )
    cut_left, cut_right = offset > 0, begin + reach < len(line)
    if not cut_left and not cut_right and sum(map(width, near)) <= room:
        return "".join(before), "".join(marked), "".join(after)
    marked_text, rest = _take(marked, room * 2 // 3)
    if rest:
        marked_text, after, cut_right = marked_text + "…", [], False
    space = room - width(marked_text) - 2
    ahead, rest = _take(after, space // 2)
    behind, left = _take(before[::-1], space - width(ahead), backwards=True)
    ahead, rest = _take(after, space - width(behind))
    return ("…" if left or cut_left else "") + behind, marked_text, ahead + ("…" if rest or cut_right else "")


def _take(shown: list[str], room: int, *, backwards: bool = False) -> tuple[str, bool]:
    """As many cells as fit, joined, and whether any are left over."""
    taken: list[str] = []
    used = 0
    for cell in shown:
        used += width(cell)
        if used > room:
            return "".join(taken[::-1] if backwards else taken), True
        taken.append(cell)
    return "".join(taken[::-1] if backwards else taken), False
