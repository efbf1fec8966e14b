# %% [markdown]
# # Part 4: The Dense layer
#
# You have used `Dense` since part 1; now we open it. After this part you can write the class
# yourself, say what stands in row 2 of its weights, and choose the numbers that its weights start
# with. That choice sounds like a detail. It decides whether a network can learn.
#
# The first cell only fetches what the part uses, as in most parts from here on. Pass it by: each
# name is explained where it turns up.
#
# Five of these names are borrowed from later parts. Today it is enough to know what they are for:
#
# - `ReLU` is a layer without weights: it replaces every negative number by 0 (part 6).
# - `SoftmaxCrossEntropy` is the **loss**: one number that says how wrong all answers are (part 7).
# - `SGD` and `Adam` are **optimizers**: an optimizer changes each weight a little, so that the loss
#   falls (parts 8 and 9).
# - `train` shows the examples again and again, and lets the optimizer work (part 9).

# %%
import math
from random import Random

from purenn import (
    SGD, Adam, Dense, Network, ReLU, SoftmaxCrossEntropy, accuracy, draw, he,
    linalg, normal, train, xavier, zeros,
)
from purenn.data import spiral, xor
from purenn.initializers import normal_deviate
from purenn.linalg import ShapeError

# %% [markdown]
# ## The finished thing first
#
# The first picture shows the examples that this book is about to conquer: points on paper, in three
# **classes**. A class is the kind of thing that an example is; here it is the arm of the spiral
# that the point belongs to. The second shows how a network that has learned nothing yet divides the
# plane. Every place has the colour of the class that the network would choose there. The less sure
# it is, the fainter the colour, and the closer to the background.

# %%
data = spiral(size=300, classes=3, noise=0.2, rng=Random(4))
inputs, targets = list(data.inputs), data.targets


def new_network(rng):
    """Return a network from two inputs to three scores, with two hidden layers of 16."""
    return Network([
        Dense(2, 16, rng), ReLU(), Dense(16, 16, rng), ReLU(), Dense(16, 3, rng),
    ])


network = new_network(Random(11))

draw.show(draw.beside(
    [
        draw.scatter(data, title="The spiral data set"),
        draw.regions(network, data, title="An untrained network's opinion of it"),
    ],
    title="What is to be learned, and where we begin", columns=2,
))

# %% [markdown]
# The network has two inputs, the point's x and y, and three outputs: one **score** for each class.
# The class with the highest score is its answer. It has an answer for every place already, because
# weights have to start *somewhere*, but the answers are guesses. **Accuracy** is the share of
# examples that are answered rightly. Whoever guesses one of three classes is right one time in
# three, and over thirty untrained networks that is about what comes out.
#
# `predict` gives the same scores as `forward`. It takes the rows in portions of 256, so that a
# large data set does not fill the memory. `linalg.item` takes the number out of a matrix that is
# 1 × 1; here it holds the mean.

# %%
guesses = []
for seed in range(30):
    untrained = new_network(Random(seed))
    guesses.append(accuracy(untrained.predict(inputs), targets))

mean_guess = linalg.item(linalg.mean([guesses]))
print(f"from {min(guesses):.0%} to {max(guesses):.0%}, on average {mean_guess:.0%}")

# %% [markdown]
# (`Random(seed)` is Python's own source of chance, started in a known place. It is handed to
# whatever needs chance under the name `rng`; so every number in this book comes out the same when
# you run it again.)
#
# Between the dense layers of this network stands `ReLU`. There is not more to it than this:

# %%
relu_example = ReLU().forward([[-1.5, 0.0, 2.0]])
print(relu_example)

# %% [markdown]
# ## The spiral, by hand
#
# There is no magic in the data set. A point on an arm has a radius r that grows from 0 to 1, and an
# angle that grows with it. The three arms start at different angles. (Angles are counted so that a
# full turn is 2π, or about 6.28.)
#
# ```formula
# angle:  t = 4 · class + 4 · r
# point:  x = r · sin t
# y = r · cos t
# ```
#
# The `noise` blurs the angle. Without noise we can make the arms ourselves, and compare them with
# the library's.

