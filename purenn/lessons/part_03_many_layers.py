# %% [markdown]
# # Part 3: Many layers
#
# After this part you can stack layers into a network, send many examples through it at once, and
# say at each step what shape the numbers have. Most mistakes with networks are mistakes of shape,
# so this is time well spent.

# %% [markdown]
# ## The finished thing: from five days to five answers
#
# Ada, Ben and Cleo have made up their minds, each with a neuron of their own (part 1). But they
# want to go together or not at all. So a second layer, of one neuron, takes *their three scores* as
# its inputs and makes one score for the group. Ada knows the way, so her word counts double in it.

# %%
from random import Random

from purenn import Dense, Network, ShapeError, draw, linalg

rng = Random(3)

friends_layer = Dense(3, 3, rng)
friends_layer.weights.value = [[0.5, 1.0, -2.0], [1.0, 0.25, 0.0], [0.0, 2.0, -0.5]]
friends_layer.biases.value = [[-3.0, -6.0, -3.5]]

group_layer = Dense(3, 1, rng)
group_layer.weights.value = [[2.0, 1.0, 1.0]]  # Ada's word counts double
group_layer.biases.value = [[-1.0]]

network = Network([friends_layer, group_layer])
input_names = ["warm", "free", "rain"]
draw.show(draw.network(network, title="Two layers: three opinions, then one",
                       input_names=input_names, output_names=["group"]))

# %% [markdown]
# The friends in the middle get no names in the drawing, because a network knows none: what stands
# between the inputs and the scores is called a **hidden layer**. Nothing secret is meant by it,
# only that nobody outside gets to see its numbers. They go straight on to the next layer.

# %% [markdown]
# ## Layer after layer
#
# Stacking is simple: what the first layer puts out is what the second takes in.

# %%
saturday = [4.0, 3.0, 0.0]

opinions = friends_layer.forward([saturday])
group_score = group_layer.forward(opinions)
print("Ada, Ben and Cleo:", opinions)
print("the group:        ", group_score)

# %% [markdown]
# Ben would rather stay, but the other two outvote him: the score is above 0. Check it on paper:
# `2 · 2 + 1 · (−1.25) + 1 · 2.5 − 1 = 4.25`.
#
# A `Network` is a list of layers, and its `forward` is the loop that does this for all of them. The
# numbers that come out of its last layer are called the **scores** of the network.

# %%
outputs = [saturday]
for layer in network.layers:
    outputs = layer.forward(outputs)

network_score = network.forward([saturday])
print("by the loop:   ", outputs)
print("by the network:", network_score)

# %% [markdown]
# ## A batch is a matrix
#
# Now five days at once. Each day is a row, so five days are a matrix of five rows and three
# columns. Examples that go through a network together are called a **batch**.
#
# The **shape** of a matrix is (rows, columns), always in this order.

# %%
day_names = ["Sat", "Sun", "Mon", "Tue", "Wed"]
inputs = [
    [4.0, 3.0, 0.0],
    [6.0, 2.0, 2.0],
    [5.0, 0.0, 0.0],
    [9.0, 1.0, 0.0],
    [3.0, 5.0, 1.0],
]
print("shape of the batch:", linalg.shape(inputs))

# %% [markdown]
# We could send the days through one after the other. Sending them as one matrix gives the same
# numbers, because no row ever meets another row on its way.

# %%
one_by_one = [network.forward([day])[0] for day in inputs]
scores = network.forward(inputs)
for name, row in zip(day_names, scores):
    print(name, row)
print("the same one by one:", scores == one_by_one)

# %% [markdown]
# Why a batch, then? For three reasons. We write no loop over examples. The layer does more work in
# each call, so calling it costs less. And learning, from part 8 on, goes better if several examples
# have their say before a weight is changed.

# %% [markdown]
# ## Shapes, traced through
#
# In a picture: on the left the batch, then what the first layer puts out, then what the second puts
# out. Each row is a day. Follow one of them from left to right: it has three inputs, then three
# opinions, then one score. It stays in its row. What changes is the number of columns: 5 × 3, then
# 5 × 3, then 5 × 1.

# %%
hidden = friends_layer.forward(inputs)
side_by_side = [
    [*inputs[n], *hidden[n], *scores[n]] for n in range(5)
]

draw.show(draw.heatmap(
    side_by_side, title="Five days on their way", row_names=day_names,
    column_names=[*input_names, "Ada", "Ben", "Cleo", "group"],
    x_label="3 inputs, 3 hidden, 1 score", y_label="day", bar_label="number"))
