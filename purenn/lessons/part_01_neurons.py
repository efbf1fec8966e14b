# %% [markdown]
# # Part 1: Neurons and layers
#
# After this part you can work out on paper what a neuron puts out, say what each of its weights and
# its bias do to the result, and put neurons side by side as a layer. You need some Python (lists,
# loops, functions) and the mathematics of school. You need not know anything about networks.
#
# Every number and every picture here is computed when the lesson runs. It is a Python file,
# `purenn/lessons/part_01_neurons.py`, and `python3 -m purenn lessons 1` runs it. Change a number in
# the code, run it again, and see what becomes of it.

# %% [markdown]
# ## The finished thing: a decision
#
# It is Saturday. Shall we cycle to the lake? Three things count: how warm it is, how many hours are
# free, and how hard it rains. Here is a **neuron** that weighs them up.

# %%
from random import Random

from purenn import Dense, Network, ShapeError, draw

rng = Random(1)
neuron = Dense(3, 1, rng)
neuron.weights.value = [[0.5, 1.0, -2.0]]
neuron.biases.value = [[-3.0]]

input_names = ["warmth", "free hours", "rain"]
draw.show(draw.network(Network([neuron]), title="Shall we go to the lake?",
                       input_names=input_names, output_names=["score"]))

# %% [markdown]
# The circles on the left are the **inputs**: numbers that come from outside. The circle on the
# right is the neuron. Each line between them stands for a **weight**, the number by which that
# input is multiplied. Blue lines are weights above 0, red lines are weights below 0. The further a
# weight is from 0, the wider its line and the stronger its colour. So rain has the strongest say,
# and it speaks the other way than the others. The colour of the neuron itself shows its **bias**,
# which we shall meet in a moment: here it is below 0, so the neuron is red. (The circle in the
# legend is an example.)
#
# (In a terminal, pictures are made of characters. This one then becomes a row of marks: two
# characters for each weight, and the last two for the bias.)
#
# Do not mind the code yet: at the end of this part you will know what each line of it does.

# %% [markdown]
# ## One neuron by hand
#
# Everything that goes into a neuron must be a number, so we agree on how to count:
#
# | input | on Saturday | what it counts |
# |---|---|---|
# | warmth | 4 | degrees above 20 °C, so it is 24 °C |
# | free hours | 3 | hours |
# | rain | 0 | millimetres in an hour |
#
# The neuron multiplies each input by its weight, adds up the products, and adds one more number to
# them, the bias. That is all that it does:
#
# ```
#    0.5 · 4        weight · warmth
# +  1   · 3        weight · free hours
# + (−2) · 0        weight · rain
# + (−3)            bias
# =  2              score
# ```

# %%
saturday = [4.0, 3.0, 0.0]
weights = [0.5, 1.0, -2.0]
bias = -3.0

score = 0.0
score += weights[0] * saturday[0]
score += weights[1] * saturday[1]
score += weights[2] * saturday[2]
score += bias
print("Saturday's score:", score)

# %% [markdown]
# What comes out of a neuron is called its **output**. Here it is a **score**: the higher, the more
# speaks for going. What we do with it is up to us. We agree on this: above 0 we go, else we stay.
#
# Now read the numbers as sentences:
#
# - The weight 0.5 says: each degree more adds half a point.
# - The weight −2 says: each millimetre of rain takes two points away. A negative weight speaks
#   against. A weight of 0 would say: I do not care about this input.
# - The bias −3 says: with nothing in favour, the score is −3. It is the part that does not depend
#   on the inputs. All reasons together must bring more than 3 points before we leave the sofa.
#
# A neuron may have any number of inputs, so we write it as a loop. `i` runs over the inputs.

# %%
def neuron_output(inputs, weights, bias):
    """Return weights[0]·inputs[0] + weights[1]·inputs[1] + … + bias."""
    output = 0.0
    for i in range(len(weights)):
        output += weights[i] * inputs[i]
    return output + bias


days = {
    "Saturday": [4.0, 3.0, 0.0],
    "Sunday": [6.0, 2.0, 2.0],
    "Monday": [5.0, 0.0, 0.0],
}
day_scores = {}
for day, inputs in days.items():
    score = neuron_output(inputs, weights, bias)
    day_scores[day] = score
    print(f"{day:<9} {score:>5}  {'go' if score > 0 else 'stay'}")

