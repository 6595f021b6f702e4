"""Training steps as one function of machine code: loss and gradient summed over blocks of samples, then the update.

The context of a call is a block of 64-bit words (`SLOTS`); memory belongs to the caller.
"""

from __future__ import annotations

from typing import NamedTuple

from symgrad.compiled.calls import LANES, VECTOR
from symgrad.compiled.emit import Emitter
from symgrad.compiled.loops import functions
from symgrad.compiled.lowering import Builder
from symgrad.compiled.module import Text
from symgrad.compiled.nests import HEAD, Shape
from symgrad.compiled.updates import Update, finish, moved

SLOTS = (
    "p",  # parameters, a multiple of eight
    "u",  # what is the same for all samples; first what it adds to the gradient, then to the loss
    "d",  # the samples in blocks, or one block that samples are gathered into
    "s",  # what is computed of a block
    "a",  # sums over the samples: of the gradient, then of the loss
    "g",  # the gradient, clipped
    "o",  # the optimiser's arrays
    "numbers",  # for each step: rate, count
    "losses",  # of each step
    "norms",  # of each step's gradient, before clipping
    "counts",  # samples of each step
    "rows",  # of each step; 0: all samples lie in `d`
    "stride",  # rows from one step to the next
    "limit",  # a double: a loss beyond is the end
    "moves",  # 0: value and gradient only
    "clip",  # a double: the greatest element of a gradient
    "length",  # a double: the greatest length of one
)
"""Words of the context; those of the samples' arrays follow."""


class Batch(NamedTuple):
    """How samples lie in a block: the weights come first, then each variable.

    Attributes:
        sizes: numbers of each variable for one sample.
    """

    sizes: tuple[int, ...]

    @property
    def width(self) -> int:
        """Numbers of a sample with its weights."""
        return 2 + sum(self.sizes)


def write(builder: Builder, shape: Shape, batch: Batch, padded: int, update: Update | None) -> Text:
    """The module of training steps."""
    calls: dict[bool, list[str]] = {False: [], True: []}
    texts: list[str] = []
    helpers: dict[str, str] = {}
    declared: dict[str, None] = {}
    for many, steps in builder.steps.items():
        for k, step in enumerate(steps):
            for name, writer in functions(builder, step, f"{'each' if many else 'once'}{k}", shape):
                texts.append(writer.text(name))
                calls[many].append(f"  call void @{name}(ptr %p, ptr %u, ptr %d, ptr %s, ptr %a)")
                _needs(writer.e, helpers, declared)
    for many, name in ((False, "once"), (True, "block")):
        texts.append(
            "\n".join([f"define internal void @{name}{HEAD} noinline {{", *calls[many], "  ret void", "}"])
        )
    texts.append(_gather(shape, batch))
    for text, e in (finish(padded), *([moved(update, padded)] if update else [])):
        texts.append(text)
        _needs(e, helpers, declared)
    texts.append(_kernel(shape, batch, padded, moves=update is not None))
    return Text("\n".join([*declared, *texts]), helpers)


def _needs(e: Emitter, helpers: dict[str, str], declared: dict[str, None]) -> None:
    helpers.update(e.helpers)
    declared.update(e.declared)


def _gather(shape: Shape, batch: Batch) -> str:
    """Samples by their rows into a block; where rows are lacking the last one is repeated with weight 0."""
    many = LANES * shape.vectors
    lines = [
        "define internal void @gather(ptr %rows, i64 %first, i64 %n, ptr %d, ptr %ctx) noinline {",
        "entry:",
        "  %count = sitofp i64 %n to double",
        "  %mean = fdiv double 1.0, %count",
        *(f"  %from{i} = getelementptr i64, ptr %ctx, i64 {len(SLOTS) + i}" for i in range(len(batch.sizes))),
        *(f"  %raw{i} = load ptr, ptr %from{i}" for i in range(len(batch.sizes))),
        "  br label %lane",
        "lane:",
        "  %l = phi i64 [ 0, %entry ], [ %l.next, %done ]",
        "  %at = add i64 %first, %l",
        "  %row.at = getelementptr i64, ptr %rows, i64 %at",
        "  %row = load i64, ptr %row.at",
        "  %real = icmp slt i64 %at, %n",
        "  %w.mean = select i1 %real, double %mean, double 0.0",
        "  %w.sum = select i1 %real, double 1.0, double 0.0",
        "  %to.mean = getelementptr double, ptr %d, i64 %l",
        "  store double %w.mean, ptr %to.mean",
        f"  %to.sum = getelementptr double, ptr %to.mean, i64 {many}",
        "  store double %w.sum, ptr %to.sum",
    ]
    before, start = "lane", 2
    for i, size in enumerate(batch.sizes):
        lines += [
            f"  %in{i} = mul i64 %row, {size}",
            f"  %x{i} = getelementptr double, ptr %raw{i}, i64 %in{i}",
            f"  %y{i} = getelementptr double, ptr %to.mean, i64 {start * many}",
            f"  br label %f{i}",
            f"f{i}:",
            f"  %k{i} = phi i64 [ 0, %{before} ], [ %k{i}.next, %f{i} ]",
            f"  %x{i}.at = getelementptr double, ptr %x{i}, i64 %k{i}",
            f"  %v{i} = load double, ptr %x{i}.at",
            f"  %k{i}.to = mul i64 %k{i}, {many}",
            f"  %y{i}.at = getelementptr double, ptr %y{i}, i64 %k{i}.to",
            f"  store double %v{i}, ptr %y{i}.at",
            f"  %k{i}.next = add i64 %k{i}, 1",
            f"  %k{i}.more = icmp slt i64 %k{i}.next, {size}",
            f"  br i1 %k{i}.more, label %f{i}, label %e{i}",
            f"e{i}:",
        ]
        before, start = f"e{i}", start + size
    lines += [
        "  br label %done",
        "done:",
        "  %l.next = add i64 %l, 1",
        f"  %l.more = icmp slt i64 %l.next, {many}",
        "  br i1 %l.more, label %lane, label %out",
        "out:",
        "  ret void",
        "}",
    ]
    return "\n".join(lines)


