"""Pieces of (style, text) as one string: plain, with ANSI colours, or in the few signs that an old stream can take."""

from __future__ import annotations

from symgrad.session.curves import in_ascii
from symgrad.session.display import Segments

ANSI = {
    "strong": "1",
    "number": "1",
    "label": "36",
    "dim": "2",
    "good": "32",
    "warn": "33",
    "bad": "31;1",
    "error": "31;1",
    "caret": "31;1",
    "curve0": "34;1",
    "curve1": "33",
    "curve2": "32",
    "curve3": "35",
}

IN_ASCII = str.maketrans({
    "∂": "d", "│": "|", "…": "...", "✓": "ok", "⚠": "!", "✗": "x", "·": "*", "−": "-", "→": "->", "²": "^2", "≤": "<=",
    "≥": ">=", "≠": "!=", "∞": "infinity", "±": "+-", "×": "x", "├": "|", "└": "`", "─": "-",
})  # fmt: skip


def ansi(segments: Segments) -> str:
    """The text in colours: the sixteen that every theme defines."""
    return "".join(
        f"\x1b[{ANSI.get(style, style)}m{text}\x1b[0m"
        if (style in ANSI or style[:3] == "38;") and text
        else text
        for style, text in segments
    )


def encodable(text: str, encoding: str | None) -> str:
    """The text in what a stream can take: signs in ASCII, then anything else by its code point."""
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        text = in_ascii(text).translate(IN_ASCII)
        return text.encode(encoding or "ascii", "backslashreplace").decode(encoding or "ascii")
    return text
