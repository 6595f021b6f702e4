"""Names that every language takes."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable

from symgrad.symbolic.latex import LETTERS, SUBSCRIPTS


def safe(name: str) -> str:
    """A name of ASCII letters, digits and underscores: Greek letters spelled out, indices after an underscore."""
    out = ""
    for character in unicodedata.normalize("NFKC", name.translate(SUBSCRIPTS)):
        if character.isascii() and (character.isalnum() or character == "_"):
            out += character
        elif character in LETTERS:
            out += LETTERS[character]
        elif character in "[, .":
            out += "_"
        elif character != "]":
            out += f"u{ord(character):x}"
    out = out.replace("__", "_") if out.strip("_") else "x"
    return out if not out[0].isdigit() else f"x{out}"


def distinct(names: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Safe names, no two of them the same, and none of those that are taken."""
    used = set(taken)
    out = {}
    for name in names:
        plain = safe(name)
        choices = itertools.chain([plain, f"{plain}_"], (f"{plain}_{k}" for k in itertools.count(2)))
        out[name] = next(choice for choice in choices if choice not in used)
        used.add(out[name])
    return out
