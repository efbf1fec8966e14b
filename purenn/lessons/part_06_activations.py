# %% [markdown]
# # Part 6: Activation functions
#
# Between two dense layers stands something **nonlinear**: a function of one number, applied to
# every number that passes. It is called the **activation function**; a neuron together with its
# activation is also called a **unit**. After this part you can say why a network without one is no
# network at all, build a curve out of ReLUs with your own hands, choose an activation for a layer,
# and recognise units that are dead or saturated.

# %%
import math
from random import Random

from purenn import (
    ELU, GELU, SGD, Adam, Dense, LeakyReLU, Linear, Network, ReLU, Sigmoid,
    SiLU, Softmax, SoftmaxCrossEntropy, Softplus, Tanh, accuracy, draw, linalg, train,
    xavier,
)
from purenn.data import Standardizer, circle

# %% [markdown]
# ## The finished thing first
#
# A disc inside a ring, and two networks that try to part them. Both have three dense layers, the
# same sizes, the same start, the same training. In one of them stands `Linear` between the layers,
# which lets every number pass as it is. In the other stands `ReLU`, which replaces every negative
# number by 0. That is the only difference.

# %%
data = circle(size=200, rng=Random(1))
inputs, targets = list(data.inputs), data.targets

reached = {}
pictures = []
for activation in (Linear, ReLU):
    rng = Random(2)
    network = Network([
        Dense(2, 8, rng), activation(), Dense(8, 8, rng), activation(), Dense(8, 2, rng),
    ])
    train(network, inputs, targets, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.02),
          epochs=40, rng=rng)
    name = activation.__name__
    reached[name] = accuracy(network.predict(inputs), targets)
    title = f"{name}: {reached[name]:.0%} right"
    pictures.append(draw.regions(network, data, title=title))
    print(title)

# %%
draw.show(draw.beside(
    pictures, title="Three dense layers, linear and with ReLU", columns=2,
))

# %% [markdown]
# With `Linear` the border is a straight line, and no straight line parts a disc from a ring. With
# ReLU it closes around the disc. The rest of this part says why.

# %% [markdown]
# ## Why: two layers collapse into one
#
# Part 3 ended with a puzzle: stacked layers drew nothing but straight lines, and one single neuron
# gave the same scores as the two layers of the group of friends. Here is the answer. A dense layer
# computes `W·x + b`. Put its outputs into a second one, call what comes out y, and multiply out:
#
# ```formula
# y  =  W₂·(W₁·x + b₁) + b₂
#    =  (W₂·W₁)·x + (W₂·b₁ + b₂)
#    =  W·x + b
# ```
#
# That is one dense layer again. Its weights are the product of the two matrices. It can be computed
# beforehand, and then the second layer is superfluous. Here are the friends again, and five days.

# %%
rng = Random(3)
friends_layer, group_layer = Dense(3, 3, rng), Dense(3, 1, rng)
friends_layer.weights.value = [[0.5, 1.0, -2.0], [1.0, 0.25, 0.0], [0.0, 2.0, -0.5]]
friends_layer.biases.value = [[-3.0, -6.0, -3.5]]
group_layer.weights.value, group_layer.biases.value = [[2.0, 1.0, 1.0]], [[-1.0]]

W1, b1 = friends_layer.weights.value, friends_layer.biases.value
W2, b2 = group_layer.weights.value, group_layer.biases.value
shortcut = Dense(3, 1, rng)
shortcut.weights.value = linalg.matmul(W2, W1)
shortcut.biases.value = linalg.add(linalg.inner(b1, W2), b2)
print("weights", shortcut.weights.value)
print("biases ", shortcut.biases.value)

# %% [markdown]
# These are the numbers that part 3 gave without a reason. (In the code `W₂·b₁` is written as
# `inner(b1, W2)`, because the biases of a layer are a row.) And the scores of the days:

# %%
days = [[4.0, 3.0, 0.0], [6.0, 2.0, 2.0], [5.0, 0.0, 0.0], [9.0, 1.0, 0.0],
        [3.0, 5.0, 1.0]]