# %%
by_hand = []
for arm in range(3):
    for step in range(100):
        radius = step / 99
        angle = 4.0 * arm + 4.0 * radius
        by_hand.append([radius * math.sin(angle), radius * math.cos(angle)])

clean = spiral(size=300, classes=3, noise=0.0, rng=Random(4))
spiral_difference = linalg.item(
    linalg.max(linalg.abs(linalg.subtract(by_hand, list(clean.inputs))))
)
print("largest difference:", spiral_difference)

# %% [markdown]
# Why this one? No straight line separates the arms, nor do two or three. Whoever divides this plane
# rightly has learned something that winds. It is hard for a network, and easy for your eyes: you
# can *see* on paper how far it has come.

# %% [markdown]
# ## The class in six lines
#
# A neuron multiplies each input by a weight, adds up the products, and adds its bias. Neuron o has
# its weights in row o of the matrix. So one row of inputs meets every row of weights. The first
# line is the output of neuron o, the second all outputs for a whole batch:
#
# ```formula
# y[o] = w[o][0]·x[0] + w[o][1]·x[1] + … + b[o]
# Y = inner(X, W) + b
# ```
#
# `inner` gives the dot product of every row of X with every row of W. Here is everything that the
# forward direction of a dense layer does. The layer is called *dense* because every neuron is
# connected with every input.

# %%
class HandMadeDense:
    def __init__(self, inputs, neurons, rng):
        self.weights = normal(rng, neurons, inputs, deviation=0.01)  # one neuron per row
        self.biases = [[0.0] * neurons]  # one row

    def forward(self, inputs):
        return linalg.add(linalg.inner(inputs, self.weights), self.biases)


hand_made = HandMadeDense(2, 3, Random(7))
print("weights: 3 neurons with 2 inputs each")
for row in hand_made.weights:
    print([round(weight, 4) for weight in row])

# %% [markdown]
# The library's `Dense` does the same, and checks what it is given. Its weights and biases are
# `Parameter` objects: a parameter holds the matrix in `.value`, and beside it a place for what
# training wants to know about it, which stays empty for now. Give both layers the same
# weights, and they must agree.

# %%
layer = Dense(2, 3, Random(7))
layer.weights.value = hand_made.weights
batch = inputs[:5]  # five points: a batch of five rows

outputs = layer.forward(batch)
same_outputs = outputs == hand_made.forward(batch)
print(layer, "gives", linalg.shape(outputs))
print("the same as ours:", same_outputs)

# %% [markdown]
# Biases start at zero, and that is fine. But look at what it means. In the middle of the spiral x
# and y are both 0, every product is 0, and each neuron puts out just its bias. A layer without
# biases has no choice at the origin: all its scores are 0 there, whatever it learns. Biases are
# learned too, and then the scores at the origin can be anything.

# %%
origin = [[0.0, 0.0]]
before = layer.forward(origin)
layer.biases.value = [[0.5, -1.0, 2.0]]
after = layer.forward(origin)
print("at the origin:  ", before)
print("and with biases:", after)

# %% [markdown]
# ## Where weights begin: not at zero
#
# If biases may start at zero, why not the weights? Let us try. An **initializer** is a function
# that makes the first weights. `zeros` makes zeros, `alike` makes every weight 0.5 (`linalg.full`
# fills a matrix with one number), and `he` makes random ones; we shall see how below.
#
# The data are the corners of a square, opposite corners of one class (the legend says equal where x
# and y are alike, else different). No single line can part them. The network has a hidden layer of
# eight neurons. Between its two dense layers stands `ReLU`: part 3 asked for something nonlinear,
# and here it is. What it does there is the subject of [part 6](part_06_activations.py). And we let
# `train` change the weights so that the answers get better. One **epoch** means that the network
# has seen every example once.

