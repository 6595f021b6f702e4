"""Huge angles, reduced exactly (Payne and Hanek): x*2/pi modulo 4 from those 192 bits of 2/pi that matter for x.

x = m*2^k with m of 53 bits. The bits of 2/pi before the window give multiples of 4, those after it at most 2^-137; no
double is nearer to a multiple of pi/2 than 2^-61 of it. The product's upper 128 bits are the quarter turns and a
fraction, which times pi/2 is the reduced angle, as a sum of two doubles.
"""

from __future__ import annotations

from symgrad.compiled.emit import FLOAT, INTEGER, TRUTH, Emitter, Lane

TWO_OVER_PI_WORDS = (
    0x0000000000000000,
    0xA2F9836E4E441529,
    0xFC2757D1F534DDC0,
    0xDB6295993C439041,
    0xFE5163ABDEBBC561,
    0xB7246E3A424DD2E0,
    0x06492EEA09D1921C,
    0xFE1DEB1CB129A73E,
    0xE88235F52EBB4484,
    0xE99C7026B45F7E41,
    0x3991D639835339F4,
    0x9C845F8BBDF9283B,
    0x1FF897FFDE05980F,
    0xEF2F118B5A0A6D1F,
    0x6D367ECF27CB09B7,
    0x4F463F669E5FEA2D,
    0x7527BAC7EBE5F17B,
    0x3D0739F78A5292EA,
    0x6BFB5FB11F8D5D08,
    0x56033046FC7B6BAB,
    0xF0CFBC209AF4361D,
)
"""2/pi in words of 64 bits, after 64 zeros."""

PI_HALF_HIGH, PI_HALF_LOW = 1.5707963267948966, 6.123233995736766e-17


def huge_angles(
    e: Emitter, mask: Lane, x: Lane, r: Lane, low: Lane, quarters: Lane
) -> tuple[Lane, Lane, Lane]:
    """(r, low, quarters), but where `mask` holds from x with all the bits that it takes; nan for infinities."""
    n, floats, integers = e.lanes, e.type(FLOAT), e.type(INTEGER)
    together = f"{{ {floats}, {floats}, {integers} }}"
    before, rare, after = e.block, e.fresh()[1:], e.fresh()[1:]
    bits = e.emit(f"bitcast {e.type(TRUTH)} {mask.name} to i{n}", f"i{n}").name
    some = e.emit(f"icmp ne i{n} {bits}, 0", "flag").name
    types = f"i{n}, {floats}, {floats}, {floats}, {integers}"
    given = (
        f"i{n} {bits}, {floats} {x.name}, {floats} {r.name}, {floats} {low.name}, {integers} {quarters.name}"
    )
    symbol = f"symgrad_reduce_{n}"
    e.declared[f"declare {together} @{symbol}({types}) cold"] = None
    e.helpers[symbol] = f"{ONE}\n\n{lane_by_lane(n, symbol)}"
    e.declared['!0 = !{!"branch_weights", i32 1, i32 2000}'] = None
    found, *parts = (e.fresh() for _ in range(4))
    e.lines += [
        f"  br i1 {some}, label %{rare}, label %{after}, !prof !0",
        f"{rare}:",
        f"  {found} = call {together} @{symbol}({given})",
        *[f"  {part} = extractvalue {together} {found}, {i}" for i, part in enumerate(parts)],
        f"  br label %{after}",
        f"{after}:",
    ]
    e.block = after
    merged = []
    for quick, part in zip((r, low, quarters), parts, strict=True):
        merged.append(Lane(e, e.fresh(), quick.kind))
        e.lines.append(
            f"  {merged[-1].name} = phi {e.type(quick.kind)} [ {quick.name}, %{before} ], [ {part}, %{rare} ]"
        )
    return merged[0], merged[1], merged[2]


def lane_by_lane(n: int, symbol: str) -> str:
    """The function that replaces the lanes of a mask, at least one."""
    floats, integers = ("double", "i64") if n == 1 else (f"<{n} x double>", f"<{n} x i64>")
    together = f"{{ {floats}, {floats}, {integers} }}"
    kinds = {
        "x": (floats, "double"),
        "r": (floats, "double"),
        "low": (floats, "double"),
        "q": (integers, "i64"),
    }
    return "\n".join(
        [
            f"declare i{n} @llvm.cttz.i{n}(i{n}, i1)",
            f"define {together} @{symbol}(i{n} %bits, "
            + ", ".join(f"{kind} %{name}" for name, (kind, _) in kinds.items())
            + ") {",
            "entry:",
            *[f"  %{v}s = alloca {kind}\n  store {kind} %{v}, ptr %{v}s" for v, (kind, _) in kinds.items()],
            "  br label %lane",
            "lane:",
            f"  %rest = phi i{n} [ %bits, %entry ], [ %less, %lane ]",
            f"  %k = call i{n} @llvm.cttz.i{n}(i{n} %rest, i1 true)",
            f"  %index = zext i{n} %k to i64",
            *[f"  %{v}p = getelementptr {kind}, ptr %{v}s, i64 %index" for v, (_, kind) in kinds.items()],
            "  %one = load double, ptr %xp",
            "  %found = call { double, double, i64 } @one(double %one)",
            *[
                f"  %{v}f = extractvalue {{ double, double, i64 }} %found, {i}\n  store {kinds[v][1]} %{v}f, ptr %{v}p"
                for i, v in enumerate(("r", "low", "q"))
            ],
            f"  %minus = sub i{n} %rest, 1",
            f"  %less = and i{n} %rest, %minus",
            f"  %more = icmp ne i{n} %less, 0",
            "  br i1 %more, label %lane, label %end",
            "end:",
            *[f"  %{v}r = load {kinds[v][0]}, ptr %{v}s" for v in ("r", "low", "q")],
            f"  %a = insertvalue {together} poison, {floats} %rr, 0",
            f"  %b = insertvalue {together} %a, {floats} %lowr, 1",
            f"  %c = insertvalue {together} %b, {integers} %qr, 2",
            f"  ret {together} %c",
            "}",
        ]
    )