# %% [markdown]
# Why do we stay at home on Sunday, which is warmer? The score is a sum, so we can look at the parts
# that it was added up from: each input times its weight, and the bias.

# %%
sunday = days["Sunday"]
parts = {}
for i in range(3):
    parts[input_names[i]] = weights[i] * sunday[i]
parts["bias"] = bias
draw.show(draw.bars(parts, title="What Sunday's score is made of",
                    y_label="points"))

# %% [markdown]
# Warmth and free hours speak for the lake. The rain takes nearly as much away as both of them
# bring, and then the bias pulls the score below 0.
#
# The word neuron comes from nerve cells, which also collect signals, some of which excite them
# while others hold them back. The likeness does not go much further.

# %% [markdown]
# ## What a weight does to a line
#
# Take a neuron with only one input. It computes `output = weight · input + bias`, and that is the
# straight line of school, `y = m·x + c`. The weight is the slope. Four neurons, all with bias 0:

# %%
xs = [x / 2 for x in range(-8, 9)]  # -4, -3.5, … 4

slopes = {
    f"weight {weight:g}": [(x, neuron_output([x], [weight], 0.0)) for x in xs]
    for weight in [-1.0, 0.0, 0.5, 2.0]
}
draw.show(draw.lines(slopes, title="The weight turns the line",
                     x_label="input", y_label="output"))

# %% [markdown]
# A larger weight makes the output answer more strongly to the same step of the input. A weight of 0
# gives a flat line: whatever comes in, the output stays the same. A negative weight makes the line
# fall. And all four meet in one point: without a bias, input 0 always gives output 0.

# %% [markdown]
# ## What a bias does to a line
#
# Now the weight stays at 0.5, and the bias changes.

# %%
shifts = {
    f"bias {new_bias:g}": [(x, neuron_output([x], [0.5], new_bias)) for x in xs]
    for new_bias in [-2.0, 0.0, 2.0]
}
draw.show(draw.lines(shifts, title="The bias moves the line",
                     x_label="input", y_label="output", limits=(None, (-3.9, 3.9))))

# %% [markdown]
# The lines are parallel. The bias lifts or lowers the whole line, and so it moves the place where
# the output passes 0, which is where our decision changes. From `weight · input + bias = 0`
# follows `input = (0 − bias) / weight`:

# %%
for new_bias in [-2.0, 0.0, 2.0]:
    turning_point = (0.0 - new_bias) / 0.5
    output = neuron_output([turning_point], [0.5], new_bias)
    print(f"bias {new_bias:>4}: output {output} at the input {turning_point}")

# %% [markdown]
# With two inputs, the outputs lie on a tilted plane instead of a line. Here is the neuron of the
# lake on days without rain, seen from above like a map: the further right, the warmer; the higher
# up, the more free hours. The colour is the score. The line that is drawn across is the border
# where the score is 0: from `0.5 · warmth + 1 · free hours − 3 = 0` follows
# `free hours = 3 − 0.5 · warmth`. Below it we stay at home, above it we go. And it is straight,
# too.

# %%
warmths = [x / 2 for x in range(17)]     # 0, 0.5, … 8 degrees above 20
free_hours = [y / 4 for y in range(17)]  # 0, 0.25, … 4 hours
heights = [
    [neuron_output([warmth, hours, 0.0], weights, bias) for warmth in warmths]
    for hours in free_hours
]
border = [(x / 8, 3.0 - 0.5 * x / 8) for x in range(-16, 65)]  # it goes on beyond the map
draw.show(draw.landscape(warmths, free_hours, heights, path=border,
                         title="The score on a dry day",
                         x_label="warmth", y_label="free hours", bar_label="score"))

# %% [markdown]
# Now all three numbers at once. Set the two weights and the bias of the lake: what does each do to
# the border, and to the days that lie near it? The days are those of the next week, and all of them
# are dry. Its Sunday is as warm as ours and has as many free hours, but no rain: so its score is 2,
# and we go.
#
# ```widget neuron
# ```