for name, row in zip(day_names, side_by_side):
    print(name, *(f"{number:>4g}" for number in row))

# %% [markdown]
# The rule behind it, with n examples:
#
# ```
# inputs     n       × in
# weights    neurons × in
# biases     1       × neurons
# outputs    n       × neurons
# ```
#
# The two sizes called `in` must be equal: each neuron has one weight for each input. They meet in
# the dot products, and then they are gone (part 2). What is left is a row for each example and a
# column for each neuron. The biases, 1 × neurons, are added to every row.
#
# Let us trace a network with more layers. Its weights are random, as those of any new network. The
# numbers mean nothing yet, but their shapes are already right.

# %%
deep = Network([Dense(3, 8, rng), Dense(8, 4, rng), Dense(4, 2, rng)])


def trace(network, inputs):
    """Return a line for each layer: the shapes of all that is in it."""
    lines = ["layer        inputs weights biases outputs"]
    for layer in network.layers:
        outputs = layer.forward(inputs)
        weights, biases = [parameter.value for parameter in layer.parameters()]
        line = f"{layer!r:<13}"
        for A, width in [(inputs, 7), (weights, 8), (biases, 7), (outputs, 7)]:
            rows, columns = linalg.shape(A)
            line += f"{rows} × {columns}".ljust(width)
        lines.append(line.rstrip())
        inputs = outputs
    return lines


traced = trace(deep, inputs)
print("\n".join(traced))

# %% [markdown]
# Read the table like a set of dominoes. The outputs of one layer are the inputs of the next; the
# second number of the weights equals the second number of the inputs; the first number of the
# weights becomes the second number of the outputs. And the 5 runs down from top to bottom: five
# days go in, and five rows come out.

# %%
draw.show(draw.network(deep, title="3 inputs, then 8, 4 and 2 neurons"))

# %% [markdown]
# The network prints such a table itself, without a batch, together with how many numbers each layer
# can learn. Each neuron has a weight for each input, and one bias: `neurons · inputs + neurons`.

# %%
print(deep.summary())

parameter_counts = {}
for layer in deep.layers:
    neurons, width = linalg.shape(next(layer.parameters()).value)
    parameter_counts[repr(layer)] = neurons * width + neurons
print("counted by hand:", list(parameter_counts.values()))

# %% [markdown]
# (`layer.parameters()` hands out the parameters one after the other, first the weights, then the
# biases; `next` takes the first.)
#
# Where do the parameters of a network sit? Nearly always in its widest pair of layers. Here is a
# network for handwritten digits, the subject of part 10: 64 inputs, one for each pixel of a small
# picture, 32 hidden neurons, and 10 scores, one for each digit.

# %%
digits_network = Network([Dense(64, 32, rng), Dense(32, 10, rng)])
counts = {}
for number, layer in enumerate(digits_network.layers):
    for parameter in layer.parameters():
        rows, columns = linalg.shape(parameter.value)
        counts[f"{parameter.name} of layer {number}"] = rows * columns
draw.show(draw.bars(counts, title="Where the parameters are",
                    y_label="parameters"))

# %% [markdown]
# ## What to notice
#
# - A network is a list of layers, and forward is a loop over them. It is no more than that.
# - Rows are examples and columns are what is known about them, in every matrix that travels through
#   a network. The number of rows never changes on the way; each layer may change the number of
#   columns.
# - The rows do not mix. A day gets the same score alone, in a batch, or in another order.
# - The number of parameters has nothing to do with the number of examples. A batch of five and one
#   of five million use the same weights.

# %% [markdown]
# ## What usually goes wrong
#
# **Widths that do not match.** A layer of three neurons puts out rows of three numbers. If the next
# one has weights for two, `Network` refuses it at once, before any number has been computed:

# %%
try:
    Network([Dense(3, 3, rng), Dense(2, 1, rng)])
except ShapeError as error:
    width_message = str(error)
    print("ShapeError:", width_message)

mended = Network([Dense(3, 3, rng), Dense(3, 1, rng)])
print("mended:")
print(mended)

# %% [markdown]
# **Examples in columns.** Tables often come the other way round: a line for each measurement, a
# column for each day. The network takes lines for examples, finds five numbers in each, and says
# so:

# %%
by_measurement = linalg.transpose(inputs)
print("shape:", linalg.shape(by_measurement))
try:
    network.forward(by_measurement)
except ShapeError as error:
    columns_message = str(error)
    print("ShapeError:", columns_message)

print("mended, the same scores:",
      network.forward(linalg.transpose(by_measurement)) == scores)

