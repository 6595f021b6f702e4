"""The parts of the language that work on whole expressions: derivatives, models, losses, data sets."""

from symgrad import calculus
from symgrad.nn import language
from symgrad.syntax.scope import Forms

FORMS: Forms = {**calculus.FORMS, **language.FORMS}