# %%
def alike(rng, neurons, inputs):
    return linalg.full(neurons, inputs, 0.5)


corners = xor(size=120, noise=0.15, rng=Random(2))
starts = {"zeros": zeros, "all 0.5": alike, "random (He)": he}
trained = {}
reached = {}
different_neurons = {}
print("start       accuracy  different neurons")
for name, initializer in starts.items():
    rng = Random(3)
    hidden = Dense(2, 8, rng, initializer)
    small = Network([hidden, ReLU(), Dense(8, 2, rng, initializer)])
    train(small, corners.inputs, corners.targets, loss=SoftmaxCrossEntropy(),
          optimizer=Adam(0.05), epochs=40, rng=rng)
    reached[name] = accuracy(small.predict(corners.inputs), corners.targets)
    different_neurons[name] = len({tuple(row) for row in hidden.weights.value})
    trained[name] = small
    print(f"{name:12}{reached[name]:<10.0%}{different_neurons[name]}")

# %%
shown = ["all 0.5", "random (He)"]
draw.show(draw.beside(
    [
        *(draw.regions(trained[name], corners, title=f"Start: {name}") for name in shown),
        *(draw.network(trained[name], title=f"Start: {name}") for name in shown),
    ],
    title="The same network and data, two ways to begin", columns=2,
))

# %% [markdown]
# With **zeros**, no weight has moved, so it is not worth a picture. The hidden neurons put out 0,
# so the last layer's weights have nothing to multiply; and the last layer's weights are 0, so what
# the hidden neurons do makes no difference to the scores. Each waits for the other. The network
# says the same everywhere, and half of the points are right by chance.
#
# With **all weights alike** it does learn something, but look at the border: one straight edge, as
# if there was one neuron. There is. Eight twins see the same inputs with the same weights and put
# out the same number. Training asks of each weight: would a little more of you make the scores
# better? For twins the answer is the same, so they are changed by the same amount, and are twins
# again. After 40 epochs, all eight rows of the weights are still *exactly* equal. In the drawing,
# the lines are the weights, thick where they are large: the same lines lead to all eight neurons.
#
# **Random** weights are different from the beginning, so each neuron goes its own way. That is the
# whole reason for chance in the start: *symmetry has to be broken*.

# %% [markdown]
# ## How large? What ten layers do to numbers
#
# So weights are random numbers around 0. How far from it? We measure how far a matrix of numbers is
# from zero typically by its **spread**: the square root of the mean of the squares.

# %%
def spread(A):
    return math.sqrt(linalg.item(linalg.mean(linalg.multiply(A, A))))


rng = Random(5)
rows_of_noise = linalg.generate(20, 100, lambda: normal_deviate(rng))
one_layer = Dense(100, 100, rng, initializer=normal)  # normal: spread 0.01
spread_before = spread(rows_of_noise)
spread_after = spread(one_layer.forward(rows_of_noise))
print(f"spread before {spread_before:.2f}, after {spread_after:.3f}")

# %% [markdown]
# `linalg.generate` makes a matrix of 20 × 100, and calls a function for each number of it.
# `normal_deviate` draws from the bell curve, so most numbers lie between −2 and 2, and their spread
# is 1. `normal` draws weights from a bell curve that is narrower by the factor 0.01, which is its
# `deviation`, another word for the spread. And one layer has made the numbers ten times smaller.
# Why ten? A neuron adds up n = 100 products. Each has a spread of 1 · 0.01. They are independent,
# some positive, some negative, and partly cancel; when independent numbers around zero are added,
# their *squares* add up on average. So the square of the sum's spread is n times that of one
# product. With n inputs and weights of the spread s:
#
# ```formula
# (spread after)² = n · s² · (spread before)²
#                 = 100 · 0.01² · 1²
#                 = 0.01
# ```
#
# The square of the spread is divided by 100, and the spread itself by 10.
#
# One layer is harmless. Now put ten in a row, and multiply ten times.

