"""Flowers and penguins told apart by their measures: learned on one part, judged on the part that was held out."""

from symgrad.nn import fit, iris, mlp, penguins

for data in (iris(), penguins()):
    print(data)
    learn, held_out = data.split(0.2, seed=0)
    found = fit(mlp(4, [8], 3), learn, penalty=3e-3, steps=300)
    print(f"  {found!r}")
    print(f"  of {len(held_out)} that were held out {100 * found.accuracy(held_out):.1f} % are told right\n")
    assert found.accuracy(held_out) >= 0.95
