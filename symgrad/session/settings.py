"""What a user can set: one table of settings, read from config.toml, changed by `:set`, printed as a commented file."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

from symgrad.errors import UsageMistake, did_you_mean


@dataclass(frozen=True)
class Settings:
    """How sessions behave and look. A value: changing one gives another."""

    preview: bool = True
    check: bool = True
    budget: float = 2.0
    precision: int = 0
    plain: bool = False
    color: str = "auto"
    keys: str = "emacs"
    banner: bool = True
    suggest: bool = True
    autosave: bool = True

    def changed(self, name: str, value: Any) -> Settings:
        """The settings with one of them changed; the value may be its text.

        Raises:
            UsageMistake: SG520, there is no such setting; SG521, it cannot have this value.
        """
        setting = setting_named(name)
        return replace(self, **{setting.name: setting.read(value)})

    @property
    def digits(self) -> int | None:
        """How many digits are printed; None for as many as identify the number."""
        return self.precision or None


class Setting(NamedTuple):
    """One setting: its name, what it is for, and the values it may have (none listed: a number in a range)."""

    name: str
    about: str
    choices: tuple[str, ...] = ()
    least: float = 0
    most: float = 0

    @property
    def default(self) -> Any:
        """Its value where nothing is said."""
        return getattr(Settings(), self.name)

    def values(self) -> str:
        """What it may be, in words."""
        return ", ".join(self.choices) if self.choices else f"{self.least:g} to {self.most:g}"

    def read(self, value: Any) -> Any:
        """A value of the right kind. Raises SG521 for any other."""
        kind = type(self.default)
        text = str(value).strip().lower() if not isinstance(value, bool) else ("off", "on")[value]
        if kind is bool and text in SWITCH:
            return SWITCH[text]
        if kind is str and text in self.choices:
            return text
        if kind in (int, float):
            try:
                number = kind(text)
            except ValueError:
                number = self.least - 1
            if self.least <= number <= self.most:
                return number
        raise UsageMistake("SG521", f"`{self.name}` cannot be `{value}`", hint=f"it can be {self.values()}")


SWITCH = {"on": True, "off": False, "true": True, "false": False, "yes": True, "no": False}
ON_OFF = ("on", "off")

SETTINGS = (
    Setting("preview", "show value and gradient while a line is typed", ON_OFF),
    Setting("check", "check the numbers, and show a verdict", ON_OFF),
    Setting("budget", "seconds for the check of a line", least=0.01, most=1000),
    Setting("precision", "digits that are printed; 0 for as many as identify the number", least=0, most=17),
    Setting("plain", "words instead of columns, signs and colours", ON_OFF),
    Setting("color", "whether to use colours", ("auto", "always", "never")),
    Setting("keys", "how lines are edited (F4 switches)", ("emacs", "vi")),
    Setting("banner", "show a line of greeting", ON_OFF),
    Setting("suggest", "suggest the rest of a line from the history", ON_OFF),
    Setting("autosave", "keep the lines of a session until it ends, in case it is cut off", ON_OFF),
)
assert [s.name for s in SETTINGS] == [f.name for f in fields(Settings)], "one table"


def setting_named(name: str) -> Setting:
    """The setting of this name.

    Raises:
        UsageMistake: SG520, there is none.
    """
    for setting in SETTINGS:
        if setting.name == name:
            return setting
    near = did_you_mean(name, [s.name for s in SETTINGS])
    hint = f"did you mean `{near}`?" if near else f"settings: {', '.join(s.name for s in SETTINGS)}"
    raise UsageMistake("SG520", f"there is no setting `{name}`", hint=hint)


def shown(value: Any) -> str:
    """A value as it is typed: on, off, 2.0, vi."""
    return ("off", "on")[value] if isinstance(value, bool) else str(value)


def rows(settings: Settings) -> tuple[tuple[str, ...], ...]:
    """Name, value, and meaning with possible values of each setting."""
    return tuple((s.name, shown(getattr(settings, s.name)), f"{s.about} ({s.values()})") for s in SETTINGS)


def template() -> str:
    """A config.toml in which everything is said, and commented out."""
    lines = [
        "# Settings of symgrad. Remove the `#` before a line to change what it says.\n",
        "# `symgrad config` tells where this file belongs; init.sg beside it is run when a session starts.\n",
    ]
    for setting in SETTINGS:
        value = setting.default
        said = (
            str(value).lower()
            if isinstance(value, bool)
            else f'"{value}"'
            if isinstance(value, str)
            else value
        )
        values = "true or false" if isinstance(value, bool) else setting.values()
        lines.append(f"\n# {setting.about} ({values})\n# {setting.name} = {said}\n")
    return "".join(lines)
