"""The slow lane: a function that calls a C function for those lanes of a vector that a mask names."""

from __future__ import annotations


def lane_by_lane(count: int, n: int) -> tuple[str, str]:
    """Its symbol, and the module that defines it, for a C function of `count` numbers; some lane is in the mask."""
    vector = f"<{n} x double>"
    symbol = f"symgrad_slow_{count}_{n}"
    own = range(count)
    given = "".join(f", {vector} %x{i}" for i in own)
    lines = [
        f"declare i{n} @llvm.cttz.i{n}(i{n}, i1)",
        f"define {vector} @{symbol}(ptr %f, i{n} %bits, {vector} %quick{given}) {{",
        "entry:",
        f"  %to = alloca {vector}",
        f"  store {vector} %quick, ptr %to",
        *[f"  %from{i} = alloca {vector}\n  store {vector} %x{i}, ptr %from{i}" for i in own],
        "  br label %lane",
        "lane:",
        f"  %rest = phi i{n} [ %bits, %entry ], [ %less, %lane ]",
        f"  %k = call i{n} @llvm.cttz.i{n}(i{n} %rest, i1 true)",
        f"  %index = zext i{n} %k to i64",
        *[f"  %p{i} = getelementptr double, ptr %from{i}, i64 %index" for i in own],
        *[f"  %v{i} = load double, ptr %p{i}" for i in own],
        f"  %y = call double %f({', '.join(f'double %v{i}' for i in own)})",
        "  %place = getelementptr double, ptr %to, i64 %index",
        "  store double %y, ptr %place",
        f"  %minus = sub i{n} %rest, 1",
        f"  %less = and i{n} %rest, %minus",
        f"  %more = icmp ne i{n} %less, 0",
        "  br i1 %more, label %lane, label %end",
        "end:",
        f"  %result = load {vector}, ptr %to",
        f"  ret {vector} %result",
        "}",
    ]
    return symbol, "\n".join(lines)
