"""Fit an exponential decay to points by walking down the gradient of the squared error."""

import numpy as np

import symgrad

times = np.linspace(0.0, 4.0, 41)
measured = 2.0 * np.exp(-0.5 * times)

model = symgrad.parse("a*exp(-b*t)")
loss = symgrad.parse("(a*exp(-b*t) - m)^2")
a, b = 1.0, 1.0
for step in range(1001):
    # Arrays are many points: the loss and its partials come back for each of them.
    losses, gradient = loss.value_and_grad(a=a, b=b, t=times, m=measured)
    if step % 200 == 0:
        print(f"step {step:4}  loss {losses.mean():.3e}  a {a:.6f}  b {b:.6f}")
    a -= 0.2 * gradient["a"].mean()
    b -= 0.2 * gradient["b"].mean()

print(model, "with a =", round(a, 3), "and b =", round(b, 3))
assert abs(a - 2.0) < 1e-3
assert abs(b - 0.5) < 1e-3
