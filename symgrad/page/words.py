"""Texts and numbers as the page shows them: nothing invisible, nothing that a browser would obey."""

from __future__ import annotations

import json
import math
import unicodedata
from html import escape
from typing import Any

HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories of characters that nobody sees, or that turn the text around them."""


def shown(text: str) -> str:
    """A text with its invisible characters spelled out; `html.escape` does the rest."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"<U+{ord(c):04X}>" if unicodedata.category(c) in HIDDEN else c for c in text)


def escaped(text: str) -> str:
    """A text for any place in HTML, also in attributes."""
    return escape(shown(text))


def safe_markup(markup: str) -> str:
    """Markup of ours whose texts are escaped already, with invisible characters spelled out."""
    if markup.isascii() and markup.isprintable():
        return markup
    return "".join(f"&lt;U+{ord(c):04X}&gt;" if unicodedata.category(c) in HIDDEN else c for c in markup)


def script(value: Any) -> str:
    """Plain data as JavaScript inside a script element: no `<` can end it, and all is ASCII."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def short(value: float | bool) -> str:
    """A number with six digits, as JavaScript writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if not math.isfinite(value):
        return "nan" if value != value else "inf" if value > 0 else "-inf"
    written = f"{value:.6g}"
    mantissa, e, exponent = written.partition("e")
    return f"{mantissa}e{int(exponent):+d}" if e else written