two_layers = group_layer.forward(friends_layer.forward(days))
one_layer = shortcut.forward(days)
print("two layers:", linalg.ravel(two_layers))
print("one layer: ", linalg.ravel(one_layer))

# %% [markdown]
# And it goes on: three layers collapse into one, and a hundred do. However deep it looks, a network
# of dense layers alone draws straight lines.
#
# A nonlinear function after the first sum stops this. `max(x, 0)` cannot be multiplied out: there
# are no weights that do the same. With a ReLU, a friend who would rather stay at home counts as 0
# and can no longer outweigh the others.

# %%
with_relu = group_layer.forward(ReLU().forward(friends_layer.forward(days)))
print("with ReLU:", linalg.ravel(with_relu))

# %% [markdown]
# ## What ReLUs can build: the sine from straight pieces
#
# ReLU looks too poor to be of use: 0 on the left, a straight line on the right. One neuron with a
# ReLU, `max(x − 0.25, 0)`, is a line with one **kink** (a corner), at 0.25. But a *sum* of such
# lines has many kinks, one for each neuron: it is **piecewise linear**, and with enough pieces one
# can follow any curve.
#
# Let us follow a sine wave from 0 to 1, with weights chosen by hand, no training. Cut the way into
# pieces of equal length. In the first layer, neuron k has weight 1 and bias −(start of piece k), so
# it is 0 until piece k begins and then grows with slope 1. The last layer adds them up, and its
# weight for neuron k is *how much the slope has to change* there. Its bias is the height at which
# the curve begins; for the sine that is 0.

# %%
def wave(x):
    return math.sin(2.0 * math.pi * x)


def piecewise(curve, pieces):
    """Return a network of ReLUs that meets a curve at the end of every piece."""
    starts = [k / pieces for k in range(pieces)]
    heights = [curve(k / pieces) for k in range(pieces + 1)]
    slopes = [(after - before) * pieces for before, after in zip(heights, heights[1:])]
    changes = [slope - before for slope, before in zip(slopes, [0.0] + slopes)]
    rng = Random(0)  # whatever weights it makes, we replace them
    hidden, output = Dense(1, pieces, rng), Dense(pieces, 1, rng)
    hidden.weights.value = [[1.0] for _ in starts]
    hidden.biases.value = [[-start for start in starts]]
    output.weights.value, output.biases.value = [changes], [[curve(0.0)]]
    return Network([hidden, ReLU(), output])


xs = [k / 200 for k in range(201)]
curves = {"the wave": [(x, wave(x)) for x in xs]}
for pieces in (5, 10):
    ys = piecewise(wave, pieces).predict([[x] for x in xs])
    curves[f"{pieces} ReLUs"] = [(x, y[0]) for x, y in zip(xs, ys)]

draw.show(draw.lines(
    curves, title="A sine wave from straight pieces", x_label="x", y_label="y",
))

# %% [markdown]
# Ten neurons already come close. Here are the parts that the sum of five is made of, each neuron
# times its weight in the last layer. Every one of them has a single kink.

# %%
hidden_layer, relu_layer, output_layer = piecewise(wave, 5).layers
hidden_outputs = relu_layer.forward(hidden_layer.forward([[x] for x in xs]))
output_weights = next(output_layer.parameters()).value[0]
parts = {}
for k, weight in enumerate(output_weights):
    parts[f"neuron {k}"] = [(x, weight * row[k]) for x, row in zip(xs, hidden_outputs)]

draw.show(draw.lines(
    parts, title="Five lines with a kink, whose sum follows the wave", x_label="x",
    y_label="y",
))

# %% [markdown]
# How good is it? The largest distance between the curve and the pieces, for more and more of them.
# Beside the wave stands the root, √x, which is infinitely steep at 0.

# %%
fine = [k / 1000 for k in range(1001)]


def largest_error(curve, pieces):
    ys = piecewise(curve, pieces).predict([[x] for x in fine])
    return max(abs(y[0] - curve(x)) for x, y in zip(fine, ys))


