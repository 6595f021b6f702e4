"""Characters outside the language, and names that only look right: named by code point, with what to type instead."""

from __future__ import annotations

import unicodedata

from symgrad.errors import Span, SyntaxMistake

# Letters that cannot be told from Latin ones on a screen: Cyrillic (never accepted), and some Greek ones.
CYRILLIC = dict(zip("аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅ", "aeopcyxijshdqwABEKMHOPCTYXIJS", strict=True))
GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲϳ", "ABEZHIKMNOPTYXocj", strict=True))

QUOTES = "\"'`´“”„‘’‚«»"
INSTEAD = {
    "{": "brackets are round here: `(`",
    "}": "brackets are round here: `)`",
    "&": "write `and`",
    "~": "write `not`",
    "¬": "write `not`",
    "∧": "write `and`",
    "∨": "write `or`",
    "%": "the remainder is `mod(x, y)`",
    "\\": "write names without `\\`, as in `sin(x)`",
    "$": "write the formula without `$`",
    "?": "a choice is written `if(c, a, b)`",
    "∞": "there is no number for infinity",
    "—": "write `-`",
    "‐": "write `-`",
    "∂": "derivatives are written `diff(f, x)`",
    "∑": "a sum over a vector is `sum(v)`",
    "½": "write `1/2`",
    "¼": "write `1/4`",
    "¾": "write `3/4`",
    "°": "angles are in radians: 180 degrees are `pi`",
    "∛": "write `cbrt(x)`",
    "…": "write the terms out",
}
INVISIBLE = ("Cf", "Cc", "Zl", "Zp", "Zs", "Cs", "Co", "Cn")


def code_point(character: str) -> str:
    """`ZERO WIDTH SPACE (U+200B)`."""
    name = unicodedata.name(
        character, "a control character" if unicodedata.category(character) == "Cc" else "a character"
    )
    return f"{name} (U+{ord(character):04X})"


def foreign(character: str, start: int) -> SyntaxMistake:
    """The mistake of a character that belongs to no word."""
    span = Span(start, start + 1)
    if unicodedata.category(character) in INVISIBLE:
        message = f"an invisible character: {code_point(character)}"
        return SyntaxMistake("SG003", message, span, hint="delete it; it probably came with pasted text")
    if character in QUOTES:
        message = "quotes: there is no text in the language, only numbers, names and operations"
        return SyntaxMistake("SG020", message, span, hint="write names without quotes")
    if character in CYRILLIC:
        return _look_alike(character, CYRILLIC[character], span)
    hint = INSTEAD.get(character)
    plain = unicodedata.normalize("NFKC", character)
    if hint is None and plain != character and plain.isprintable() and (plain.isascii() or len(plain) == 1):
        hint = f"write `{plain}`"
    if character in "{}":
        return SyntaxMistake("SG017", f"`{character}` is not used here", span, hint=hint)
    named = f"`{character}`" if character.isascii() else f"`{character}`, {code_point(character)},"
    if hint is None and character.isalpha():
        hint = "names are made of Latin and Greek letters, digits and `_`"
    return SyntaxMistake("SG002", f"{named} is not in the language", span, hint=hint)


def _look_alike(character: str, latin: str, span: Span) -> SyntaxMistake:
    message = f"`{character}` is {code_point(character)} and only looks like `{latin}`"
    return SyntaxMistake("SG004", message, span, hint=f"type the Latin letter `{latin}`")


def _is_greek_or_subscript(character: str) -> bool:
    return (
        "\u0370" <= character <= "\u03ff"
        or "\u1d62" <= character <= "\u1d6a"
        or "\u2080" <= character <= "\u209c"
    )


def normal_name(word: str, start: int) -> str:
    """A name with its accents composed, `µ` as `μ` and `π` as `pi`.

    Raises:
        SyntaxMistake: SG004, a letter that looks like another, or a combining mark that belongs to no letter.
    """
    name = unicodedata.normalize("NFC", word).replace("µ", "μ")
    strange = next(
        (c for c in name if c.isalpha() and not c.isascii() and not _is_greek_or_subscript(c)), None
    )
    if strange is not None:
        raise foreign(strange, start)
    for offset, character in enumerate(word):
        span = Span(start + offset, start + offset + 1)
        if character in GREEK:
            raise _look_alike(character, GREEK[character], span)
        if unicodedata.combining(character) and character in name:
            message = f"`{word}` contains {code_point(character)}"
            raise SyntaxMistake(
                "SG004", message, Span(start, start + len(word)), hint="use letters without marks over them"
            )
    return "pi" if name == "π" else name
