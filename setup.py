"""Where the packages lie: symgrad/ and, as symgrad.grammar, the language's own folder grammar/.

Everything else is in pyproject.toml, whose package finder cannot add a mapped package: hence this list.
"""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["symgrad", "symgrad.*"]), "symgrad.grammar"])
