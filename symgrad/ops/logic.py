"""Conditions, and the choice between two branches."""

from __future__ import annotations

import operator
from typing import Any

from symgrad.ops.op import Guarded, op, section
from symgrad.ops.types import comparison, logical, selection


def choose(condition: bool, a: Any, b: Any) -> Any:
    """The branch that the condition takes."""
    return a if condition else b


section("Conditions")

lt = op("lt", "Less than.", "if(1 < 2, 1, 0) = 1", None, None, scalar=operator.lt, array="numpy.less", result=comparison,
        sympy=lambda sp, a, b: sp.Lt(a, b), infix="<", precedence=40, latex="{0} < {1}")
le = op("le", "Less than or equal.", "if(2 <= 2, 1, 0) = 1", None, None, scalar=operator.le, array="numpy.less_equal",
        result=comparison, sympy=lambda sp, a, b: sp.Le(a, b), infix="<=", precedence=40, latex=r"{0} \le {1}")
gt = op("gt", "Greater than.", "if(2 > 1, 1, 0) = 1", None, None, scalar=operator.gt, array="numpy.greater",
        result=comparison, sympy=lambda sp, a, b: sp.Gt(a, b), infix=">", precedence=40, latex="{0} > {1}")
ge = op("ge", "Greater than or equal.", "if(2 >= 2, 1, 0) = 1", None, None, scalar=operator.ge,
        array="numpy.greater_equal", result=comparison, sympy=lambda sp, a, b: sp.Ge(a, b), infix=">=", precedence=40,
        latex=r"{0} \ge {1}")
eq = op("eq", "Equal.", "if(2 == 2, 1, 0) = 1", None, None, scalar=operator.eq, array="numpy.equal", result=comparison,
        sympy=lambda sp, a, b: sp.Eq(a, b), infix="==", precedence=40, latex="{0} = {1}")
ne = op("ne", "Not equal.", "if(1 != 2, 1, 0) = 1", None, None, scalar=operator.ne, array="numpy.not_equal",
        result=comparison, sympy=lambda sp, a, b: sp.Ne(a, b), infix="!=", precedence=40, latex=r"{0} \ne {1}")
and_ = op("and", "Both.", "if(1 < 2 and 2 < 3, 1, 0) = 1", None, None, scalar=lambda a, b: a and b,
          array="numpy.logical_and", result=logical, sympy=lambda sp, a, b: sp.And(a, b), infix=" and ", precedence=20,
          latex=r"{0} \land {1}")
or_ = op("or", "Either.", "if(1 > 2 or 2 < 3, 1, 0) = 1", None, None, scalar=lambda a, b: a or b,
         array="numpy.logical_or", result=logical, sympy=lambda sp, a, b: sp.Or(a, b), infix=" or ", precedence=10,
         latex=r"{0} \lor {1}")
not_ = op("not", "The opposite.", "if(not 1 > 2, 1, 0) = 1", None, scalar=operator.not_, array="numpy.logical_not",
          result=logical, sympy=lambda sp, a: sp.Not(a), prefix="not ", precedence=30, latex=r"\lnot {0}")
where = op(
    "where", "One of two values, chosen by a condition; the one not chosen contributes nothing.",
    "if(2 > 1, 5, 6) = 5",
    None,
    lambda g, y, c, a, b: Guarded(c, g),
    lambda g, y, c, a, b: Guarded(not_(c), g),
    scalar=choose, array="numpy.where", pair=choose, brackets=("if(", ")"), result=selection, told=("case by case",),
    sympy=lambda sp, c, a, b: sp.Piecewise((a, c), (b, True)),
    latex=r"\begin{{cases}} {1} & \text{{if }} {0} \\ {2} & \text{{otherwise}} \end{{cases}}",
    aliases=("if", "ifelse", "select", "cond", "Piecewise", "if_else_zero"),
)
