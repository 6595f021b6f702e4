"""An explorer of expressions and their derivatives."""

__version__ = "0.1.0"
