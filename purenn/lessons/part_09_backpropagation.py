# %% [markdown]
# # Part 9: Backpropagation and the training loop
#
# This is the heart of the book. Part 8 ended with a wish: to know, for every weight of a network,
# how fast the loss grows with it. Here the wish is granted. After this part you can write the way
# back through a neuron, a layer and a whole network yourself, check that it is right, and train
# with it. The exercise at the end asks for exactly that.

# %%
import math
from random import Random

from purenn import (
    SGD, Adam, Dense, MeanSquaredError, Network, Parameter, ReLU, RMSProp,
    SoftmaxCrossEntropy, accuracy, draw, gradcheck, linalg, train,
)
from purenn.data import spiral
from purenn.initializers import permutation
from purenn.lessons.recorded import RECORDS

# %% [markdown]
# ## The finished thing first
#
# The spiral on which random nudges were so slow, and a network that has learned it by going down
# the slope. `train` shows it all 150 points sixty times, 30 at a time.

# %%
data = spiral(size=150, rng=Random(1))
inputs, targets = list(data.inputs), data.targets
loss = SoftmaxCrossEntropy()


def new_network(seed):
    rng = Random(seed)
    return Network([
        Dense(2, 16, rng), ReLU(), Dense(16, 16, rng), ReLU(), Dense(16, 3, rng),
    ])


network = new_network(2)
history = train(network, inputs, targets, loss=loss, optimizer=Adam(0.02), epochs=60,
                batch_size=30, metrics=[accuracy], rng=Random(3))
spiral_accuracy = accuracy(network.predict(inputs), targets)
print(f"accuracy on the spiral: {spiral_accuracy:.0%}")
draw.show(draw.regions(network, data, title="The spiral, solved"))

# %% [markdown]
# How much of that is due to the slope? Part 8 took other points, and no optimizer as clever as
# `Adam`, and it looked at all points before each step. So compare like with like: the 90 points of
# part 8, the same network with the same first weights, all points in every step, and as many looks
# as 500 nudges had. That is 1,000 looks; a step along the slope counts as three, since the way back
# costs about as much as two times forward. Plain gradient descent, at three learning rates:

