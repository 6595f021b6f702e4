"""A net, its loss and its training step by step: what `fit` does, and what more there is."""

import symgrad
from symgrad.nn import (
    Recipe,
    dense,
    forecast,
    formula,
    load,
    minimise,
    moons,
    neuron,
    optimiser,
    resume,
    save,
    schedule,
    silent_units,
    task_of,
    to_c,
    train,
)
from symgrad.nn.losses import hinge, l2, same_sign

# A model is an expression with parameters; a loss is an expression of it.
data = moons(100)
net = (dense(2, 16, "relu") >> dense(16, 16, "relu") >> dense(16, 1)).named("net")
print(net)
x, y = symgrad.var("x", "real[100, 2]"), symgrad.var("y", "real[100]")
loss = hinge(net(x), y) + 1e-4 * l2(net)
task = task_of(loss, same_sign(net(x), y), x=data.x, y=data.y)

# Training yields what happens; whoever asks for the next report decides whether it goes on.
recipe = Recipe(steps=100, rate=schedule("linear", 1.0, end=0.1), every=20)
for report in train(task, recipe, net.initial(seed=1)):
    print(
        f"step {report.step:3}  loss {report.loss:.4f}  accuracy {100 * report.accuracy:.0f} %  rate {report.rate:.2f}"
    )
    if report.step == 40:
        save("net.safetensors", report.state.parameters, net, report.state, recipe, task)
assert report.accuracy == 1

# From a file it goes on, to the same bits.
*_, again = train(task, recipe, resume("net.safetensors", task))
assert again.state.vector.tobytes() == report.state.vector.tobytes()
print(load("net.safetensors").model)

# What the curvature says about a rate, and which units are silent.
print(forecast(task, net.initial(seed=1), rate=50.0))
for unit in silent_units(net, report.state.parameters, data.x):
    print(unit)

# Models leave as code, a trained neuron as a formula.
print(len(to_c(net, report.state.parameters).splitlines()), "lines of C")
print(formula(neuron(2), {"w": [-3, 1], "b": 6.8813735870195432}))

# Any expression of any parameters can be minimised.
a, b = symgrad.var("a"), symgrad.var("b")
found = minimise((1 - a) ** 2 + 100 * (b - a**2) ** 2, {"a": -1.2, "b": 1.0}, optimiser=optimiser("lbfgs"))
print(found.ended, found.parameters, "in", found.steps, "steps")