# %% [markdown]
# **The same mistake, unnoticed.** With three days and three measurements the matrix is square.
# Turned the wrong way it has the right shape, so there is no error, only wrong answers:

# %%
three_days = inputs[:3]
right_scores = network.forward(three_days)
wrong_scores = network.forward(linalg.transpose(three_days))
print("right:", right_scores)
print("wrong:", wrong_scores)

# %% [markdown]
# Checks of shape cannot find this. An example whose answer you know can: Saturday's score is 4.25,
# as we worked out on paper, so the first row must say so. And never try things out on square
# matrices, or with as many examples as there are inputs.

# %%
known_score = [4.25]
print("right, checked against Saturday:", right_scores[0] == known_score)
print("wrong, checked against Saturday:", wrong_scores[0] == known_score)

# %% [markdown]
# **Layers that add nothing.** Here is a puzzle, and the most important one so far.
# Four networks with one input each, of one to four layers, with random weights. This is what they
# put out as the input goes from −2 to 2:

# %%
rng = Random(54)
stacks = {
    "1 layer": Network([Dense(1, 1, rng)]),
    "2 layers": Network([Dense(1, 8, rng), Dense(8, 1, rng)]),
    "3 layers": Network([Dense(1, 8, rng), Dense(8, 8, rng), Dense(8, 1, rng)]),
    "4 layers": Network([Dense(1, 8, rng), Dense(8, 8, rng), Dense(8, 8, rng),
                         Dense(8, 1, rng)]),
}
xs = [x / 4 for x in range(-8, 9)]
curves = {}
for name, stack in stacks.items():
    curves[name] = [(x, stack.forward([[x]])[0][0]) for x in xs]
draw.show(draw.lines(curves, title="More layers, and still a straight line",
                     x_label="input", y_label="output"))

# %% [markdown]
# Straight lines, all of them: dense layers alone are **linear**, however many there are. One neuron
# with a weight and a bias could do each. Something **nonlinear** must come between the layers, or
# stacking is in vain. The group of friends is no better: one single neuron gives the same scores as
# their two layers.

# %%
shortcut = Dense(3, 1, rng)
shortcut.weights.value, shortcut.biases.value = [[2.0, 4.25, -4.5]], [[-16.5]]
shortcut_scores = shortcut.forward(inputs)
print("two layers:", [score for [score] in scores])
print("one neuron:", [score for [score] in shortcut_scores])

# %% [markdown]
# How the shortcut was found, why there always is one, and what mends it, stands in part 6.

# %% [markdown]
# ## Exercises
#
# 1. Write the forward pass of a network, its shapes, and the shortcut: `python3 -m purenn exercise
#    3` makes a file with holes, `python3 -m purenn check FILE` looks at what you put into them.
# 2. A batch of 100 examples goes through `Dense(6, 20, rng)`, `Dense(20, 5, rng)` and
#    `Dense(5, 1, rng)`. Write down the shapes of all weights, biases and outputs, and the number of
#    parameters. Then let `trace` and `summary` check it.
# 3. Shuffle the rows of `inputs`, send them through `network`, and put the scores back into the old
#    order. Do they equal `scores`?
# 4. Find the shortcut yourself: multiply out 2 · Ada + Ben + Cleo − 1, with each
#    friend's sum put in for their name, and collect what stands before warmth, free hours and rain.

# %% [markdown]
# ## Where it comes from
#
# James Joseph Sylvester called tables of numbers **matrices** in 1850, and Arthur Cayley made an
# algebra of them in 1858: the product of two matrices is what two linear steps do one after the
# other, which is why layers in a row collapse. Networks of several layers were drawn by Rosenblatt,
# and trained layer by layer by Alexey Ivakhnenko and Valentin Lapa in 1965. "Deep" says no more
# than that there are many.
#
# - A. Cayley: *A memoir on the theory of matrices*. Philosophical Transactions of the Royal Society
#   148, 1858.
# - F. Rosenblatt: *Principles of Neurodynamics*. Spartan Books, 1962.
# - J. Schmidhuber: *Deep learning in neural networks: an overview*. Neural Networks 61, 2015 (for
#   the history).

# %% [markdown]
# ## Where the real thing lives
#
# - [`Network`](../network.py#Network): look at its `forward`, which is the loop of this part, and
#   at `summary`.
# - [`Dense`](../layers.py#Dense), [`shape`](../linalg.py#shape),
#   [`transpose`](../linalg.py#transpose).
# - Next: [part 4](part_04_dense.py), where the starting weights come from, and why it matters.
