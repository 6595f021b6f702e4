"""The commands: verbs of the command line and `:commands` of the interactive session, from one registry."""

from symgrad.session.commands import verbs

# isort: split
from symgrad.session.commands import explain

# isort: split
from symgrad.session.commands import why

# isort: split
from symgrad.session.commands import equal

# isort: split
from symgrad.session.commands import improve

# isort: split
from symgrad.session.commands import draw

# isort: split
from symgrad.session.commands import view

# isort: split
from symgrad.session.commands import plot

# isort: split
from symgrad.session.commands import explorer

# isort: split
from symgrad.session.commands import files

# isort: split
from symgrad.session.commands import speed

# isort: split
from symgrad.session.commands import tables

# isort: split
from symgrad.session.commands import source

# isort: split
from symgrad.session.commands import nets

# isort: split
from symgrad.session.commands import models

# isort: split
from symgrad.session.commands.registry import (
    ALIASES,
    COMMANDS,
    RESERVED,
    Arguments,
    Command,
    Ongoing,
    Request,
    named,
)

__all__ = ["ALIASES", "COMMANDS", "RESERVED", "Arguments", "Command", "Ongoing", "Request", "named"]
