"""Text from outside made safe to show: nothing that is echoed can move a cursor, reverse a line or ring a bell."""

from __future__ import annotations

import unicodedata

Segments = list[tuple[str, str]]
"""Pieces of output as (style, text): what every way of showing things starts from."""

PICTURES = {**{chr(i): chr(0x2400 + i) for i in range(32)}, "\x7f": "␡"}
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
TAB = 4


ROOM = 30
"""A remark that does not fit into its line is broken beside it if there are so many columns, else put below."""


BELOW = 9
"""Where a remark begins that is put below."""


def visible(character: str) -> str:
    """One character as it may be shown: controls as pictures (`␛`), other invisible ones by code point (`<U+202E>`)."""
    if " " <= character <= "~":
        return character
    if character in PICTURES:
        return PICTURES[character]
    return f"<U+{ord(character):04X}>" if unicodedata.category(character) in HIDDEN else character


def display_safe(text: str) -> str:
    """A text on one line, with nothing in it that a terminal would obey."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(visible, text))


def width(text: str) -> int:
    """The number of columns that a safe text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cells(line: str) -> list[str]:
    """What is shown for each character of a line: tabs become blanks up to the next stop."""
    shown: list[str] = []
    column = 0
    for character in line:
        cell = " " * (TAB - column % TAB) if character == "\t" else visible(character)
        shown.append(cell)
        column += width(cell)
    return shown


def shorten(text: str, most: int) -> str:
    """A text of at most `most` characters, its middle left out."""
    if len(text) <= most:
        return text
    tail = (most - 3) // 3
    return f"{text[: most - 3 - tail]} … {text[len(text) - tail :]}"


def folded(text: str, room: int) -> list[str]:
    """A text as lines of at most so many columns, broken between words; a longer word has a line of its own."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width(lines[-1]) + 1 + width(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def beside(segments: Segments, style: str, text: str, columns: int, gap: int = 3) -> Segments:
    """A remark behind the beginning of a line; where it is too long, on lines of its own below each other."""
    used = width(plain(segments)) + gap
    room = columns - used
    if width(text) > room and room < ROOM:
        used = min(used, BELOW)
        first, *rest = folded(text, columns - used - 2)
        blanks = "\n" + " " * used
    else:
        first, *rest = folded(text, room - 2) if width(text) > room else [text]
        blanks = " " * gap
    lines = "".join(f"\n{' ' * (used + 2)}{line}" for line in rest)
    return [*segments, ("", blanks), (style, first + lines), ("", "\n")]


def plain(segments: Segments) -> str:
    """The text without its styles."""
    return "".join(text for _, text in segments)
