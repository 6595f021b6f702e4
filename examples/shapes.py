"""Four shapes that no straight line tells apart, each learned by one line."""

from symgrad.nn import circles, fit, mlp, moons, spirals, xor

learned = {
    "moons": fit(mlp(2, [16, 16], 1), moons()),
    "circles": fit(mlp(2, [16, 16], 1), circles()),
    "xor": fit(mlp(2, [4], 1), xor()),
    "spirals": fit(mlp(2, [32, 32], 1), spirals(), steps=1000),
}
for name, found in learned.items():
    print(f"{name:8} {found!r}")
    assert found.last.accuracy >= 0.99
