"""Make the pictures of the README: python docs/pictures/make.py."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import symgrad
from symgrad.draw import files
from symgrad.graph import Node, Type, const, var
from symgrad.graph.scalarise import scalarise, scalarise_point
from symgrad.ops import OPS
from symgrad.session import Session
from symgrad.session.dialogue import submit
from symgrad.session.results import Drawn
from symgrad.session.workspace import Workspace

HERE = Path(__file__).parent


def chain() -> str:
    """A formula of everyday size: definitions name boxes, x is shared, the colours are the gradient."""
    session = Session().run("a = 2; b = -3; c = 10; f = -2; d = a*b + c; L = d*f + tanh(a*b/4)^2").session
    (drawn,) = submit(Workspace(session), ":draw L")
    assert isinstance(drawn, Drawn)
    return files.svg(drawn.picture)


def net() -> str:
    """A net of 2,000 operations, folded into its layers; one is open."""
    sizes = (8, 32, 16, 1)
    h = x = var("x", Type("real", sizes[:1]))
    point: dict[Node, object] = {x: [0.25 * i - 1 for i in range(sizes[0])], var("y"): 1.0}
    for i, (m, n) in enumerate(pairwise(sizes)):
        w, b = var(f"net.{i}.w", Type("real", (m, n))), var(f"net.{i}.b", Type("real", (n,)))
        point[w] = [[((3 * j + 5 * k) % 7 - 3) / m for k in range(n)] for j in range(m)]
        point[b] = [0.1] * n
        h = OPS["add"](OPS["matmul"](h, w), b)
        h = OPS["tanh"](h) if i < len(sizes) - 2 else h
    (root,) = scalarise([OPS["pow"](OPS["sub"](OPS["sum"](h), var("y")), const(2))])
    values = {v.name: value for v, value in scalarise_point(point).items()}
    return files.svg(symgrad.Expression(root.item()).picture(values, opened=["net.1"]))


if __name__ == "__main__":
    for name, picture in (("chain", chain()), ("net", net())):
        (HERE / f"{name}.svg").write_text(picture, encoding="utf-8", newline="\n")