# %% [markdown]
# ## Three neurons
#
# Ada, Ben and Cleo look at the same day, but each of them weighs it up in another way. Three
# neurons, then, with the same inputs. The neuron of before was Ada's.
#
# | | warmth | free hours | rain | bias |
# |---|---|---|---|---|
# | Ada | 0.5 | 1 | −2 | −3 |
# | Ben | 1 | 0.25 | 0 | −6 |
# | Cleo | 0 | 2 | −0.5 | −3.5 |
#
# - Ada likes it warm and hates rain.
# - Ben wants it hot, and does not mind rain.
# - Cleo needs time. Warm or cold is all the same to her.
#
# The weights of one neuron are a list, so the weights of three are a list of three lists: a
# **matrix**. Each inner list is a **row** of it. Row 0 is Ada, row 1 is Ben, row 2 is Cleo. The
# biases are one number for each neuron.

# %%
friends = ["Ada", "Ben", "Cleo"]
layer_weights = [[0.5, 1.0, -2.0], [1.0, 0.25, 0.0], [0.0, 2.0, -0.5]]
layer_biases = [-3.0, -6.0, -3.5]


def layer_outputs(inputs, weights, biases):
    """Return one output for each neuron; row o of the weights is neuron o."""
    outputs = []
    for o in range(len(weights)):
        outputs.append(neuron_output(inputs, weights[o], biases[o]))
    return outputs


friend_scores = {}
for day, inputs in days.items():
    row = layer_outputs(inputs, layer_weights, layer_biases)
    friend_scores[day] = row
    going = [name for name, output in zip(friends, row) if output > 0]
    print(f"{day:<9}{row} go: {', '.join(going) or 'nobody'}")

# %% [markdown]
# Neurons side by side that look at the same inputs are a **layer**. Three numbers go in, and three
# come out, one from each neuron. None of them knows of the others.

# %% [markdown]
# ## The same as a library layer
#
# In the library, a layer of neurons is called `Dense`, because each neuron is connected to every
# input. `Dense(3, 3, rng)` says: 3 inputs, 3 neurons. A new layer gets its first weights by chance,
# and `rng` is where the chance comes from: a random number generator. `Random(1)` starts it from 1,
# so everybody gets the same "random" numbers. Why chance is a good start, part 4 shows. Here we put
# weights of our own in its place: `layer.weights.value` is the matrix of weights.

# %%
layer = Dense(3, 3, rng)
layer.weights.value = layer_weights
layer.biases.value = [layer_biases]

outputs = layer.forward([saturday])
print("by the layer:", outputs[0])
print("by hand:     ", friend_scores["Saturday"])
same_as_by_hand = outputs[0] == friend_scores["Saturday"]
print("the same:", same_as_by_hand)

# %% [markdown]
# `forward` is the direction from inputs to outputs. Note the brackets in `[saturday]`: a layer
# takes a matrix, each row of it one example, here one day. The result is a matrix too, one row for
# each day. It pays off in part 3, where many days go through at once. The biases are a matrix of
# one row, for the same reason.
#
# Here is the whole layer as a drawing. It has nine weights and seven lines: two of the weights are
# 0, and a weight of 0 leaves no line. (`draw.network` draws networks. `Network([layer])` makes one
# of a list of layers, here a list of one layer; part 3 puts more into it.)

# %%
draw.show(draw.network(Network([layer]), title="Three neurons side by side",
                       input_names=input_names, output_names=friends))

# %% [markdown]
# A drawing of lines is soon too crowded to read. The same nine weights as a table with colours: a
# row for each neuron, a column for each input. Read a row, and you know what that friend cares for.

# %%
draw.show(draw.heatmap(layer_weights, title="The weights", row_names=friends,
                       column_names=input_names, numbers=True,
                       x_label="input", y_label="neuron", bar_label="weight"))

# %% [markdown]
# ## What to notice
#
# - A neuron is a sum of products and a bias: `output = Σ weight · input + bias`. (Σ means: add up
#   over all inputs.) There is no magic hidden further inside.
# - A weight belongs to one line between one input and one neuron. A bias belongs to a neuron.
# - This layer holds 3 · 3 weights and 3 biases, twelve numbers. They are called its **parameters**,
#   and they are all that it knows. We chose them. To **learn** means that the computer finds them,
#   from examples of what should come out. We get there in part 8.
# - A neuron alone is a **linear** model: its border is a straight line (with three inputs a plane).
#   Part 6 makes networks **nonlinear**.

# %% [markdown]
# ## What usually goes wrong
#
# **An input too many.** Next week we also look at the wind, but we forget to give it a weight. Our
# loop runs over the weights, so it never comes to the wind: it returns a score as if nothing
# were wrong. The same day with a storm of 90 km/h still says "go".

