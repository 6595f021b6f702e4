"""The loop of a kernel over its points, and the one after it that puts nans where the value is nan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symgrad.compiled.calls import LANES
from symgrad.compiled.emit import Emitter

LIMIT = 2.0**1022
"""A shared reciprocal beyond this has lost digits, or is infinite where a quotient may be finite."""


def loop(
    head: Sequence[str],
    lines: Sequence[str],
    block: str,
    carried: Mapping[str, str],
    lanes: int = LANES,
    after: Sequence[str] = (),
) -> str:
    """The function that goes through the points block by block; the last one may overlap the one before.

    Args:
        head: instructions before the loop.
        lines: its body.
        block: the last block of the body.
        carried: name -> value at the end of the body, of what each block passes on to the next; `most` among them.
        lanes: points of a block.
        after: instructions after the loop.
    """
    vector = f"<{lanes} x double>"
    phis = [
        f"  %{n} = phi {vector} [ zeroinitializer, %entry ], [ {y}, %{block} ]" for n, y in carried.items()
    ]
    return "\n".join(
        [
            "define i64 @kernel(ptr %args, i64 %start, i64 %stop) {",
            "entry:",
            *head,
            f"  %last = sub i64 %stop, {lanes}",
            "  br label %loop",
            "loop:",
            f"  %i = phi i64 [ %start, %entry ], [ %next, %{block} ]",
            *phis,
            *lines,
            f"  %up = add i64 %i, {lanes}",
            "  %over = icmp sgt i64 %up, %last",
            "  %next = select i1 %over, i64 %last, i64 %up",
            "  %more = icmp slt i64 %i, %last",
            f"  br i1 %more, label %loop, label %{'check' if after else 'end'}",
            *(line.replace("%nans", carried.get("nans", "")) for line in after),
            "end:",
            f"  %large = fcmp ogt {vector} {carried['most']}, splat (double {Emitter.scalar(LIMIT)})",
            f"  %large.bits = bitcast <{lanes} x i1> %large to i{lanes}",
            f"  %result = zext i{lanes} %large.bits to i64",
            "  ret i64 %result",
            "}",
        ]
    )


def mended(storage: str, lanes: int, followers: Sequence[int]) -> list[str]:
    """Instructions that put nans into outputs where the first one is nan, if the sum %nans says that it is somewhere.

    The sum of all values costs one instruction for each block, whatever the number of outputs; it is nan too if there
    are infinities of both signs. All bits of a nan are set: stores under a mask are slow on some processors.
    """
    stored, size = f"<{lanes} x {storage}>", 8 if storage == "double" else 4
    bits = f"<{lanes} x i{8 * size}>"
    lines = [
        "check:",
        f"  %nan.lanes = fcmp uno <{lanes} x double> %nans, zeroinitializer",
        f"  %nan.bits = bitcast <{lanes} x i1> %nan.lanes to i{lanes}",
        f"  %nan.some = icmp ne i{lanes} %nan.bits, 0",
        "  br i1 %nan.some, label %mend, label %end",
        "mend:",
        "  %m = phi i64 [ %start, %check ], [ %m.next, %mended ]",
        f"  %m.at = getelementptr {storage}, ptr %out0, i64 %m",
        f"  %m.value = load {stored}, ptr %m.at, align {size}",
        f"  %m.lanes = fcmp uno {stored} %m.value, zeroinitializer",
        f"  %m.bits = bitcast <{lanes} x i1> %m.lanes to i{lanes}",
        f"  %m.some = icmp ne i{lanes} %m.bits, 0",
        "  br i1 %m.some, label %mark, label %mended",
        "mark:",
        f"  %m.ones = sext <{lanes} x i1> %m.lanes to {bits}",
    ]
    for j in followers:
        lines += [
            f"  %m.at{j} = getelementptr {storage}, ptr %out{j}, i64 %m",
            f"  %m.old{j} = load {bits}, ptr %m.at{j}, align {size}",
            f"  %m.new{j} = or {bits} %m.old{j}, %m.ones",
            f"  store {bits} %m.new{j}, ptr %m.at{j}, align {size}",
        ]
    return [
        *lines,
        "  br label %mended",
        "mended:",
        f"  %m.up = add i64 %m, {lanes}",
        "  %m.over = icmp sgt i64 %m.up, %last",
        "  %m.next = select i1 %m.over, i64 %last, i64 %m.up",
        "  %m.more = icmp slt i64 %m, %last",
        "  br i1 %m.more, label %mend, label %end",
    ]
