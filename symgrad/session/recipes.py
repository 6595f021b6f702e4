"""The words of `:train`: a loss, settings as `steps=100`, and the names of what is trained."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from symgrad.errors import UsageMistake, did_you_mean

if TYPE_CHECKING:
    from symgrad.nn.task import Recipe

SETTING = re.compile(r"(?:^|\s)([^\W\d]\w*)=(?!=)(\S+)\s*$")
BARE = re.compile(r"[\w)\]]\s+([^\W\d]\w*)\s*$")
BY = re.compile(r"(?:^|\s)by\s+([\w.]+(?:\s*,\s*[\w.]+)*)\s*$")
SETTINGS = ("steps", "rate", "schedule", "optimiser", "batch", "seed", "clip", "way")
USAGE = (
    "settings are: steps=100 rate=0.1 (or rate=1..0.1) schedule=cosine optimiser=adam batch=32 seed=1 clip=1 "
    "way=compiled (or way=numpy; by itself what is faster)"
)


@dataclass(frozen=True)
class Words:
    """A loss, settings by name, and what is trained."""

    loss: str
    settings: Mapping[str, str] = field(default_factory=dict)
    by: tuple[str, ...] = ()


def words(text: str, known: tuple[str, ...] = SETTINGS) -> Words:
    """The words behind `:train` taken apart, from the end.

    Raises:
        UsageMistake: SG515, there is no such setting.
    """
    settings: dict[str, str] = {}
    by: tuple[str, ...] = ()
    while True:
        found, names = SETTING.search(text), BY.search(text)
        if names is not None and not by:
            by = tuple(name.strip() for name in names[1].split(","))
            text = text[: names.start()]
        elif found is not None and _balanced(text[: found.start()]):
            name = "optimiser" if found[1] == "optimizer" else found[1]
            if name not in known:
                near = did_you_mean(name, known)
                raise UsageMistake(
                    "SG515",
                    f"there is no setting `{name}`",
                    hint=f"did you mean `{near}=`?" if near else USAGE,
                )
            settings.setdefault(name, found[2])
            text = text[: found.start()]
        else:
            refuse_bare(text)
            return Words(text.strip(), settings, by)


def refuse_bare(text: str) -> None:
    """Say how a setting is written where its value stands alone: `loss adam`, `loss 100`.

    Raises:
        UsageMistake: SG515.
    """
    found = BARE.search(text)
    if found is None:
        return
    from symgrad.nn.optimise import OPTIMISERS, SPELLINGS
    from symgrad.nn.schedules import SCHEDULES

    word = found[1]
    tables = (
        ("optimiser", {*OPTIMISERS, *SPELLINGS}),
        ("schedule", SCHEDULES),
        ("way", ("compiled", "numpy")),
    )
    for name, known in tables:
        if word.lower() in known:
            raise UsageMistake(
                "SG515", f"`{word}` stands alone, and not as a setting", hint=f"write {name}={word}"
            )


def _balanced(text: str) -> bool:
    return text.count("(") + text.count("[") == text.count(")") + text.count("]")


def recipe(settings: Mapping[str, str]) -> Recipe:
    """How to train, from settings as they were typed.

    Raises:
        UsageMistake: SG515, one of them is no number; SG706, there is no such optimiser or schedule.
    """
    from symgrad.nn.optimise import optimiser
    from symgrad.nn.schedules import schedule
    from symgrad.nn.task import Recipe
    from symgrad.nn.ways import checked

    own = optimiser(settings.get("optimiser", "descent"))
    start, dots, end = settings.get("rate", "").partition("..")
    rate = number("rate", start) if start else own.rate
    kind = settings.get("schedule", "linear" if dots else "constant")
    ends = {"end": number("rate", end)} if dots else {}
    batch = settings.get("batch")
    clip = settings.get("clip")
    return Recipe(
        steps=count("steps", settings.get("steps", "100")),
        rate=schedule(kind, rate, **ends),
        optimiser=own,
        batch=count("batch", batch) if batch is not None else None,
        seed=count("seed", settings.get("seed", "0"), 0),
        clip_norm=number("clip", clip) if clip is not None else None,
        way=checked(settings.get("way", "")),
    )


def number(name: str, text: str) -> float:
    """A positive number."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise UsageMistake("SG515", f"`{name}` is a positive number, and not `{text}`", hint=USAGE)
    return value


def count(name: str, text: str, least: int = 1) -> int:
    """A whole number."""
    if not text.replace("_", "").isdecimal() or int(text) < least:
        raise UsageMistake(
            "SG515", f"`{name}` is a whole number from {least} on, and not `{text}`", hint=USAGE
        )
    return int(text)
