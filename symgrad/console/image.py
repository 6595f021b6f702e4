"""Pictures in terminals that can show them: the protocols of kitty and of iTerm2, both PNG in base64.

Sources: "Terminal graphics protocol" (kitty's manual), "Inline Images Protocol" (iTerm2's documentation).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping

CHUNK = 4096
"""Bytes that kitty takes at a time."""
MULTIPLEXERS = ("TMUX", "STY", "ZELLIJ")
"""Variables of programs that stand between, and would print the codes as text."""
KITTY_PROGRAMS = ("ghostty", "WezTerm")
ITERM_PROGRAMS = ("iTerm.app", "vscode", "mintty")


def protocol(environment: Mapping[str, str] | None = None) -> str:
    """kitty, iterm, or "" where the terminal shows no pictures, or none that is known to."""
    env = os.environ if environment is None else environment
    if any(env.get(name) for name in MULTIPLEXERS) or env.get("TERM", "").startswith(
        ("screen", "tmux", "dumb")
    ):
        return ""
    program = env.get("TERM_PROGRAM", "")
    if env.get("KITTY_WINDOW_ID") or env.get("TERM") == "xterm-kitty" or program in KITTY_PROGRAMS:
        return "kitty"
    return "iterm" if program in ITERM_PROGRAMS else ""


def codes(png: bytes, kind: str) -> str:
    """The escape sequences that show a PNG."""
    data = base64.b64encode(png).decode("ascii")
    if kind == "iterm":
        return f"\x1b]1337;File=inline=1;size={len(png)};preserveAspectRatio=1:{data}\a\n"
    chunks = [data[i : i + CHUNK] for i in range(0, len(data), CHUNK)]
    out = []
    for i, chunk in enumerate(chunks):
        first = "a=T,f=100," if i == 0 else ""
        out.append(f"\x1b_G{first}m={int(i < len(chunks) - 1)};{chunk}\x1b\\")
    return "".join(out) + "\n"