# %%
stormy_saturday = [4.0, 3.0, 0.0, 90.0]
unnoticed = neuron_output(stormy_saturday, weights, bias)
print("the loop, with the storm:", unnoticed)

# %% [markdown]
# A wrong answer that looks right is worse than an error. The library's layer counts first:

# %%
try:
    layer.forward([stormy_saturday])
except ShapeError as error:
    width_message = str(error)
    print("ShapeError:", width_message)

# %% [markdown]
# It cannot guess what the wind should weigh. To mend it, make a layer with four inputs, and give
# each neuron a fourth weight:

# %%
wind_layer = Dense(4, 3, rng)
wind_layer.weights.value = [
    [0.5, 1.0, -2.0, -0.125],
    [1.0, 0.25, 0.0, -0.125],
    [0.0, 2.0, -0.5, -0.125],
]
wind_layer.biases.value = [layer_biases]
stormy_scores = wind_layer.forward([stormy_saturday])[0]
print("with the wind:", stormy_scores)

# %% [markdown]
# **A row where a matrix is expected.** A day without its outer brackets is a list of numbers, not a
# list of rows. A network, here of our one layer, says so, and what to write instead:

# %%
try:
    Network([layer]).forward(saturday)  # wrong on purpose
except ShapeError as error:
    brackets_message = str(error)
    print("ShapeError:", brackets_message)

print("mended:", Network([layer]).forward([saturday])[0])

# %% [markdown]
# **The right numbers in the wrong order, or in another unit.** No program can notice this one. A
# weight was made for one input, counted in one way: 0.5 is right for degrees above 20 °C, and
# nonsense for degrees Fahrenheit. Here someone wrote 24 for the 24 °C of Saturday:

# %%
wrong_unit = layer.forward([[24.0, 3.0, 0.0]])[0]
right_unit = layer.forward([[24.0 - 20.0, 3.0, 0.0]])[0]
print("wrong unit:", wrong_unit)
print("mended:    ", right_unit)

# %% [markdown]
# Ada and Ben are now far too keen, and only Cleo, whose weight for warmth is 0, is not misled. So
# write down what each input counts, as in the table above, and keep to it.

# %% [markdown]
# ## Exercises
#
# 1. Write a neuron, a layer, and a neuron that says "both": `python3 -m purenn exercise 1` makes a
#    file with holes, and `python3 -m purenn check FILE` looks at what you put into them.
# 2. On another day it is 29 °C, one hour is free, and it does not rain. Work out on paper who goes
#    to the lake. Then let `layer.forward` check it. (Two of them go.)
# 3. Two inputs are 0 or 1: "it is warm" and "I have time". Find weights and a bias so that the
#    score is above 0 only if both are 1. Then change *only the bias* so that it is above 0 if at
#    least one of them is 1.
# 4. Dora wants to go exactly when Ada does not. Write down her weights and her bias. (What does a
#    minus sign before all of them do to the score? And what on a day where Ada's score is exactly
#    0?)

# %% [markdown]
# ## Where it comes from
#
# In 1943 Warren McCulloch and Walter Pitts described nerve cells as switches that add up and
# compare with a threshold. Frank Rosenblatt's **perceptron** of 1958 gave each input a weight and
# learned the weights from examples. In 1969 Marvin Minsky and Seymour Papert showed what a single
# layer of such neurons can never do: among others, exclude that both inputs are 1 ("either, but not
# both"). The answer to that is part 6, and how to find its weights is part 9.
#
# - W. S. McCulloch, W. Pitts: *A logical calculus of the ideas immanent in nervous activity*.
#   Bulletin of Mathematical Biophysics 5, 1943.
# - F. Rosenblatt: *The perceptron: a probabilistic model for information storage and organization
#   in the brain*. Psychological Review 65, 1958.
# - M. Minsky, S. Papert: *Perceptrons*. MIT Press, 1969.

# %% [markdown]
# ## Where the real thing lives
#
# - [`Dense`](../layers.py#Dense) is the layer. Its docstring has the formula of this part.
# - [`Network`](../network.py#Network) is layers in a row. Here the row had one.
# - [`inner`](../linalg.py#inner) is the loop over neurons, [`dot`](../linalg.py#dot) the loop over
#   inputs. How one comes from the other is told in [part 2](part_02_dot_product.py).