errors, root_errors = {}, {}
print("largest distance")
for pieces in (5, 10, 20, 40):
    errors[pieces] = largest_error(wave, pieces)
    root_errors[pieces] = largest_error(math.sqrt, pieces)
    print(f"{pieces:2} ReLUs: wave {errors[pieces]:.4f}, root {root_errors[pieces]:.4f}")

# %% [markdown]
# Twice as many neurons, about a quarter of the error: that holds for the wave, which is smooth (its
# slope changes gradually). For the root it takes more. But it, too, gets closer and closer, and so
# does every continuous curve between two ends, and with more inputs every surface: as close as you
# like, if you take enough neurons. This is called **universal approximation**. It says that good
# weights exist. It does not say how many neurons are enough, nor that training finds the weights;
# in our case nobody trained at all.

# %% [markdown]
# Build one yourself. Each ReLU opens at its place and adds its slope from there on. How near to the
# sine do you come with three?
#
# ```widget relus
# ```

# %% [markdown]
# ## The others, and their slopes
#
# ReLU is not the only activation. In these pictures the solid line is the function and the dashed
# line its **derivative**: how steep the function is at each place. Training needs it. When training
# asks a weight in front of the activation whether it should grow, what comes back through the
# activation is multiplied by this slope. Where the dashed line is at 0, nothing comes back.

# %%
classics = [ReLU(), Sigmoid(), Tanh()]
draw.show(draw.activations(classics, title="The three classics", reach=5.0))

# %% [markdown]
# | name | function f(x) | slope |
# |---|---|---|
# | ReLU | `max(x, 0)` | 1 or 0 |
# | Sigmoid | `1 / (1 + exp(−x))` | `f · (1 − f)`, at most 1/4 |
# | Tanh | `$tanh x$` | `1 − f²`, at most 1 |
#
# (f stands for the function's own value.) `exp(x)` is e to the power of x, with e about 2.718. The
# sigmoid squeezes every number between 0 and 1, tanh between −1 and 1. Both are flat far from 0.
# The others are relatives of ReLU. They keep a little slope on the left or round off the corner:

# %%
relatives = [
    LeakyReLU(0.1), ELU(), Softplus(), GELU(), SiLU(), Linear(),
]
draw.show(draw.activations(relatives, title="ReLU's relatives, and Linear", reach=2.7))

# %% [markdown]
# | name | function f(x) | in words |
# |---|---|---|
# | LeakyReLU | `$x$`, below 0 `0.1 · x` | keeps a little slope |
# | ELU | `$x$`, below 0 `exp(x) − 1` | levels off at −1 |
# | Softplus | `$log(1 + exp(x))$` | ReLU without the corner |
# | GELU | `x · Φ(x)` | dips a little below 0 |
# | SiLU | `x · sigmoid(x)` | much like GELU |
# | Linear | `$x$` | not nonlinear at all |
#
# (0.1 is the number that this LeakyReLU was made with. Φ(x) is the area under the bell curve to the
# left of x.)
#
# Do the formulas for the slopes hold? A slope can be measured: go a small step h to either side,
# and divide the difference in height by the distance, `(f(x + h) − f(x − h)) / 2h`. (Not at 0
# itself, where ReLU has a corner and no slope.) In the library each activation has its formula as
# `f(x)` and its derivative as `df(x, y)`, where y is f(x), which is known already.

# %%
places = [-3.0, -1.7, -0.4, 0.3, 1.1, 2.9]
h = 1e-5
slope_differences = {}
for activation in [*classics, *relatives]:
    differences = []
    for x in places:
        measured = (activation.f(x + h) - activation.f(x - h)) / (2.0 * h)
        differences.append(abs(measured - activation.df(x, activation.f(x))))
    slope_differences[repr(activation)] = max(differences)

worst = max(slope_differences.values())
print(f"{len(slope_differences)} activations")
print(f"largest difference {worst:.0e}")

