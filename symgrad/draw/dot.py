"""A graph in Graphviz's DOT language: one box an op, shared nodes once, operands left of what is made of them."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.graph import CONST, VAR, Node, postorder

MOST_NODES = 2000
"""A picture of more boxes than this shows nothing."""


def dot(root: Node, labels: Mapping[Node, str] | None = None) -> str:
    """The graph below `root` in DOT.

    Args:
        root: what is drawn.
        labels: a second line for some nodes (values, gradients); this module computes nothing itself.
    """
    import graphviz

    order = postorder([root])
    picture = graphviz.Digraph(
        graph_attr={"rankdir": "LR"}, node_attr={"shape": "box", "fontname": "Helvetica"}
    )
    if len(order) > MOST_NODES:
        picture.node("all", f"{len(order)} nodes: too many to draw", shape="plaintext")
        return str(picture.source)
    names = {node: f"n{i}" for i, node in enumerate(order)}
    for node, name in names.items():
        second = (labels or {}).get(node)
        label = _safe(_title(node)) + (f"\\n{_safe(second)}" if second else "")
        shape = {} if node.args else {"shape": "ellipse" if node.op is VAR else "plaintext"}
        picture.node(name, label, **shape)
        for operand in node.args:
            picture.edge(names[operand], name)
    return str(picture.source)


def _title(node: Node) -> str:
    """What stands in a node's box."""
    if node.op is CONST:
        return str(node.value)
    if node.op is VAR:
        return node.name
    return str(node.op.infix.strip() or node.op.prefix.strip() or node.op.postfix or node.op.name)


def _safe(text: str) -> str:
    """Text that DOT shows as it is: `<b>` would be markup, a backslash would start an escape."""
    import graphviz

    return str(graphviz.nohtml(graphviz.escape(text)))