ONE = f"""\
declare i64 @llvm.fshl.i64(i64, i64, i64)

declare i128 @llvm.ctlz.i128(i128, i1)

declare i128 @llvm.abs.i128(i128, i1)

declare double @llvm.fma.f64(double, double, double)

@two.over.pi = private unnamed_addr constant [{len(TWO_OVER_PI_WORDS)} x i64] \
[{", ".join(f"i64 {w}" for w in TWO_OVER_PI_WORDS)}]

define internal {{ double, double, i64 }} @one(double %x) {{
  %bits = bitcast double %x to i64
  %fraction = and i64 %bits, {2**52 - 1}
  %m = or i64 %fraction, {2**52}
  %shifted = lshr i64 %bits, 52
  %exponent = and i64 %shifted, 2047
  %start = sub i64 %exponent, {1075 - 62}
  %word = lshr i64 %start, 6
  %shift = and i64 %start, 63
  %p0 = getelementptr i64, ptr @two.over.pi, i64 %word
  %p1 = getelementptr i64, ptr %p0, i64 1
  %p2 = getelementptr i64, ptr %p0, i64 2
  %p3 = getelementptr i64, ptr %p0, i64 3
  %w0 = load i64, ptr %p0
  %w1 = load i64, ptr %p1
  %w2 = load i64, ptr %p2
  %w3 = load i64, ptr %p3
  %v2 = call i64 @llvm.fshl.i64(i64 %w0, i64 %w1, i64 %shift)
  %v1 = call i64 @llvm.fshl.i64(i64 %w1, i64 %w2, i64 %shift)
  %v0 = call i64 @llvm.fshl.i64(i64 %w2, i64 %w3, i64 %shift)
  %mw = zext i64 %m to i128
  %v2w = zext i64 %v2 to i128
  %v1w = zext i64 %v1 to i128
  %v0w = zext i64 %v0 to i128
  %low.product = mul i128 %mw, %v0w
  %carry = lshr i128 %low.product, 64
  %middle = mul i128 %mw, %v1w
  %top = mul i128 %mw, %v2w
  %top.moved = shl i128 %top, 64
  %upper = add i128 %top.moved, %middle
  %turns = add i128 %upper, %carry
  %rounded = add i128 %turns, {2**125}
  %whole = lshr i128 %rounded, 126
  %whole.moved = shl i128 %whole, 126
  %signed = sub i128 %turns, %whole.moved
  %size = call i128 @llvm.abs.i128(i128 %signed, i1 false)
  %zeros = call i128 @llvm.ctlz.i128(i128 %size, i1 false)
  %normal = shl i128 %size, %zeros
  %high.bits = lshr i128 %normal, 75
  %rest = lshr i128 %normal, 22
  %low.bits = and i128 %rest, {2**53 - 1}
  %high.word = trunc i128 %high.bits to i64
  %low.word = trunc i128 %low.bits to i64
  %high.whole = sitofp i64 %high.word to double
  %low.whole = sitofp i64 %low.word to double
  %zeros.word = trunc i128 %zeros to i64
  %scale.exponent = sub i64 {1023 + 75 - 126}, %zeros.word
  %scale.bits = shl i64 %scale.exponent, 52
  %scale = bitcast i64 %scale.bits to double
  %high = fmul double %high.whole, %scale
  %low.scaled = fmul double %low.whole, %scale
  %low = fmul double %low.scaled, {2.0**-53:.17e}
  %r = fmul double %high, {PI_HALF_HIGH:.17e}
  %minus.r = fneg double %r
  %e0 = call double @llvm.fma.f64(double %high, double {PI_HALF_HIGH:.17e}, double %minus.r)
  %e1 = call double @llvm.fma.f64(double %high, double {PI_HALF_LOW:.17e}, double %e0)
  %e2 = call double @llvm.fma.f64(double %low, double {PI_HALF_HIGH:.17e}, double %e1)
  %fraction.negative = icmp slt i128 %signed, 0
  %x.negative = icmp slt i64 %bits, 0
  %turned = xor i1 %fraction.negative, %x.negative
  %r.minus = fneg double %r
  %e.minus = fneg double %e2
  %r.signed = select i1 %turned, double %r.minus, double %r
  %low.signed = select i1 %turned, double %e2, double %e.minus
  %nan = fsub double %x, %x
  %infinite = icmp eq i64 %exponent, 2047
  %r.result = select i1 %infinite, double %nan, double %r.signed
  %q = trunc i128 %whole to i64
  %q.minus = sub i64 0, %q
  %q.result = select i1 %x.negative, i64 %q.minus, i64 %q
  %a = insertvalue {{ double, double, i64 }} poison, double %r.result, 0
  %b = insertvalue {{ double, double, i64 }} %a, double %low.signed, 1
  %c = insertvalue {{ double, double, i64 }} %b, i64 %q.result, 2
  ret {{ double, double, i64 }} %c
}}"""
