"""Products of vectors and matrices, and linear algebra."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.errors import LimitReached, TypeMistake
from symgrad.ops.op import op, section, shape_of
from symgrad.ops.reductions import sum_
from symgrad.ops.tensor import reshape, sum_to, transpose
from symgrad.ops.types import Type, broadcast, real

Attrs = Mapping[str, Any]


def product_type(types: Sequence[Type], attrs: Attrs) -> Type:
    """The type of a matrix product, with vectors as rows or columns where needed.

    Raises:
        TypeMistake: SG202, an operand is a single number; SG203, the inner sizes differ.
    """
    a, b = (t.shape for t in types)
    if not a or not b or {t.kind for t in types} != {"real"}:
        raise TypeMistake("SG202", "a matrix product needs vectors or matrices, and was given a single number",
                          hint="declare its shape first, as in v: real[3]; the product of numbers is *")
    if a[-1] != b[-2 if len(b) > 1 else 0]:
        raise TypeMistake("SG203", f"the shapes {list(a)} and {list(b)} do not fit a matrix product")
    left = a[:-1]
    right = b[-1:] if len(b) > 1 else ()
    batch = broadcast([a[:-2], b[:-2]])
    return real(*batch, *left[-1:], *right)


def _column(x: Any) -> Any:
    """A vector as a matrix of one column."""
    return reshape(x, shape=(*shape_of(x), 1))


def _row(x: Any) -> Any:
    """A vector as a matrix of one row."""
    return reshape(x, shape=(1, *shape_of(x)))


def _swap(x: Any) -> Any:
    """The transpose of each matrix in a stack of them."""
    rank = len(shape_of(x))
    return transpose(x, axes=(*range(rank - 2), rank - 1, rank - 2))


def _left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """The adjoint of the left factor: g @ b^T."""
    if len(shape_of(b)) == 1:
        out = g * b if len(shape_of(a)) == 1 else _column(g) * b
    elif len(shape_of(a)) == 1:
        out = matmul(b, g)
    else:
        out = matmul(g, _swap(b))
    return sum_to(out, shape_of(a))


def _right(g: Any, y: Any, a: Any, b: Any) -> Any:
    """The adjoint of the right factor: a^T @ g."""
    if len(shape_of(b)) == 1:
        out = g * a if len(shape_of(a)) == 1 else matmul(_swap(a), g)
    elif len(shape_of(a)) == 1:
        out = _column(a) * _row(g)
    else:
        out = matmul(_swap(a), g)
    return sum_to(out, shape_of(b))


def square_matrix(types: Sequence[Type], attrs: Attrs) -> Type:
    """The type of a square matrix.

    Raises:
        TypeMistake: SG208, it is not square.
    """
    shape = types[0].shape
    if len(shape) != 2 or shape[0] != shape[1] or types[0].kind != "real":
        raise TypeMistake("SG208", f"this needs a square matrix, found {types[0]}")
    return types[0]


def scalar_of_square(types: Sequence[Type], attrs: Attrs) -> Type:
    """One number from a square matrix."""
    square_matrix(types, attrs)
    return real()


def solved(types: Sequence[Type], attrs: Attrs) -> Type:
    """The type of the solution of a @ x = b."""
    square_matrix(types[:1], attrs)
    if not types[1].shape or types[1].shape[0] != types[0].shape[0] or len(types[1].shape) > 2:
        raise TypeMistake("SG203", f"the right side {types[1]} does not fit the matrix {types[0]}")
    return types[1]


LARGEST_BY_MINORS = 9
"""Rows of a determinant written out; the number of minors doubles with each."""


def minors(m: Any) -> Any:
    """The determinant of a matrix of carriers, by expansion along rows, each minor computed once.

    Raises:
        LimitReached: SG421, there are too many minors.
    """
    n = len(m)
    if n > LARGEST_BY_MINORS:
        raise LimitReached("SG421", f"a determinant of {n} rows is too large to write out", hint="use a smaller matrix")
    table: dict[frozenset[int], Any] = {frozenset(): None}
    for row in range(n):
        wider: dict[frozenset[int], Any] = {}
        for chosen, value in table.items():
            for column in sorted(set(range(n)) - chosen):
                term = m[row][column] if value is None else m[row][column] * value
                odd = sum(c > column for c in chosen) % 2
                key = chosen | {column}
                if key in wider:
                    wider[key] = wider[key] - term if odd else wider[key] + term
                else:
                    wider[key] = -term if odd else term
        table = wider
    whole = table[frozenset(range(n))]
    return 1 if whole is None else whole


def det_values(m: Any) -> Any:
    """Determinant of a numeric matrix or a matrix of carriers."""
    import numpy as np

    return minors(m.tolist()) if m.dtype == object else np.linalg.det(m)


def inv_values(m: Any) -> Any:
    """Inverse of a numeric matrix (nan where singular), or of a matrix of carriers by its adjugate."""
    import numpy as np

    if m.dtype != object:
        try:
            return np.linalg.inv(m)
        except np.linalg.LinAlgError:
            return np.full(m.shape, np.nan)
    n, whole = len(m), minors(m.tolist())
    out = np.empty((n, n), dtype=object)
    for i in range(n):
        for j in range(n):
            rest = np.delete(np.delete(m, j, 0), i, 1)
            cofactor = minors(rest.tolist())
            out[i, j] = (-cofactor if (i + j) % 2 else cofactor) / whole
    return out


def cofactor_values(m: Any) -> Any:
    """The signed determinants of what is left without a row and a column."""
    import numpy as np

    n = len(m)
    out = np.empty((n, n), dtype=m.dtype)
    for i in range(n):
        for j in range(n):
            rest = np.delete(np.delete(m, i, 0), j, 1)
            out[i, j] = (-1) ** (i + j) * (det_values(rest) if n > 1 else 1.0)
    return out


def solve_values(a: Any, b: Any) -> Any:
    """Solution of a @ x = b (nan where a is singular)."""
    import numpy as np

    if "O" in {a.dtype.kind, b.dtype.kind}:
        return inv_values(a.astype(object)) @ b
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        return np.full(b.shape, np.nan)


def _matmul(a: Any, b: Any) -> Any:
    return a @ b


def _trace(x: Any) -> Any:
    return x.trace()


section("Linear algebra")

matmul = op("matmul", "Product of matrices and vectors, a @ b.", "[1, 2] @ [3, 4] = 11", _left, _right, scalar=_matmul,
            array=_matmul, result=product_type, infix="@", precedence=60, latex=r"{0}\,{1}")
dot = op("dot", "Inner product of two vectors.", "dot([1, 2], [3, 4]) = 11", _left, _right, scalar=_matmul,
         array=_matmul, result=product_type, expand=lambda a, b: matmul(a, b), latex=r"{0} \cdot {1}")


def outer_type(types: Sequence[Type], attrs: Attrs) -> Type:
    """The type of all products of elements of two vectors."""
    if any(len(t.shape) != 1 or t.kind != "real" for t in types):
        raise TypeMistake("SG202", "outer needs two vectors", hint="declare their shapes first, as in v: real[3]")
    return real(*types[0].shape, *types[1].shape)


outer = op("outer", "All products of elements of two vectors.", "outer([1, 2], [3, 4])[1, 0] = 6",
           lambda g, y, a, b: matmul(g, b),
           lambda g, y, a, b: matmul(a, g),
           result=outer_type, expand=lambda a, b: _column(a) * _row(b))
trace = op("trace", "Sum of the diagonal of a square matrix.", "trace([[1, 2], [3, 4]]) = 5",
           lambda g, y, x: diagonal(g, n=shape_of(x)[0]), scalar=_trace, array=_trace, result=scalar_of_square,
           latex=r"\operatorname{{tr}} {0}")


def diagonal_values(x: Any, n: int) -> Any:
    """x times the unit matrix."""
    import numpy as np

    out = np.zeros((n, n), dtype=getattr(x, "dtype", object if hasattr(type(x), "apply") else float))
    np.fill_diagonal(out, x)
    return out


diagonal = op("diagonal", "A number times the unit matrix.", "trace(diagonal(2, n=3)) = 6", lambda g, y, x, n: trace(g),
              scalar=diagonal_values, array=diagonal_values, result=lambda types, attrs: real(attrs["n"], attrs["n"]),
              attrs=("n",))
det = op("det", "Determinant of a square matrix.", "det([[1, 2], [3, 4]]) = -2",
         lambda g, y, x: g * cofactors(x), scalar=det_values, array=det_values, result=scalar_of_square,
         latex=r"\det {0}")
cofactors = op(
    "cofactors", "The matrix of cofactors, det(x) times the transposed inverse; it exists for singular matrices too.",
    "trace(cofactors([[1, 2], [3, 4]])) = 5",
    lambda g, y, x: sum_(g * y) * transpose(inv(x)) - matmul(matmul(y, transpose(g)), transpose(inv(x))),
    scalar=cofactor_values, array=cofactor_values, result=square_matrix, hidden=True,
    expand=lambda x: det(x) * transpose(inv(x)),
)
inv = op("inv", "Inverse of a square matrix.", "inv([[2, 0], [0, 4]])[1, 1] = 0.25",
         lambda g, y, x: -matmul(matmul(transpose(y), g), transpose(y)), scalar=inv_values, array=inv_values,
         result=square_matrix, latex="{0}^{{-1}}")
solve = op(
    "solve", "The x with a @ x = b, for a square matrix a.", "solve([[2, 0], [0, 4]], [2, 4])[1] = 1",
    lambda g, y, a, b: -_outer_like(solve(transpose(a), g), y),
    lambda g, y, a, b: solve(transpose(a), g),
    scalar=solve_values, array=solve_values, result=solved,
)


def _outer_like(u: Any, y: Any) -> Any:
    """u y^T for vectors, and summed over columns for matrices."""
    return outer(u, y) if len(shape_of(u)) == 1 else matmul(u, transpose(y))


