"""Find where a function is flat: Newton's method with exact first and second derivatives."""

import symgrad

f = symgrad.parse("x^4 - 3*x^3 + 2*x")
slope, curvature = f.diff("x"), f.diff("x", 2)
print("f'  =", slope)
print("f'' =", curvature)

x = 3.0
for _ in range(8):
    step = slope(x=x) / curvature(x=x)
    x -= step
    print(f"x = {x!r}")

assert abs(slope(x=x)) < 1e-13
assert curvature(x=x) > 0  # so it is a minimum
