"""Stories of derivatives as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symgrad.session.numeric_story import backward, forward, name_of
from symgrad.session.results import Told

if TYPE_CHECKING:
    from symgrad.explain import Chain, Passed, Paths, Tale


def data(result: Told) -> dict[str, Any]:
    """The story for programs."""
    found: dict[str, Any] = {"expr": result.text}
    if result.chain is not None:
        story = result.chain
        lines = [
            line for _, line in (part for page in backward(result, story, 10_000, None) for part in page)
        ]
        found |= {
            "value": story.value,
            "grad": dict(story.grad),
            "steps": [*forward(story, 10_000, None), *lines],
            "forward": [{"name": m.name, "formula": m.formula, "value": m.value} for m in story.forward],
            "backward": [_passed_data(story, step) for step in story.backward],
        }
    if result.tales:
        found["rules"] = [_tale_data(result, tale) for tale in result.tales]
    if result.paths is not None and result.chain is not None:
        found["paths"] = _paths_data(result.chain, result.paths)
    return found


def _passed_data(story: Chain, step: Passed) -> dict[str, Any]:
    terms = [
        {"above": name_of(story, link.above), "adjoint": g, "formula": link.formula, "slope": link.number}
        for g, link in story.paired(step)
    ]
    return {"name": step.name, "terms": terms, "adjoint": step.adjoint, "rule": step.rule}


def _tale_data(result: Told, tale: Tale) -> dict[str, Any]:
    from symgrad.symbolic.text import text

    steps = [
        {
            "rule": step.rule,
            "law": step.law,
            "where": dict(step.where),
            "of": text(step.of),
            "result": text(step.result),
            "derivative": text(step.value),
        }
        for step in tale.steps
    ]
    at = result.proofs.get(tale.name)
    return {
        "by": tale.name,
        "steps": steps,
        "together": text(tale.together),
        "simplified": list(tale.rules),
        "derivative": text(tale.result),
        "certified": None if at is None else dict(at),
    }


def _paths_data(story: Chain, found: Paths) -> dict[str, Any]:
    rows = [
        {
            "nodes": [*(name_of(story, link.above) for link in path.links), name_of(story, found.by)],
            "factors": [link.number for link in path.links],
            "product": path.product,
        }
        for path in found.largest
    ]
    return {
        "by": name_of(story, found.by),
        "count": found.count,
        "largest": rows,
        "rest": found.rest,
        "total": found.total,
        "size": found.size,
    }