# %% [markdown]
# ## Softmax: scores become probabilities
#
# At the end of a network that chooses between classes stand scores: any numbers, high for what is
# likely. People rather want probabilities: none below 0, all together 1. Softmax, which part 5
# met in passing, makes them. Unlike the others it looks at a whole row, not at one number:
#
# ```formula
# p[k] = exp(s[k]) / (exp(s[0]) + exp(s[1]) + …)
# ```
#
# `exp` makes every number positive and keeps their order. The division makes the sum 1. In plain
# Python:

# %%
def naive_softmax(scores):
    powers = [math.exp(score) for score in scores]
    total = 0.0
    for power in powers:
        total += power
    return [power / total for power in powers]


scores = [2.0, 1.0, -1.0]
by_hand = naive_softmax(scores)
from_library = Softmax().forward([scores])[0]
print("by hand:", [round(p, 4) for p in by_hand])
print("library:", [round(p, 4) for p in from_library])
print("the sum:", round(math.fsum(from_library), 9))

# %% [markdown]
# Softmax looks at *differences* only: a score that is larger by 1 has a probability e times as
# large, wherever the two scores are. So adding the same number to all scores changes nothing.
# Remember this; in a moment it saves us.

# %%
shifted = naive_softmax([score + 5.0 for score in scores])
softmax_shift = max(abs(a - b) for a, b in zip(by_hand, shifted))
print(f"all scores + 5: largest change {softmax_shift:.0e}")

draw.show(draw.beside(
    [
        draw.bars({"class 0": scores[0], "class 1": scores[1], "class 2": scores[2]},
                  title="Scores", y_label="score"),
        draw.bars({"class 0": by_hand[0], "class 1": by_hand[1], "class 2": by_hand[2]},
                  title="Softmax of them", y_label="probability"),
    ],
    title="What softmax does to a row", columns=1,
))

# %% [markdown]
# ## When to use which
#
# | where | take | because |
# |---|---|---|
# | between the layers | `ReLU` | cheap, and its slope of 1 passes everything on; start with it |
# | if units die, see below | `LeakyReLU`, `ELU` | there is slope on the left as well |
# | between, for smooth curves | `Tanh`, `GELU`, `SiLU` | no corners; with `xavier` for tanh |
# | at the end, any number | nothing, or `Linear` | the target may be anything |
# | at the end, one of k classes | nothing; the loss does softmax | see part 7 |
# | at the end, yes or no | nothing; the loss does sigmoid | see part 7 |
# | at the end, positive numbers | `Softplus` | its outputs are above 0 |
#
# The sigmoid *between* layers is history. Its slope is at most 1/4, and what comes back is
# multiplied by it in every layer (and by the weights between them, which would have to be large to
# make up for it; but then the sums are large as well, and the sigmoid is flat there). The slopes
# alone give:

# %%
steepest = Sigmoid().df(0.0, 0.5)  # at x = 0, where the sigmoid is one half
after_ten = steepest ** 10
print(f"steepest slope {steepest}")
print(f"ten of them multiplied {after_ten:.0e}")

# %% [markdown]
# ## What to notice
#
# - Depth without nonlinearity is an illusion. Every dense layer but the last is followed by an
#   activation.
# - A ReLU network is piecewise linear. Look at the border in the first picture again: it is a
#   polygon.
# - An activation has no weights. It learns nothing itself, and it makes the learning of the others
#   possible.
# - For training the *slope* is as important as the function. The first two troubles that now follow
#   are places where it is 0.

# %% [markdown]
# ## What usually goes wrong
#
# ### Dead ReLUs
#
# A ReLU whose sum is negative for *every* example puts out 0 always. Its slope is 0 always. So
# nothing comes back, its weights are not changed, and it is called **dead**. In the first layer,
# whose inputs are the examples themselves, it stays so. (Deeper in a network it may come to life
# again, when the layers before it change what it sees.) We make this on purpose, with biases of −4,
# count, train, and count again. A unit is dead if even its largest sum over all examples is not
# above 0.

