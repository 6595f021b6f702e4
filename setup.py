"""Where the packages lie: symgrad/ and, as symgrad.grammar, the language's own folder grammar/.

Everything else is in pyproject.toml; its package finder cannot add a mapped package, so the list is made here.
"""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["symgrad", "symgrad.*"]), "symgrad.grammar"])