# %%
def spreads_of_ten(initializer, with_relu, seed=6):
    """Return the spread after each of ten layers; with_relu puts a ReLU after each."""
    rng = Random(seed)
    numbers = linalg.generate(20, 100, lambda: normal_deviate(rng))
    spreads = []
    for _ in range(10):
        numbers = Dense(100, 100, rng, initializer).forward(numbers)
        spreads.append(spread(numbers))
        numbers = ReLU().forward(numbers) if with_relu else numbers
    return spreads


def large(rng, neurons, inputs):
    return normal(rng, neurons, inputs, deviation=1.0)


linear_spreads = {
    "deviation 0.01": spreads_of_ten(normal, with_relu=False),
    "deviation 1": spreads_of_ten(large, with_relu=False),
    "Xavier": spreads_of_ten(xavier, with_relu=False),
}
print("layer          1       5       10")
for name, spreads in linear_spreads.items():
    print(f"{name:15}{spreads[0]:<8.2g}{spreads[4]:<8.2g}{spreads[9]:.2g}")

# %%
draw.show(draw.lines(
    linear_spreads, title="Ten dense layers in a row", x_label="layer",
    y_label="spread", log_y=True, marks=True,
))

# %% [markdown]
# The axis on the left is **logarithmic**: equal steps mean equal factors, so it is as far from 1 up
# to 1000 as from 1 down to a thousandth. With 0.01 a layer divides by ten; after ten layers nothing
# is left but a ten-billionth. With 1 it is the other way round. The third line stays where it is.
#
# Neither of the first two networks can be trained. To see why, we give each of them two classes to
# learn, and let the optimizer change the weights once. Beside the loss before and after this step
# stands the steepest **slope**: how much the loss changes for each unit by which one weight is
# changed, for the weight to which it is most sensitive. (Training leaves the slopes beside the
# weights, in `parameter.gradient`.)

# %%
def one_step(initializer):
    """Return the loss before and after one step of training, and the steepest slope."""
    rng = Random(6)
    numbers = linalg.generate(20, 100, lambda: normal_deviate(rng))
    classes = [n % 2 for n in range(20)]
    layers = [Dense(100, 100, rng, initializer) for _ in range(9)]
    ten = Network([*layers, Dense(100, 2, rng, initializer)])
    loss = SoftmaxCrossEntropy()
    loss_before = loss(ten.forward(numbers), classes)
    train(ten, numbers, classes, loss=loss, optimizer=SGD(0.01), epochs=1,
          batch_size=20, rng=rng)
    loss_after = loss(ten.forward(numbers), classes)
    slopes = [linalg.abs(parameter.gradient) for parameter in ten.parameters()]
    return loss_before, loss_after, max(linalg.item(linalg.max(A)) for A in slopes)


steps = {
    name: one_step(initializer)
    for name, initializer in {"0.01": normal, "1": large, "Xavier": xavier}.items()
}
print("start   loss      after     steepest slope")
for name, (loss_before, loss_after, steepest) in steps.items():
    print(f"{name:8}{loss_before:<10.3g}{loss_after:<10.3g}{steepest:.2g}")

# %% [markdown]
# With 0.01, the scores and the slopes are so small that the step changes nothing. With 1, the loss
# and the slopes are so large that the step leaps far over its goal, and the loss after it is a
# number of seventy digits. With Xavier's start the same step makes the loss smaller, as it should.
#
# How does he do it? Solve the formula above for the s that changes nothing:
#
# ```formula
# n · s² = 1
# s² = 1 / n
# ```
#
# So the spread of the weights has to be 1/√n. The rule is Xavier Glorot's, and carries his first
# name, **Xavier**. What goes through a layer is added up over its inputs. In training, signals also
# come back from right to left, and these are added up over its *neurons*. So he takes the middle:
# `s² = 2 / (inputs + neurons)`. With as many inputs as neurons, that is 1/n.