def _kernel(shape: Shape, batch: Batch, padded: int, *, moves: bool) -> str:
    """The loop over steps; gives the number of the step that was not done."""
    words = [
        line
        for i, name in enumerate(SLOTS)
        for line in (
            f"  %w.{name} = getelementptr i64, ptr %ctx, i64 {i}",
            f"  %{name} = load {TYPES.get(name, 'ptr')}, ptr %w.{name}",
        )
    ]
    many = LANES * shape.vectors
    return f"""\
define i64 @kernel(ptr %ctx, i64 %start, i64 %stop) {{
entry:
{chr(10).join(words)}
  %all = icmp eq ptr %rows, null
  br label %step
step:
  %i = phi i64 [ %start, %entry ], [ %i.next, %moved ]
  %n.at = getelementptr i64, ptr %counts, i64 %i
  %n = load i64, ptr %n.at
  %passed = mul i64 %i, %stride
  %own = getelementptr i64, ptr %rows, i64 %passed
  call void @once(ptr %p, ptr %u, ptr %d, ptr %s, ptr %a)
  br label %clear
clear:
  %z = phi i64 [ 0, %step ], [ %z.next, %clear ]
  %z.at = getelementptr {VECTOR}, ptr %a, i64 %z
  store {VECTOR} zeroinitializer, ptr %z.at, align 64
  %z.next = add i64 %z, 1
  %z.more = icmp slt i64 %z.next, {padded + LANES}
  br i1 %z.more, label %clear, label %blocks
blocks:
  %first = phi i64 [ 0, %clear ], [ %first.next, %summed ]
  %left = icmp slt i64 %first, %n
  br i1 %left, label %take, label %finish
take:
  br i1 %all, label %lies, label %gather
gather:
  call void @gather(ptr %own, i64 %first, i64 %n, ptr %d, ptr %ctx)
  br label %summed
lies:
  %there = mul i64 %first, {batch.width}
  br label %summed
summed:
  %from = phi i64 [ %there, %lies ], [ 0, %gather ]
  %block = getelementptr double, ptr %d, i64 %from
  call void @block(ptr %p, ptr %u, ptr %block, ptr %s, ptr %a)
  %first.next = add i64 %first, {many}
  br label %blocks
finish:
  %sums = call {{ double, double, double }} @finish(ptr %a, ptr %u, ptr %g, double %clip)
  %loss = extractvalue {{ double, double, double }} %sums, 0
  %square = extractvalue {{ double, double, double }} %sums, 1
  %cut = extractvalue {{ double, double, double }} %sums, 2
  %norm = call double @llvm.sqrt.f64(double %square)
  %size = call double @llvm.sqrt.f64(double %cut)
  %loss.at = getelementptr double, ptr %losses, i64 %i
  store double %loss, ptr %loss.at
  %norm.at = getelementptr double, ptr %norms, i64 %i
  store double %norm, ptr %norm.at
  %high = call double @llvm.fabs.f64(double %loss)
  %both = fadd double %high, %norm
  %finite = fcmp olt double %both, 0x7FF0000000000000
  %low = fcmp ole double %high, %limit
  %good = and i1 %finite, %low
  %wanted = icmp ne i64 %moves, 0
  %go = and i1 %good, %wanted
  br i1 %go, label %move, label %end
move:
  %long = fcmp ogt double %size, %length
  %shorter = fdiv double %length, %size
  %factor = select i1 %long, double %shorter, double 1.0
  %twice = shl i64 %i, 1
  %rate.at = getelementptr double, ptr %numbers, i64 %twice
  %rate = load double, ptr %rate.at
  %count.at = getelementptr double, ptr %rate.at, i64 1
  %count = load double, ptr %count.at
{"  call void @update(ptr %p, ptr %g, ptr %o, double %rate, double %count, double %factor)" if moves else ""}
  br label %moved
moved:
  %i.next = add i64 %i, 1
  %more = icmp slt i64 %i.next, %stop
  br i1 %more, label %step, label %end
end:
  %done = phi i64 [ %i, %finish ], [ %i.next, %moved ]
  ret i64 %done
}}
declare double @llvm.sqrt.f64(double)
declare double @llvm.fabs.f64(double)"""


TYPES = {"stride": "i64", "moves": "i64", "limit": "double", "clip": "double", "length": "double"}
"""What words are that are no addresses."""
