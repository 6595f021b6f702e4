"""Colours: one hue from pale to strong, which the colour-blind read too; what is written on them stays dark."""

from __future__ import annotations

from symgrad.draw.picture import Box

PALE, STRONG = (0xF4, 0xF8, 0xFC), (0x6B, 0xAE, 0xD6)
"""Both ends of the ramp (ColorBrewer's Blues): black has a contrast of more than 8 to 1 on each."""
NOTHING = "#f7f7f7"
"""Where there is no gradient."""
GROUP = "#efe9dd"
INK, SOFT = "#111111", "#222222"
LINE = "#7f7f7f"
"""Arrows and captions: seen on white and on black."""
BORDER, ALARM = "#5a6b7b", "#b3261e"


def fill(box: Box) -> str:
    """The colour of a box."""
    if box.weight is None:
        return GROUP if box.kind == "group" else NOTHING
    parts = (round(a + (b - a) * box.weight) for a, b in zip(PALE, STRONG, strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)