# %%
def dead_units(layer, inputs):
    largest = linalg.max(layer.forward(inputs), axis=0)[0]
    return len([score for score in largest if score <= 0.0])


def train_with(bias, activation):
    """Train 2 inputs, 16 units, 2 scores on the disc; the 16 biases start at `bias`."""
    rng = Random(4)
    hidden = Dense(2, 16, rng)
    hidden.biases.value = linalg.full(1, 16, bias)
    weights = hidden.weights.value
    network = Network([hidden, activation, Dense(16, 2, rng)])
    before = dead_units(hidden, inputs)
    train(network, inputs, targets, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.1),
          epochs=50, rng=rng)
    return {"dead before": before, "dead after": dead_units(hidden, inputs),
            "moved": hidden.weights.value != weights,
            "accuracy": accuracy(network.predict(inputs), targets)}


dead = train_with(-4.0, ReLU())
print("ReLU, biases at −4")
print(f"dead before training: {dead['dead before']} of 16")
print(f"dead after training:  {dead['dead after']}, accuracy {dead['accuracy']:.0%}")
print("has any of their weights moved?", dead["moved"])

# %% [markdown]
# Fifty epochs, and not one of their weights has moved: the network says the same for every point,
# and is right for half of them. There are two ways to mend it. Start where units are alive, with
# biases at 0 as `Dense` does. Or leave some slope on the left, and the units find their way back by
# themselves.

# %%
alive = train_with(0.0, ReLU())
leaky = train_with(-4.0, LeakyReLU(0.1))
print("ReLU, biases at 0")
print(f"dead at first: {alive['dead before']} of 16, "
      f"accuracy {alive['accuracy']:.0%}")
print("LeakyReLU, biases at −4")
print(f"below 0 at first: {leaky['dead before']} of 16, "
      f"accuracy {leaky['accuracy']:.0%}")

# %% [markdown]
# Nobody starts with −4. In real life ReLUs are killed by steps that are too large: one great leap,
# and the sums are negative everywhere. How far the weights move in a step is set by the **learning
# rate**, the number that the optimizer (`SGD` here) is made with. Parts 8 and 9 are about it; this
# is what it can do.

# %%
killed = {}
for learning_rate in (0.5, 20.0):
    rng = Random(5)
    hidden = Dense(2, 16, rng)
    network = Network([hidden, ReLU(), Dense(16, 2, rng)])
    train(network, inputs, targets, loss=SoftmaxCrossEntropy(),
          optimizer=SGD(learning_rate), epochs=5, rng=rng)
    killed[learning_rate] = dead_units(hidden, inputs)
    print(f"learning rate {learning_rate:4}: {killed[learning_rate]} of 16 dead")

# %% [markdown]
# ### Saturated units
#
# Sigmoid and tanh have the same illness on both sides: far from 0 they are flat, and a unit that
# sits there is **saturated**. It happens when the inputs are large. Somebody measured our disc in
# other units, and all numbers are 100 times as large. We count outputs beyond ±0.99, where the
# slope is less than a fiftieth.

# %%
in_other_units = linalg.multiply(inputs, 100.0)


def train_tanh(rows):
    """Train 2 inputs, 16 tanh units and 2 scores on these rows."""
    rng = Random(6)
    hidden, activation = Dense(2, 16, rng, xavier), Tanh()
    network = Network([hidden, activation, Dense(16, 2, rng, xavier)])
    outputs = linalg.ravel(activation.forward(hidden.forward(rows)))
    saturated = len([output for output in outputs if abs(output) > 0.99]) / len(outputs)
    train(network, rows, targets, loss=SoftmaxCrossEntropy(), optimizer=SGD(0.5),
          epochs=40, rng=rng)
    reached = accuracy(network.predict(rows), targets)
    return {"saturated": saturated, "accuracy": reached}


stuck = train_tanh(in_other_units)
print(f"inputs up to 100: {stuck['saturated']:.0%} saturated")
print(f"accuracy {stuck['accuracy']:.0%}")

