"""Help inside a session: everything at a glance, and one topic at a time."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.errors import CODES, NameMistake, did_you_mean
from symgrad.ops import OPS, find
from symgrad.session import recipes, reference, settings
from symgrad.session.commands.registry import ALIASES, COMMANDS, Command
from symgrad.session.dependencies import written
from symgrad.session.results import Listing, Result, Text
from symgrad.session.workspace import Workspace

LANGUAGE = (
    ("x = 2", "a value"),
    ("y = x^2 + 1", "a definition: y follows x"),
    ("f(x) = x^3 - 2x", "a function; f'(x) is its derivative"),
    ("x := x - 0.1*diff(y, x)", "a new value, computed now"),
    ("y;", "computed, but not shown"),
    ("net = dense(2, 8, tanh) >> dense(8, 1)", "a net; net(x) is an expression, net.0.w a parameter"),
    ("data = moons(100)", "a data set: data.x and data.y"),
    ("?sin", "help on a function; `:ops` lists all"),
)
KEYS = (
    ("Tab", "complete a name, or \\alpha to α"),
    ("Up, Ctrl-R", "earlier lines that begin alike; search"),
    ("Right", "take over the suggestion"),
    ("Alt-Enter", "a new line; Enter makes one where brackets are open"),
    ("F4", "Emacs or vi keys"),
    ("Ctrl-X Ctrl-E", "the line in your editor"),
    ("Ctrl-C, Ctrl-D", "interrupt, or drop the line; end the session"),
)
FORMS = {
    "diff": ("diff(f, x)", "The derivative of f by x, or by a subexpression; diff(f, x, 2) is the second."),
    "grad": ("grad(f)", "The partial derivatives of f by all of its variables."),
    "hessian": ("hessian(f)", "The matrix of second derivatives."),
    "jacobian": ("jacobian(v, x)", "The derivative of each element of a vector."),
    "taylor": ("taylor(f, x, 0, 5)", "The Taylor polynomial of f in x around 0, of order 5."),
}

ON_LOSSES = {
    "l1": "The sum of the sizes of all parameters of a model, or of an expression's elements",
    "l2": "The sum of the squares of all parameters of a model, or of an expression's elements",
}


def nets() -> dict[str, tuple[str, str]]:
    """What builds models, data sets and losses: name -> example and remark."""
    from symgrad.session.language import FORMS as EVERYTHING
    from symgrad.syntax.scope import Constructor

    found = {}
    for name, form in EVERYTHING.items():
        if isinstance(form, Constructor):
            found[name] = (form.example, form.about)
        elif name not in FORMS:
            said = ON_LOSSES.get(name) or (form.__doc__ or "").split("\n")[0].rstrip(".")
            found[name] = (f"{name}(net)" if name in ON_LOSSES else f"{name}(net(data.x), data.y)", said)
    return found


def overview() -> Iterator[Result]:
    """Statements, commands, keys."""
    yield Listing("Type", LANGUAGE)
    inside = [command for command in COMMANDS.values() if command.inside]
    yield Listing("Commands", tuple((command.typed, command.about) for command in inside))
    yield Listing("Keys", KEYS)
    yield Text("`:help NAME` tells more about a function, command, setting, name or error code.", prose=True)


def topic(workspace: Workspace, word: str) -> Iterator[Result]:
    """One topic.

    Raises:
        NameMistake: SG519, nothing is called so.
    """
    scope = workspace.session.scope
    bare = word.strip("`'\"() ").removeprefix(":")
    code = bare.upper()
    if word.startswith(":") and ALIASES.get(bare, bare) in COMMANDS:
        yield _command(COMMANDS[ALIASES.get(bare, bare)])
        return
    found: list[Result] = []
    if bare in scope:
        found.append(
            Text(f"{written(bare, scope[bare])}   defined here; `:vars` tells what depends on it", prose=True)
        )
    if bare in FORMS:
        signature, about = FORMS[bare]
        found.append(Text(f"{signature}   {about}", prose=True))
    if bare in nets():
        example, about = nets()[bare]
        found.append(Text(f"{example}   {about}", prose=True))
    if find(bare) is not None:
        found.append(reference.operation(bare))
    if code in CODES:
        found.append(reference.code(code))
    if ALIASES.get(bare, bare) in COMMANDS:
        found.append(_command(COMMANDS[ALIASES.get(bare, bare)]))
    found += [Listing("", (row,)) for row in settings.rows(workspace.settings) if row[0] == bare]
    if not found:
        raise _unknown(bare, workspace)
    yield from found


def _command(command: Command) -> Text:
    typed = f"{command.typed}   {command.about}\n  example   {command.shown}"
    if "SETTING" in command.usage:
        typed += f"\n  {recipes.USAGE}"
    return Text(typed, {"name": command.name, "usage": command.usage, "about": command.about})


def _unknown(word: str, workspace: Workspace) -> NameMistake:
    known = [*workspace.session.scope, *FORMS, *nets(), *(n for n, o in OPS.items() if not o.hidden)]
    near = did_you_mean(word, known) or did_you_mean(word, [*COMMANDS, *(s.name for s in settings.SETTINGS)])
    hint = f"did you mean `{near}`?" if near else "`:help` tells what there is"
    return NameMistake("SG519", f"there is no help on `{word}`", hint=hint)