# %%
arms = spiral(size=90, rng=Random(1))  # the points of part 8
looks = 2 * 500
compared = {}
for rate in (0.1, 0.3, 1.0):
    rng = Random(2)
    walker = Network([
        Dense(2, 16, rng), ReLU(), Dense(16, 16, rng), ReLU(), Dense(16, 3, rng),
    ])
    optimizer = SGD(rate)
    reached_80 = None
    for step in range(looks // 3):
        scores = walker.forward(arms.inputs)
        if reached_80 is None and accuracy(scores, arms.targets) >= 0.8:
            reached_80 = 3 * step
        walker.backward(loss.gradient(scores, arms.targets))
        optimizer.step(walker.parameters())
    compared[rate] = reached_80, accuracy(walker.predict(arms.inputs), arms.targets)
    print(f"rate {rate}: 80% after {reached_80} looks, end {compared[rate][1]:.0%}")

nudged = RECORDS["nudges"]["accuracy"][500]
print(f"nudges, recorded: {nudged:.0%} after {looks} looks")

# %% [markdown]
# At the smallest of these rates the slope needs a little more than half as many looks as the
# nudges, at the largest less than a tenth. So it does not win by magic: it wins if its step has the
# right size, and it wins by more, the more weights there are that matter (part 8). The rest of the
# first picture's success is due to small batches and to Adam, which this part comes to. So, what is
# a slope?

# %% [markdown]
# ## The slope of a curve
#
# Take a curve, `f(x) = x²`, and stand at x = 3. Go a small step h to both sides. Divide how much
# the curve has risen by how far you went:
#
# ```formula
# slope  ≈  (f(x + h) − f(x − h)) / 2h
# ```

# %%
def slope(function, x, h=0.00001):
    """Return how fast the function grows at x, found by trying."""
    return (function(x + h) - function(x - h)) / (2 * h)


def square(x):
    return x * x


one_sided = {h: (square(3.0 + h) - square(3.0)) / h for h in (1.0, 0.1, 0.01, 0.001)}
for h, value in one_sided.items():
    print(f"to one side only, h = {h}: {value:.4f}")
tried = slope(square, 3.0)
print(f"to both sides: {tried:.6f}")
two_sided = {h: slope(square, 3.0, h) for h in (1.0, 0.5, 0.25)}
print("both sides, h = 1, 0.5, 0.25:", *two_sided.values())

# %% [markdown]
# The numbers go to 6. On paper one sees why, for any x. With a step to one side only:
#
# ```formula
# ((x + h)² − x²) / h  =  (2·x·h + h²) / h
#                      =  2·x + h
# ```
#
# The smaller h is, the closer this comes to 2·x. With a step to both sides, what is too much on one
# side is too little on the other:
#
# ```formula
# ((x + h)² − (x − h)²) / 2h  =  (4·x·h) / 2h
#                             =  2·x
# ```
#
# For x² this is exactly 2·x, whatever h is. (For other curves it is not exact, but much closer than
# the step to one side.) What the slope goes to as h gets smaller is called the derivative. It is
# the exact slope, and no step has to be chosen. It says: *if x grows by a little, f grows by that
# many times as much.* For a network we need surprisingly few of them:
#
# | f(x) | derivative | in words |
# |---|---|---|
# | x + c | 1 | what is added as it is, passes on as it is |
# | c · x | c | a product grows with one factor as fast as the other is large |
# | x² | 2 · x | as above |
# | max(x, 0) | 1 where x > 0, else 0 | ReLU lets through or shuts |
#
# In the picture, one straight line goes through the curve at 3 and at 4: its slope is 7, which is
# what the step of 1 gave. The other has the slope 6, and touches the curve at 3 without crossing
# it.

# %%
xs = [2 + step / 40 for step in range(101)]
draw.show(draw.lines(
    {
        "x²": [(x, x * x) for x in xs],
        "slope 7": [(x, 9 + 7 * (x - 3)) for x in xs],
        "slope 6": [(x, 9 + 6 * (x - 3)) for x in xs],
        "3 and 4": [(3.0, 9.0), (3.5, None), (4.0, 16.0)],  # two dots
    },
    title="A slope, and what a step of 1 makes of it", x_label="x", y_label="f(x)",
    limits=((2.0, 4.5), (2.0, 20.0)),
))

# %% [markdown]
# ## The chain rule
#
# Three gear wheels in a row: when the first turns by a little, the second turns twice as much, and
# the third turns three times as much as the second. So the third turns 2 · 3 = 6 times as much as
# the first. That is all: **along a chain, slopes multiply.**
#
# ```
# x  ──►  y  ──►  L
# ```
#
# ```formula dL/dy: gradient from the right; dy/dx: local slope
# dL/dx  =  dL/dy · dy/dx
# ```
#
# `$dL/dy$` is read "how fast L grows with y". And a second rule, for when x reaches L by *several*
# chains: **what comes by each of them is added up.** Nothing else is needed in this part. It is the
# chain rule, again and again, and the bookkeeping.

# %% [markdown]
# ## One neuron, by hand
#
# A neuron with two inputs, a ReLU behind it, and a target. The loss is the squared error, since its
# derivative is in the table. Follow the numbers forward on paper; they are all halves and quarters.

# %%
x = [2.0, -1.0]
weights = [0.5, -1.5]
bias = -1.0
target = 3.0

y = weights[0] * x[0] + weights[1] * x[1] + bias  # 1.0 + 1.5 − 1.0
output = max(y, 0.0)
error = (output - target) ** 2
print(f"y = {y}, after ReLU {output}, squared error {error}")

# %% [markdown]
# Now backwards, from the right to the left. At each place we ask one question: *if this number grew
# by a little, how many times as much would the loss grow?* That is the gradient of the number.
#
# ```
# x[0]·w[0] ─┐
# x[1]·w[1] ─┼─► y ─► ReLU ─► output ─► error
# bias ──────┘
#      ◄─────────────────────────── gradients
# ```

# %%
# The derivative of a square; the target is fixed.
output_gradient = 2.0 * (output - target)
# Times the slope of ReLU, which is 1 where it is open.
y_gradient = output_gradient * (1.0 if y > 0 else 0.0)
# y grows with w[i] as fast as x[i] is large, because they are multiplied …
weights_gradient = [y_gradient * x[0], y_gradient * x[1]]
# … and with the bias just as fast as the bias itself, because it is added …
bias_gradient = y_gradient * 1.0
# … and with x[i] as fast as w[i] is large.
input_gradient = [y_gradient * weights[0], y_gradient * weights[1]]

print("output", output_gradient, "y", y_gradient)
print("weights", weights_gradient, "bias", bias_gradient)
print("inputs", input_gradient)

# %% [markdown]
# Each line is *the gradient from the right, times one slope from the table*. Look at the weights
# and the inputs: in the product w · x each grows as fast as the *other* is large. So the gradient
# of a weight needs the input that went forward; a layer has to remember it.
#
# Do we believe it? Try the first weight with a small step. The slope that is found by trying is
# called the **numeric** gradient, the one from the chain rule the **analytic** one.

# %%
def error_with(first_weight):
    y = first_weight * x[0] + weights[1] * x[1] + bias
    return (max(y, 0.0) - target) ** 2


numeric = slope(error_with, weights[0])
print(f"analytic {weights_gradient[0]}, numeric {numeric:.6f}")

# %% [markdown]
# A gradient of −6 says: make this weight larger and the loss gets *smaller*, six times as fast.
# Gradient descent (part 8) goes a small step against the gradient, every number by its own:
#
# ```formula
# w  ←  w − learning_rate · gradient of w
# ```

# %%
learning_rate = 0.05
new_weights = [w - learning_rate * g for w, g in zip(weights, weights_gradient)]
new_bias = bias - learning_rate * bias_gradient
new_y = new_weights[0] * x[0] + new_weights[1] * x[1] + new_bias
new_error = (max(new_y, 0.0) - target) ** 2
print(f"output {output} → {new_y:.2f}")
print(f"squared error {error} → {new_error:.2f}")

# %% [markdown]
# ## The same by the library
#
# The network is `Dense(2, 1)` and `ReLU`. After `forward`, the loss gives the gradient of what came
# out, and `backward` carries it back. It returns the gradient of the inputs, and leaves on each
# parameter a `gradient` beside its `value`: the place that part 4 left empty.

# %%
neuron = Dense(2, 1, Random(1))
neuron.weights.value, neuron.biases.value = [weights], [[bias]]
small = Network([neuron, ReLU()])
squared = MeanSquaredError()

scores = small.forward([x])
library_input_gradient = small.backward(squared.gradient(scores, [[target]]))
print("weights", neuron.weights.gradient, "bias", neuron.biases.gradient)
print("inputs", library_input_gradient)
neuron_agrees = (
    neuron.weights.gradient == [weights_gradient]
    and neuron.biases.gradient == [[bias_gradient]]
    and library_input_gradient == [input_gradient]
)
print("the same as by hand:", neuron_agrees)

# %% [markdown]
# ## A layer
#
# A layer is neurons side by side, which see the same inputs. Neuron o has row o of the weights.
# Let g be the output gradient: g[o] says how fast the loss grows with output o. Where it comes from
# does not matter to the layer; somebody further right has worked it out.
#
# - Weight [o][i] multiplies input i and feeds only output o. So its gradient is `g[o] · x[i]`.
# - Bias o is added to output o. So its gradient is `g[o]`.
# - Input i goes into *every* neuron, each time times another weight. These are several chains, so
#   what comes by each is added up: `g[0]·w[0][i] + g[1]·w[1][i] + …`

# %%
def layer_backward(x, weights, g):
    """Return the gradients of weights, biases and inputs of a layer, for one example."""
    weights_gradient = [[g[o] * x[i] for i in range(len(x))] for o in range(len(g))]
    biases_gradient = [g[o] for o in range(len(g))]
    input_gradient = [0.0 for i in range(len(x))]
    for o in range(len(g)):
        for i in range(len(x)):
            input_gradient[i] += g[o] * weights[o][i]
    return weights_gradient, biases_gradient, input_gradient


one_x = [1.0, 2.0]
layer_weights = [[0.5, 1.0], [1.0, -1.0], [0.0, 2.0]]  # 3 neurons, 2 inputs
one_g = [1.0, 0.0, -0.5]
for name, gradient in zip(("weights", "biases", "inputs"),
                          layer_backward(one_x, layer_weights, one_g)):
    print(f"{name}:\n{gradient}")

# %% [markdown]
# Neuron 1 has the output gradient 0: the loss does not care about it for this example, so nothing
# about it should change.

# %% [markdown]
# ## A batch
#
# Now n examples, one per row. Every example has inputs of its own, so the input gradients just
# stand below each other, one row each. But the *same* weights serve all examples. A weight reaches
# the loss by n chains, one through each example, and what comes by each is **added up**.
#
# Added, not averaged? The loss is a mean over the examples, so its gradient has the division by n
# in it already, once (part 7). Here it is only passed on.

# %%
def batch_backward(inputs, weights, output_gradient):
    """Return the gradients of weights, biases and inputs, for a batch, in loops."""
    weights_gradient = linalg.zeros(len(weights), len(weights[0]))
    biases_gradient = linalg.zeros(1, len(weights))
    input_gradient = []
    for x, g in zip(inputs, output_gradient):
        for_weights, for_biases, for_inputs = layer_backward(x, weights, g)
        weights_gradient = linalg.add(weights_gradient, for_weights)
        biases_gradient = linalg.add(biases_gradient, [for_biases])
        input_gradient.append(for_inputs)
    return weights_gradient, biases_gradient, input_gradient


rng = Random(4)
layer = Dense(2, 3, rng)
batch = inputs[:4]
layer_scores = layer.forward(batch)
scores_gradient = loss.gradient(layer_scores, [0, 1, 2, 1])
by_loops = batch_backward(batch, layer.weights.value, scores_gradient)

# %% [markdown]
# And in whole matrices, with G for the output gradient, X for the inputs, W for the weights, b for
# the biases, and ᵀ for the transpose. (`∂L/∂W` is the gradient of the weights: the slope of the
# loss L in the direction of each of them.)
#
# ```formula G: gradient from the right; X: input; W: weight
# ∂L/∂W  =  Gᵀ · X
# ∂L/∂b  =  "sums of the columns of" G
# ∂L/∂X  =  G · W
# ```
#
# Write down the shapes, and there is hardly a choice: the gradient of the weights has to be neurons
# × inputs, and is made of G, which is n × neurons, and X, which is n × inputs. Gᵀ · X is the one
# product that fits. Read it as: entry [o][i] is column o of the output gradients times column i of
# the inputs, added up over the examples. That is the loop above.

# %%
by_matrices = (
    linalg.matmul(linalg.transpose(scores_gradient), batch),
    linalg.sum(scores_gradient, axis=0),
    linalg.matmul(scores_gradient, layer.weights.value),
)
layer_input_gradient = layer.backward(scores_gradient)
by_library = (layer.weights.gradient, layer.biases.gradient, layer_input_gradient)


def largest_difference_of(A, B):
    return linalg.item(linalg.max(linalg.abs(linalg.subtract(A, B))))


largest_difference = max(
    largest_difference_of(one, other)
    for ours in (by_loops, by_matrices) for one, other in zip(ours, by_library)
)
print("largest difference of loops, matrices")
print(f"and library: {largest_difference:.0e}")

# %% [markdown]
# These three lines *are* the backward pass of a dense layer. (The first layer of a network leaves
# out the last of them while it is trained: nobody changes the examples.) You will find them in
# [`Dense`](../layers.py#Dense), with the same reasons next to them. (The first is called
# `inner_columns(G, X)` there, columns with columns: it is Gᵀ · X without turning G around first.)

# %% [markdown]
# ## Two layers, with real numbers
#
# Before the matrices take over, one whole network on paper: two inputs, two hidden neurons with
# ReLU, one output, and the squared error. Its numbers are halves and quarters again.
#
# ```
#     ┌─► z[0] ─ReLU─► h[0] ─┐
# x ──┤                      ├─► y ─► L
#     └─► z[1] ─ReLU─► h[1] ─┘
# ```
#
# The letters, counted from 0: x[i] are the inputs, v[o][i] the weights of hidden neuron o and b[o]
# its bias, z[o] its sum, and h[o] what ReLU makes of it. w[o] are the weights of the output and c
# is its bias; y is the output, t the target, and L the squared error.

# %%
x = [1.0, 2.0]
v, b = [[0.5, 1.0], [1.0, -0.5]], [0.0, 0.5]
w, c = [1.0, -2.0], 0.5
t = 3.0

z, h = [0.0, 0.0], [0.0, 0.0]
for o in range(2):
    z[o] = v[o][0] * x[0] + v[o][1] * x[1] + b[o]
    h[o] = max(z[o], 0.0)
y = w[0] * h[0] + w[1] * h[1] + c
squared_error = (y - t) ** 2
print(f"z = {z}, h = {h}")
print(f"y = {y}, L = {squared_error}")

# %% [markdown]
# On the way back, every line is again *gradient from the right, times local slope*:
#
# ```formula
# ∂L/∂y  =  2 · (y − t)
# ∂L/∂w[o]  =  ∂L/∂y · h[o]
# ∂L/∂h[o]  =  ∂L/∂y · w[o]
# ∂L/∂z[o]  =  ∂L/∂h[o] · (1 if z[o] > 0, else 0)
# ∂L/∂v[o][i]  =  ∂L/∂z[o] · x[i]
# ```
#
# (A bias is added as it is, so it has the gradient of the sum that it is part of: `∂L/∂c = ∂L/∂y`,
# and `∂L/∂b[o] = ∂L/∂z[o]`.) Look at the third and the fourth line: the gradient of what the output
# layer took *in* is the gradient of what the hidden layer put *out*. There the two layers are
# joined, and there is nothing more to a deep network than to do this again and again. In the code
# `y_g` is `∂L/∂y`, and so on.

# %%
y_g = 2.0 * (y - t)
w_g, c_g = [y_g * h[0], y_g * h[1]], y_g
h_g = [y_g * w[0], y_g * w[1]]
z_g = [h_g[o] * (1.0 if z[o] > 0 else 0.0) for o in range(2)]
v_g, b_g = [[z_g[o] * x[i] for i in range(2)] for o in range(2)], z_g
x_g = [z_g[0] * v[0][i] + z_g[1] * v[1][i] for i in range(2)]
print("output layer: w", w_g, "c", c_g)
print("hidden layer: h", h_g, "z", z_g)
print("v", v_g, "b", b_g)
print("inputs: x", x_g)

# %% [markdown]
# An input reaches the output by two paths, through hidden neuron 0 and through hidden neuron 1.
# What comes by each of them is added up: that is the second rule, in the line of `x_g`. The library
# says:

# %%
first, second = Dense(2, 2, Random(1)), Dense(2, 1, Random(1))
first.weights.value, first.biases.value = v, [b]
second.weights.value, second.biases.value = [w], [[c]]
on_paper = Network([first, ReLU(), second])

library_x_g = on_paper.backward(squared.gradient(on_paper.forward([x]), [[t]]))
paper_agrees = (
    second.weights.gradient == [w_g] and second.biases.gradient == [[c_g]]
    and first.weights.gradient == v_g and first.biases.gradient == [b_g]
    and library_x_g == [x_g]
)
print("the same as by hand:", paper_agrees)

# %% [markdown]
# The same network, one product at a time. Change a number, and go through it again. Set b₁ to −3,
# so that z₁ becomes negative, and t to 4: what happens to all gradients left of z₁? (With t = 3 the
# output would then be right, by chance, and every gradient 0.)
#
# ```widget backpropagation
# ```

# %% [markdown]
# ## A network
#
# Layers in a row are a chain. The gradient of what a layer took in is the gradient of what the
# layer before it put out. So we start with the gradient of the scores, which the loss gives (part
# 7: `(p − y) / n`), and go from the last layer to the first. ReLU lets the gradient through where
# its input was above 0, and stops it elsewhere. This is **backpropagation**: the chain rule, from
# the back to the front, each gradient computed once and used for everything that lies before it.
#
# Here it is in matrices, with the letters of above, for n examples, two inputs, five hidden neurons
# and three classes. First forward; beside each line stands the shape. V is 5 × 2, W is 3 × 5.
#
# ```formula
# Z  =  X · Vᵀ + b      n × 5
# H  =  ReLU(Z)      n × 5
# S  =  H · Wᵀ + c      n × 3
# ```
#
# And back, from the last line to the first. The sign ∘ multiplies number by number:
#
# ```formula
# ∂L/∂S  =  (P − Y) / n      n × 3
# ∂L/∂W  =  (∂L/∂S)ᵀ · H      3 × 5
# ∂L/∂c  =  "column sums of" ∂L/∂S      1 × 3
# ∂L/∂H  =  ∂L/∂S · W      n × 5
# ∂L/∂Z  =  ∂L/∂H ∘ (Z > 0)      n × 5
# ∂L/∂V  =  (∂L/∂Z)ᵀ · X      5 × 2
# ∂L/∂b  =  "column sums of" ∂L/∂Z      1 × 5
# ```
#
# (`Z > 0` is 1 where it is true, and 0 elsewhere: the slope of ReLU.)

# %%
rng = Random(5)
hidden_layer, output_layer = Dense(2, 5, rng), Dense(5, 3, rng)
two_layers = Network([hidden_layer, ReLU(), output_layer])

hidden_scores = hidden_layer.forward(inputs)
hidden = ReLU().forward(hidden_scores)
scores = output_layer.forward(hidden)

scores_gradient = loss.gradient(scores, targets)
output_weights_gradient = linalg.matmul(linalg.transpose(scores_gradient), hidden)
output_biases_gradient = linalg.sum(scores_gradient, axis=0)
hidden_gradient = linalg.matmul(scores_gradient, output_layer.weights.value)
was_open = linalg.greater(hidden_scores, 0.0)  # 1 where ReLU lets through, else 0
hidden_scores_gradient = linalg.multiply(hidden_gradient, was_open)
hidden_weights_gradient = linalg.matmul(
    linalg.transpose(hidden_scores_gradient), inputs)
hidden_biases_gradient = linalg.sum(hidden_scores_gradient, axis=0)

two_layers.backward(loss.gradient(two_layers.forward(inputs), targets))
network_agrees = max(
    largest_difference_of(hidden_weights_gradient, hidden_layer.weights.gradient),
    largest_difference_of(hidden_biases_gradient, hidden_layer.biases.gradient),
    largest_difference_of(output_weights_gradient, output_layer.weights.gradient),
    largest_difference_of(output_biases_gradient, output_layer.biases.gradient),
) < 1e-12
print("the same as network.backward:", network_agrees)

# %% [markdown]
# For a layer, the way back costs about twice as much as the way forward: two products of matrices
# instead of one. That holds for any number of weights. This network has 33 parameters. To try their
# slopes by small steps to both sides, we would have to go forward 66 times, and 742 times for the
# 371 parameters of the network that learned the spiral.

# %% [markdown]
# ## Is it right? Ask the loss itself
#
# Gradients are easy to get wrong, and a wrong gradient does not say so. But it can be tried: nudge
# every number, look at the loss, compare. `gradcheck.check` does that with every parameter, and
# with the inputs.

# %%
some, their_targets = inputs[5::10], targets[5::10]
report = gradcheck.check(two_layers, loss, some, their_targets)
print(report)

# %% [markdown]
# (A kink is a place where a ReLU is just about to open. There the slope to the left is another
# one than to the right, so neither is wrong.)
#
# Now a fault, put in on purpose: a `Dense` that goes back wrongly. It is a popular one: the bias
# gradient is *overwritten* by each example instead of added up, so that only the last row counts.

# %%
class FaultyDense(Dense):
    """A dense layer whose biases learn from the last example of each batch only."""

    def backward(self, output_gradient):
        input_gradient = super().backward(output_gradient)
        self.biases.gradient = output_gradient[-1:]
        return input_gradient


rng = Random(5)
faulty = Network([FaultyDense(2, 16, rng), ReLU(), FaultyDense(16, 3, rng)])
faulty_report = gradcheck.check(faulty, loss, some, their_targets)
wrong_names = sorted({one.name for one in faulty_report.disagreements})
faulty_history = train(faulty, inputs, targets, loss=loss, optimizer=Adam(0.02),
                       epochs=20, batch_size=30)
print(faulty_report)
print("wrong are:", wrong_names)
print("and still it trains:")
print(f"loss {faulty_history[0].loss:.2f} → {faulty_history[-1].loss:.2f}")

# %% [markdown]
# The last line is the reason for the check. Learning is so forgiving that "it trains" proves
# nothing.

# %% [markdown]
# ## The training loop, written out
#
# Everything is there now. An epoch goes once through all examples, in a new random order. A batch
# is a few of them, whose gradient points nearly where that of all would, for a fraction of the
# work.

# %%
by_hand = new_network(2)
optimizer = Adam(0.02)
rng = Random(3)
losses = []
snapshots = {}
for epoch in range(60):
    total = 0.0
    order = permutation(len(inputs), rng)  # 0 … 149, shuffled
    for start in range(0, len(inputs), 30):
        rows = order[start:start + 30]
        batch, batch_targets = linalg.take(inputs, rows), linalg.take(targets, rows)
        scores = by_hand.forward(batch)  # what it says
        total += loss(scores, batch_targets) * len(rows)  # how wrong that is
        by_hand.backward(loss.gradient(scores, batch_targets))  # which way is worse
        optimizer.step(by_hand.parameters())  # a little less wrong
    losses.append(total / len(inputs))
    if epoch + 1 in (1, 5, 15, 60):
        title = f"After epoch {epoch + 1}"
        snapshots[epoch + 1] = draw.regions(by_hand, data, title=title)

loop_difference = max(abs(a - b) for a, b in zip(losses, history.curve("loss")))
print(f"our loop and train() differ by {loop_difference}")

# %% [markdown]
# `train`, which made the first picture of this part, is this loop, with checks at the beginning and
# a history at the end. It began with the same seeds, and ends with the same numbers. This is how
# the border between the classes formed on the way:

# %%
draw.show(draw.beside(
    list(snapshots.values()), title="The decision boundary as it forms", columns=2))

# %% [markdown]
# First it divides the plane with a few straight edges. Each ReLU gives it one more kink, and one by
# one these find their places, from the outside to the middle where the arms are closest.

# %% [markdown]
# Here is another training; drag the slider through its epochs. You see what the network says, the
# line along which each neuron of its first layer has its kink, and the loss.
#
# ```widget training
# ```

# %% [markdown]
# ## Four ways to use a gradient
#
# **SGD** steps against the gradient. It is called **stochastic** gradient descent, because the
# gradient of a random batch is partly chance. With g for the gradient of a weight w, and η (eta)
# for the learning rate:
#
# ```formula
# SGD:   w ← w − η · g
# ```
#
# With **momentum** the step is a ball that rolls on: v remembers where the last gradients pointed.
# Where they agree it gets faster, where they contradict each other they cancel. How much of the old
# v stays is said by μ (mu), often 0.9. It begins with `v = 0`.
#
# ```formula
# momentum:   v ← μ · v + g
# w ← w − η · v
# ```
#
# Mind what that means for the rate. If the gradient stays the same, v grows until it no longer
# changes. That is where `v = μ · v + g`, or `v = g / (1 − μ)`: for μ = 0.9, ten times g. **Where
# the gradient keeps its direction, momentum takes steps ten times as long at the same η.** Where it
# changes its sign at every step, v stays small, about half of g. So a race of the two at one rate,
# like the one on the map in part 8, says how they move, but not which one is better. (In the race
# further down the best rate of momentum is a tenth of that of SGD.)
#
# **RMSProp** keeps for every single weight a running mean s of its squared gradients, and divides
# by its root (β, beta, says how much of the old s stays): what is steep takes shorter steps, what
# is flat takes longer ones. A tiny ε (epsilon) keeps it from dividing by 0.
#
# ```formula
# RMSProp:   s ← β · s + (1 − β) · g²
# w ← w − η · g / (√s + ε)
# ```
#
# **Adam** does both, a running mean m of the gradients and one of their squares, here called s
# again (in the paper v). Both begin with 0, so the first means are much too small: after one step m
# is only `(1 − β₁) · g`. The division by `1 − β^t`, where t counts the steps from 1, makes up for
# exactly that; it is called **bias correction**. Usual are β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.
#
# ```formula
# Adam:   m ← β₁ · m + (1 − β₁) · g
# s ← β₂ · s + (1 − β₂) · g²
# m̂ = m / (1 − β₁^t)
# ŝ = s / (1 − β₂^t)
# w ← w − η · m̂ / (√ŝ + ε)
# ```
#
# If g stays the same, m̂ is g and `√ŝ` is |g|, so each step is as long as η, however large g is.
#
# All of this holds for each weight by itself. It is everything that one needs to write it:

# %%
def adam_by_hand(w, gradients, rate):
    """Return a weight after one step for each of these gradients."""
    m, s = 0.0, 0.0
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g * g
        m_hat = m / (1.0 - 0.9 ** t)
        s_hat = s / (1.0 - 0.999 ** t)
        w -= rate * m_hat / (math.sqrt(s_hat) + 1e-8)
    return w


some_gradients = [2.0, 1.0, -0.5, 0.25]
by_library_adam = Parameter("w", [[1.0]])
adam = Adam(0.1)
for g in some_gradients:
    by_library_adam.gradient = [[g]]
    adam.step([by_library_adam])
adam_difference = abs(
    adam_by_hand(1.0, some_gradients, 0.1) - by_library_adam.value[0][0])
print(f"our Adam and the library's differ by {adam_difference:.0e}")
steps_of_adam = {g: 1.0 - adam_by_hand(1.0, [g] * 3, 0.1) for g in (50.0, 0.02)}
for g, way in steps_of_adam.items():
    print(f"three steps with g = {g}: {way:.4f}")

# %% [markdown]
# ## A fair race
#
# A race in which each method runs at a rate that was chosen for another is decided before it
# begins. So each gets its own grid of rates, from the same start, 40 epochs. Here is one start: for
# each method the rates, and below them the losses at the end. The best has a star.

# %%
makers = {
    "SGD": lambda rate: SGD(rate),
    "momentum": lambda rate: SGD(rate, momentum=0.9),
    "RMSProp": lambda rate: RMSProp(rate),
    "Adam": lambda rate: Adam(rate),
}
grids = {
    "SGD": [0.1, 0.3, 1.0, 3.0], "momentum": [0.01, 0.03, 0.1, 0.3],
    "RMSProp": [0.003, 0.01, 0.03, 0.1, 0.3], "Adam": [0.003, 0.01, 0.03, 0.1, 0.3],
}
runs, final, best_rate = {}, {}, {}
for name, make in makers.items():
    final[name] = {}
    for rate in grids[name]:
        racer = new_network(2)  # the same start for all
        runs[name, rate] = train(racer, inputs, targets, loss=loss, optimizer=make(rate),
                                 epochs=40, batch_size=30, rng=Random(3))
        final[name][rate] = loss(racer.predict(inputs), targets)
    best_rate[name] = min(final[name], key=lambda rate: final[name][rate])
    print(f"{name:<9}", *(f"{rate:>5g} " for rate in grids[name]), sep="")
    stars = {rate: "*" if rate == best_rate[name] else " " for rate in grids[name]}
    print(" " * 9, *(f"{value:>5.2f}{stars[rate]}" for rate, value in final[name].items()),
          sep="")

race = {f"{name} {rate:g}": runs[name, rate] for name, rate in best_rate.items()}
draw.show(draw.history(race, title="Each at its best rate", log_y=True))

# %% [markdown]
# (The picture shows for each epoch the mean loss of its batches, taken while the weights change.
# The losses of the table are those of all points, after the last epoch. So a line does not end
# exactly at its number in the table.)
#
# And the same from three starts, recorded once: the loss at the end at each method's best rate
# (that whose middle loss is lowest).

# %%
recorded_race = {}
print("method    rate  losses")
for name, by_rate in RECORDS["race"]["losses"].items():
    rate = min(by_rate, key=lambda one: sorted(by_rate[one])[1])
    recorded_race[name] = sorted(by_rate[rate])
    print(f"{name:<9} {rate:<5g}", *(f"{value:.3f}" for value in sorted(by_rate[rate])))

# %% [markdown]
# What is left of the differences? At one and the same rate, plain SGD looks hopeless. At its own
# best rate it gets there too, and is behind the others by a factor of two or three, which a few
# more epochs make up for. Among the other three the order changes with the start, the data and the
# length of the race; no champion can be named. What does differ is how much the *rate* matters.
# Look along the lines of the grid. RMSProp and Adam end below 0.1 at three rates, from 0.01 to 0.1;
# at less and at more they are clearly worse. Momentum ends below 0.1 at one rate alone, and SGD at
# none; one rate beyond its best one, it learns nothing. That is why Adam is a good first choice:
# its steps are about as long as η says, whatever the size of the gradients, so it is easier to
# guess a rate. SGD with momentum is a good second, if you have the time to look for its rate.

# %% [markdown]
# ## What to notice
#
# - The gradient of anything has the shape of that thing. Most mistakes can be found by writing down
#   shapes.
# - Backward needs what went forward: `Dense` keeps its inputs, ReLU remembers where it was open.
#   Therefore first `forward`, then `backward`.
# - `backward` learns nothing. It only says which way is worse. The optimizer does the step.
# - In purenn each `backward` *sets* the gradients. In PyTorch it *adds* to them, and you have to
#   call `zero_grad()` first.

# %% [markdown]
# ## What usually goes wrong
#
# **The learning rate.** Too small, and nothing happens in your lifetime. Too large, and the step
# jumps across the valley, to a place that is steeper, from which it jumps farther.

# %%
rates = {}
for rate in (0.0001, 0.3, 10.0):
    runner = new_network(2)
    rates[f"SGD {rate:g}"] = train(
        runner, inputs, targets, loss=loss, optimizer=SGD(rate), epochs=20, batch_size=30,
        rng=Random(3))
for name, one_history in rates.items():
    print(f"{name:10} first epoch {one_history[0].loss:5.2f}, "
          f"last {one_history[-1].loss:.2f}")
draw.show(draw.history(rates, title="Too small, right, too large", log_y=True))

numbers = inputs
# The runner is now the last of the three, with the rate 10; go up to its last ReLU.
for layer_of_it in runner.layers[:-1]:
    numbers = layer_of_it.forward(numbers)
still_on = sum(number > 0 for row in numbers for number in row)
print("numbers above 0 after the last ReLU:")
print(f"{still_on} of {len(inputs) * 16}")

before = [parameter.value for parameter in runner.parameters()]
train(runner, inputs, targets, loss=loss, optimizer=SGD(10.0), epochs=1, batch_size=30,
      rng=Random(3))
still_moving = [
    name for name, parameter, value in zip(
        ("W₁", "b₁", "W₂", "b₂", "W₃", "b₃"), runner.parameters(), before)
    if parameter.value != value
]
print("what one more epoch changes:", *still_moving)

# %% [markdown]
# The large rate has thrown the network onto a plain: all ReLUs of its second layer are off, for
# every point. No gradient gets through them, and it will not come back. Only the biases of the last
# layer still move, in steps that are too large; that is why the loss goes on jumping up and down,
# although the network now says the same for every point. Where nothing shuts, numbers grow until
# they are beyond the largest float. `train` notices that, says where, and puts back the last
# weights that were good. A line fitted to ten points is enough, if the inputs are large numbers:

# %%
years = [[float(year)] for year in range(1990, 2000)]
prices = [[0.5 * year[0] - 900.0] for year in years]
overflow = ""
try:
    train(Network([Dense(1, 1, Random(1))]), years, prices, loss=squared,
          optimizer=SGD(0.1), epochs=100)
except FloatingPointError as error_message:
    overflow = str(error_message)
print(overflow)

# %% [markdown]
# The advice in the message, a tenth of the rate, helps if you follow it often enough. Here it is
# better to bring the inputs into a sensible range: subtract their mean, divide by their spread.
# Part 5 called such numbers standardized.

# %%
centred = [[(year[0] - 1994.5) / 3.0] for year in years]
mended = train(Network([Dense(1, 1, Random(1))]), centred, prices, loss=squared,
               optimizer=SGD(0.1), epochs=100)
print("the same rate with inputs around 0:")
print(f"loss {mended[-1].loss:.6f}")

# %% [markdown]
# **Backward before forward.** There is nothing to remember yet, and the layer says so.

# %%
complaint = ""
try:
    Dense(2, 3, Random(1)).backward([[1.0, 0.0, 0.0]])
except ValueError as error_message:
    complaint = str(error_message)
print(complaint)

# %% [markdown]
# ## Exercises
#
# 1. Write the backward pass of a dense layer: `python3 -m purenn exercise 9` makes a file with
#    holes, from the slope of a curve over one neuron and the three gradients of a layer up to a
#    network of two, and the training loop. `python3 -m purenn check FILE` tells you *how* an answer
#    is wrong. Do this one, even if you skip all the others. You have seen every line that it needs.
# 2. On paper: give the neuron above the weights 0.5 and 1.5. What are y, the output, and all the
#    gradients? Can this neuron learn from this example? (Part 6 has a name for it.)
# 3. Put another fault into `FaultyDense`: divide the gradient of the weights by the number of rows.
#    What does the gradient check say now, and what does its hint say?
#
# ## Where it comes from
#
# Leibniz had the chain rule in 1676. Going through it from the back was found several times: Seppo
# Linnainmaa published it in 1970 for any program (today's *reverse-mode automatic
# differentiation*), Paul Werbos proposed it for networks in 1974, and in 1986 David Rumelhart,
# Geoffrey Hinton and Ronald Williams showed what networks learn with it. That all slopes together
# cost only a few times as much as the loss itself is a theorem of Walter Baur and Volker Strassen
# (1983). Momentum is Boris Polyak's, of 1964; RMSProp was introduced by Hinton on a slide of his
# lecture in 2012; Adam is of 2014.
#
# - S. Linnainmaa: *Taylor expansion of the accumulated rounding error*. BIT 16, 1976 (his thesis is
#   of 1970).
# - D. E. Rumelhart, G. E. Hinton, R. J. Williams: *Learning representations by back-propagating
#   errors*. Nature 323, 1986.
# - B. T. Polyak: *Some methods of speeding up the convergence of iteration methods*. USSR
#   Computational Mathematics and Mathematical Physics 4, 1964.
# - D. P. Kingma, J. Ba: *Adam: a method for stochastic optimization*. ICLR, 2015.
#
# ## Where the real thing lives
#
# - [`Dense`](../layers.py#Dense): forward and backward, with the reason above each line.
# - [`Activation`](../activations.py#Activation): the way back through any of them is one product.
# - [`SoftmaxCrossEntropy`](../losses.py#SoftmaxCrossEntropy): where the way back begins.
# - [`Network`](../network.py#Network): backpropagation in three lines.
# - [`check`](../gradcheck.py#check): the loss itself is asked.
# - [`SGD`, `RMSProp`, `Adam`](../optimizers.py#SGD), and [`train`](../training.py#train).
#
# Next: [part 10](part_10_generalization.py). The spiral is learned. But would it also be right for
# points that it has never seen?
