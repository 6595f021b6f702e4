"""Curves in a line of text: what rose and fell, in as few characters as there is room for."""

from __future__ import annotations

import math
from collections.abc import Sequence

LEFT, RIGHT = (0x00, 0x40, 0x44, 0x46, 0x47), (0x00, 0x80, 0xA0, 0xB0, 0xB8)
BRAILLE = 0x2800
LEVELS = " .:-=+*#%@"
WIDE = 30.0
"""From a ratio like this between the largest and the smallest number on, a curve is drawn of logarithms."""


def thinned(values: Sequence[float], most: int) -> list[float]:
    """At most so many of the values, at equal distances, the last one among them."""
    n = len(values)
    if n <= most:
        return list(values)
    return [values[(i + 1) * n // most - 1] for i in range(most)]


def heights(values: Sequence[float], levels: int) -> list[int]:
    """Values as heights from 1 to `levels`; those that are no numbers have none."""
    finite = [v for v in values if math.isfinite(v)]
    if not finite:
        return [0] * len(values)
    low, high = min(finite), max(finite)
    curved = low > 0 and high / low > WIDE
    floor, ceiling = (math.log(low), math.log(high)) if curved else (low, high)
    span = ceiling - floor
    found = []
    for v in values:
        if not math.isfinite(v):
            found.append(levels if v > 0 else 0)
            continue
        share = ((math.log(v) if curved else v) - floor) / span if span > 0 else 0.0
        found.append(1 + min(levels - 1, int(share * levels)))
    return found


def spark(values: Sequence[float], columns: int) -> str:
    """A curve as braille: two values in each character, four heights."""
    found = heights(thinned(values, 2 * columns), 4)
    found += [0] * (len(found) % 2)
    return "".join(chr(BRAILLE + LEFT[a] + RIGHT[b]) for a, b in zip(found[::2], found[1::2], strict=True))


def in_ascii(text: str) -> str:
    """A text with its curves and half blocks in letters that every terminal has."""
    return "".join(_ascii(c) for c in text)


def _ascii(character: str) -> str:
    code = ord(character) - BRAILLE
    if 0 <= code < 256:
        height = max(LEFT.index(code & 0x47), RIGHT.index(code & 0xB8)) if code else 0
        return " .-=#"[height]
    return {"▀": '"', "▄": "_", "█": "#", "·": "-", "λ": "lambda"}.get(character, character)
