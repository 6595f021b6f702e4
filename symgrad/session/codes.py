"""What each error code means, with an example of how to get past it: `symgrad explain SG014`."""

from __future__ import annotations

from symgrad.errors import UsageMistake, did_you_mean
from symgrad.session.results import Listing, Text

CODES: dict[str, tuple[str, str]] = {}


def explain(code: str) -> Text:
    """One code.

    Raises:
        UsageMistake: SG519, there is no such code.
    """
    wanted = code.upper()
    wanted = wanted if wanted.startswith("SG") else f"SG{wanted}"
    if wanted not in CODES:
        near = did_you_mean(wanted, CODES)
        hint = f"did you mean `{near}`?" if near else "`symgrad explain` lists all codes"
        raise UsageMistake("SG519", f"there is no error code `{code}`", hint=hint)
    title, text = CODES[wanted]
    return Text(f"{wanted}: {title}\n\n{text}", {"code": wanted, "title": title, "text": text})


def listing() -> Listing:
    """All codes."""
    return Listing("Error codes", tuple((code, title) for code, (title, _) in CODES.items()))