# %% [markdown]
# ## ReLU halves the squares: He
#
# Now with a ReLU after each layer. It sets about half of the numbers to 0, and so halves the mean
# of the squares. The spread shrinks by the factor √2 from layer to layer, even with Xavier. The
# rule of **He** (the name of a person too, Kaiming He) makes up for it with a factor of 2:
# `s² = 2 / inputs`.

# %%
relu_spreads = {
    "deviation 0.01": spreads_of_ten(normal, with_relu=True),
    "Xavier": spreads_of_ten(xavier, with_relu=True),
    "He": spreads_of_ten(he, with_relu=True),
}
print("layer          1       5       10")
for name, spreads in relu_spreads.items():
    print(f"{name:15}{spreads[0]:<8.2g}{spreads[4]:<8.2g}{spreads[9]:.2g}")

draw.show(draw.lines(
    {name: relu_spreads[name] for name in ("Xavier", "He")},
    title="Ten dense layers with ReLU between them", x_label="layer",
    y_label="spread", log_y=True, marks=True,
))

# %% [markdown]
# He keeps the spread, but at about 1.4 and not at 1. The spread is measured before the ReLU. What
# enters the first layer has not been through a ReLU, so nothing was halved there, and He's factor
# √2 is left over. From then on each ReLU halves the squares, and each layer doubles them.
#
# Xavier's numbers go through nine ReLUs before the tenth layer is measured, so (1/√2)⁹ = 0.044 is
# to be expected, and we measured 0.062. The weights are random, and what holds on average does not
# hold exactly for each draw of them: other seeds come out above 0.044 and below it.
#
# `Dense` uses `he` unless you say otherwise, because most networks have ReLU or one of its
# relatives between the layers. For tanh and sigmoid, which part 6 introduces, take `xavier`. Here
# are the weights that both give to one layer. (`linalg.ravel` puts all numbers of a matrix into one
# list.)

# %%
rng = Random(8)
first_weights = {"He": he(rng, 100, 50), "Xavier": xavier(rng, 100, 50)}
for name, matrix in first_weights.items():
    print(f"{name:7} spread {spread(matrix):.3f}")

draw.show(draw.histogram(
    {name: linalg.ravel(matrix) for name, matrix in first_weights.items()},
    title="The weights of Dense(50 → 100) at the start", x_label="weight",
))

# %% [markdown]
# They differ in their spread: He takes √(2 / 50) = 0.2, Xavier √(2 / 150) = 0.115. They differ in
# their shape too: He's weights follow the bell curve, Xavier's are distributed evenly between two
# limits. The shape hardly matters, the spread does.

# %% [markdown]
# ## What to notice
#
# - Row o of the weights *is* neuron o. `Dense(2, 3, rng)` has 3 rows of 2 weights and 3 biases:
#   inputs come first, then neurons.
# - The start has to break the symmetry (random) and keep the spread (the right size). Nothing more
#   is asked of it. Training does the rest.
# - The size depends on the *width* of the layer. So 0.01 is not wrong everywhere: for 10,000 inputs
#   it is just 1/√n.
# - Biases may start at 0. The weights have broken the symmetry already.

# %% [markdown]
# ## What usually goes wrong
#
# **Too small a start in a deep network.** It is not only an ugly picture. Six dense layers with
# ReLU, on the four corners from above: started with 0.01, the network learns nothing at all; it
# says the same everywhere. With He it gets them right.