# %% [markdown]
# The remedy is to bring every column of the inputs to mean 0 and standard deviation 1 before it
# enters the network, as part 5 did in four lines. `Standardizer` does the same and remembers the
# means and deviations. The units of measurement no longer matter.

# %%
standardizer = Standardizer().fit(in_other_units)
mended = train_tanh(list(standardizer.transform(in_other_units)))
print(f"standardized: {mended['saturated']:.0%} saturated")
print(f"accuracy {mended['accuracy']:.0%}")

# %% [markdown]
# ### The overflow of a naive softmax
#
# `exp(1000)` is a number with 435 digits. A computer's floating point numbers end at 309 digits.
# Scores of 1000 are rare, but they come, and then our softmax breaks down:

# %%
overflow = ""
try:
    naive_softmax([1000.0, 999.0, 0.0])
except OverflowError as error:
    overflow = f"OverflowError: {error}"
print(overflow)

# %% [markdown]
# Now remember: adding the same number to all scores changes nothing. So we *subtract the largest
# score* from all of them. The largest becomes 0 and its `exp` is 1; all others lie between 0 and 1.
# What is far below becomes 0, which is harmless: it is the truth to sixteen digits.

# %%
def stable_softmax(scores):
    largest = max(scores)
    return naive_softmax([score - largest for score in scores])


huge = stable_softmax([1000.0, 999.0, 0.0])
huge_library = Softmax().forward([[1000.0, 999.0, 0.0]])[0]
print("by hand:", [round(p, 4) for p in huge])
print("library:", [round(p, 4) for p in huge_library])

# %% [markdown]
# ## Exercises
#
# 1. Write ReLU and its slopes, a sigmoid that does not overflow, and softmax:
#    `python3 -m purenn exercise 6` makes the file, `python3 -m purenn check FILE` grades it.
# 2. Build a network with two ReLUs, by hand, that computes |x|. (One looks to the right, one to the
#    left.) Then one that computes a roof: 0 up to x = 0, up to 1 at x = 1, back to 0 at x = 2 and 0
#    from there on. How many ReLUs does it take?
# 3. Dead units again: try biases of −1, −2 and −3 in `train_with`. How many of the 16 units are
#    dead at the start, and how many after training? From where on does the network fail to recover,
#    and why do the units not all die at the same bias?
#
# ## Where it comes from
#
# The sigmoid is the logistic curve with which Pierre François Verhulst described growing
# populations in 1838; softmax is Ludwig Boltzmann's distribution of 1868, named so by John Bridle
# in 1990. Kunihiko Fukushima used ReLU in 1969; it became the rule after 2010, when Xavier Glorot,
# Antoine Bordes and Yoshua Bengio trained deep networks with it. Universal approximation was proved
# for sigmoids by George Cybenko in 1989, and in 1993 for every activation that is not a polynomial.
#
# - G. Cybenko: *Approximation by superpositions of a sigmoidal function*. Mathematics of Control,
#   Signals, and Systems 2, 1989.
# - M. Leshno, V. Lin, A. Pinkus, S. Schocken: *Multilayer feedforward networks with a nonpolynomial
#   activation function can approximate any function*. Neural Networks 6, 1993.
# - X. Glorot, A. Bordes, Y. Bengio: *Deep sparse rectifier neural networks*. AISTATS, 2011.
# - J. Bridle: *Probabilistic interpretation of feedforward classification network outputs*. In:
#   Neurocomputing, Springer, 1990.
#
# ## Where the real thing lives
#
# - [`activations`](../activations.py): each activation is a pair of formulas of one number, the
#   function and its derivative, with the reason for the derivative beside it. Those of
#   [`ReLU`](../activations.py#ReLU) are one line each.
# - [`softmax`](../activations.py#softmax): with the largest score subtracted.
# - [`Standardizer`](../data/dataset.py#Standardizer): for the inputs.
# - [the doctor](../doctor/__init__.py) counts dead and saturated units in any network of yours:
#   `python3 -m purenn doctor --help`.
#
# Next: [part 7](part_07_cross_entropy.py), on what it means to be wrong, in one number.
