"""A first tour of the library: a formula, its value, its derivatives, and how sure one can be of them."""

import symgrad

f = symgrad.parse("x^2*sin(y)")
print(f, "of", f.variables)

value, gradient = f.value_and_grad(x=2.0, y=3.0)
print("value", value, "gradient", gradient)

# Derivatives are expressions again.
slope = f.diff("x")
print("df/dx =", slope, " and with respect to y:", slope.diff("y"))
assert slope(x=2.0, y=3.0) == gradient["x"]

# The same is built from Python.
x, y = symgrad.var("x"), symgrad.var("y")
assert x**2 * symgrad.sin(y) == f

# A verdict is true only where the digits are proved.
verdict = f.check(x=2.0, y=3.0)
print(verdict.status, {name: partial.digits for name, partial in verdict.partials.items()})
assert verdict

# Here float64 has no right digit, and the verdict says so.
doubtful = symgrad.parse("(1 - cos(x))/x^2").check(x=1e-8)
print(doubtful.status, "-", doubtful.explanation)
assert not doubtful
assert doubtful.status == "rounding"