# %%
deep_reached = {}
for name, initializer in {"0.01": normal, "He": he}.items():
    rng = Random(9)
    layers = []
    for width in (2, 16, 16, 16, 16):
        layers += [Dense(width, 16, rng, initializer), ReLU()]
    deep = Network([*layers, Dense(16, 2, rng, initializer)])
    train(deep, corners.inputs, corners.targets, loss=SoftmaxCrossEntropy(),
          optimizer=SGD(0.1), epochs=20, batch_size=10, rng=rng)
    deep_reached[name] = accuracy(deep.predict(corners.inputs), corners.targets)
    print(f"start {name:4}: accuracy {deep_reached[name]:.0%}")

# %% [markdown]
# **A new generator with the same seed for each layer.** It looks tidy, and makes the layers equal:
# the symmetry is back. Make one `rng` and hand it on, so that each layer draws fresh
# numbers.

# %%
first, second = Dense(4, 4, Random(1)), Dense(4, 4, Random(1))
rng = Random(1)
third, fourth = Dense(4, 4, rng), Dense(4, 4, rng)
twins = first.weights.value == second.weights.value
mended = third.weights.value == fourth.weights.value
print("the same seed twice: equal layers?", twins)
print("one generator: equal layers?      ", mended)

# %% [markdown]
# **Weights that are transposed.** Many books and Keras keep the transpose: one *column* for each
# neuron, and then `X · W`. Put such a matrix into a purenn layer, and the sizes do not fit. (If the
# layer is square they do fit, and only the answers are wrong. Then nothing but a test on known
# numbers helps.) PyTorch keeps them as we do.

# %%
columns = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]  # 2 inputs × 3 neurons, as in Keras
layer.weights.value = columns
refused = False
try:
    layer.forward(batch)
except ShapeError:
    refused = True
    print(f"ShapeError with weights of shape {linalg.shape(columns)}")

layer.weights.value = linalg.transpose(columns)
print(f"mended, with weights of shape {linalg.shape(layer.weights.value)}")
print(f"shape of the outputs: {linalg.shape(layer.forward(batch))}")

# %% [markdown]
# ## Exercises
#
# 1. Write a layer for a whole batch, the rule of He, and the class: `python3 -m purenn exercise 4`
#    makes a file with holes, `python3 -m purenn check FILE` looks at what you put into them.
# 2. In the picture of ten layers, which deviation would make the spread *double* in every layer of
#    100 inputs? Work it out from `100 · s² = 2²`, then try it with `spreads_of_ten`.
# 3. Start the network on the corners with all weights alike, but give one single weight of the
#    first layer another value. How many different neurons are there after training, and why?
#
# ## Where it comes from
#
# For a long time the first weights were "small random numbers", and deep networks did not learn. In
# 1998 Yann LeCun and others derived 1/√n; in 2010 Xavier Glorot and Yoshua Bengio measured what
# goes forward and back through deep networks with tanh, and in 2015 Kaiming He and others did so
# for ReLU. The spiral is older than all of that: with two arms it was a famous hard case in 1988.
#
# - Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller: *Efficient BackProp*. In: Neural Networks: Tricks
#   of the Trade, Springer, 1998.
# - X. Glorot, Y. Bengio: *Understanding the difficulty of training deep feedforward neural
#   networks*. AISTATS, 2010.
# - K. He, X. Zhang, S. Ren, J. Sun: *Delving deep into rectifiers*. ICCV, 2015.
# - K. J. Lang, M. J. Witbrock: *Learning to tell two spirals apart*. Proceedings of the 1988
#   Connectionist Models Summer School.
#
# ## Where the real thing lives
#
# - [`Dense` and `Parameter`](../layers.py#Dense): the class as it is, with its backward direction.
# - [`zeros`, `normal`, `xavier`, `he`](../initializers.py#he): each of them is a line or two, and
#   the reason for the numbers stands next to it.
# - [`inner`](../linalg.py#inner): the work of a layer.
# - [`spiral`](../data/toy.py#spiral) and the other toy data sets.
#
# Next: [part 5](part_05_broadcasting.py), on how one row of biases is added to every row of a
# batch.
