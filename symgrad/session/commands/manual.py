"""The commands as a document: `python -m symgrad.session.commands.manual > docs/commands.md`."""

from __future__ import annotations

from symgrad.session.commands import ALIASES, COMMANDS
from symgrad.session.help import KEYS
from symgrad.session.settings import SETTINGS, shown


def manual() -> str:
    """The text of docs/commands.md."""
    short = {name: alias for alias, name in ALIASES.items() if alias.isalpha() and len(alias) == 1}
    lines = [
        "# Commands\n",
        "\nMade from the registry of commands; `:help NAME` says the same in a session.\n",
    ]
    lines += ["\n| in a session | as a verb | what it does | example |\n|---|---|---|---|\n"]
    for command in COMMANDS.values():
        inside = f"`{command.typed}`" + (f" (`:{short[command.name]}`)" if command.name in short else "")
        verb = f"`symgrad {command.usage}`" if command.verb else ""
        lines.append(f"| {inside} | {verb} | {command.about} | `{command.shown}` |\n")
    lines += ["\n## Keys\n\n| key | what it does |\n|---|---|\n"]
    lines += [f"| {key} | {about} |\n" for key, about in KEYS]
    lines += ["\n## Settings\n\n`:set NAME VALUE` for this session, config.toml for all.\n"]
    lines += ["\n| name | default | values | what it does |\n|---|---|---|---|\n"]
    lines += [f"| `{s.name}` | {shown(s.default)} | {s.values()} | {s.about} |\n" for s in SETTINGS]
    return "".join(lines)


if __name__ == "__main__":
    print(manual(), end="")
