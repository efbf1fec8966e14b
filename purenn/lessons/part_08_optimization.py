# %% [markdown]
# # Part 8: Optimization
#
# A loss says how wrong a network is. Now it shall get less wrong. This part looks for good weights
# in the two simplest ways there are, pure luck and trial and error, and measures how far each of
# them gets. After it you can say what an optimizer does, picture a loss as a landscape, and you
# will know why nobody who has seen the slope of that landscape goes back to guessing.

# %%
import math
import statistics
from random import Random

from purenn import (
    SGD, Dense, MeanSquaredError, Network, Parameter, RandomAdjustment, RandomSearch,
    ReLU, SoftmaxCrossEntropy, accuracy, draw, linalg, normal,
)
from purenn.data import spiral, vertical
from purenn.initializers import normal_deviate
from purenn.lessons.recorded import RECORDS

# %% [markdown]
# ## The finished thing first
#
# Two data sets: three vertical bands that hardly overlap, and the spiral. For both, the same small
# network starts with weights close to 0. Then, a thousand times, all its weights are nudged at
# random, and a nudge is kept if it made the loss less. Nothing else happens.

# %%
loss = SoftmaxCrossEntropy()

def new_network(seed):
    """Return a network 2 → 3 → 3 whose weights are close to 0."""
    rng = Random(seed)
    return Network([Dense(2, 3, rng, normal), ReLU(), Dense(3, 3, rng, normal)])


def search(network, data, optimizer, steps):
    """Let the optimizer take steps; return (step, loss) after every tenth of them."""
    inputs, targets = list(data.inputs), data.targets

    def measure():
        return loss(network.forward(inputs), targets)

    curve = [(0, measure())]
    for step in range(1, steps + 1):
        optimizer.step(network.parameters(), measure)
        if step % 10 == 0:
            curve.append((step, measure()))
    return curve


def accuracy_on(network, data):
    return accuracy(network.predict(data.inputs), data.targets)


bands = vertical(size=90, noise=0.07, rng=Random(1))
arms = spiral(size=90, rng=Random(1))

bands_network, arms_network = new_network(2), new_network(2)
steps = 1000
adjusted_bands = search(bands_network, bands, RandomAdjustment(Random(3)), steps)
adjusted_arms = search(arms_network, arms, RandomAdjustment(Random(3)), steps)
bands_accuracy = accuracy_on(bands_network, bands)
arms_accuracy = accuracy_on(arms_network, arms)
print(f"accuracy: bands {bands_accuracy:.0%}, spiral {arms_accuracy:.0%}")

# %%
draw.show(draw.beside(
    [
        draw.regions(bands_network, bands, title="The bands: learned"),
        draw.regions(arms_network, arms, title="The spiral: hardly"),
    ],
    title="A thousand random nudges, the helpful ones kept", columns=2,
))

# %% [markdown]
# An **optimizer** is whatever changes the parameters so that the loss falls. In purenn it is an
# object with one method, `step(parameters, measure)`. The parameters are those of the network, and
# `measure` is a function without arguments that answers one question: how large is the loss *now*?
# The two optimizers with which this part begins need nothing else. A third one comes further down.
# It does not ask how large the loss is; it wants to know the slopes.

# %% [markdown]
# ## What a network is worth that knows nothing
#
# Before we improve anything: where do we start? The network has 21 numbers to choose.

# %%
network = new_network(2)
print(network.summary())

start_loss = loss(network.forward(list(bands.inputs)), bands.targets)
clueless = math.log(3)
print(f"loss at the start {start_loss:.4f}")
print(f"log 3             {clueless:.4f}")

# %% [markdown]
# With weights close to 0 all scores are close to 0, so softmax gives each of the three classes the
# probability 1/3. The loss is `−log(1/3) = log 3`, about 1.1, whatever the example is. Remember
# this number. **A network of k classes whose loss is log k has learned nothing.**

# %% [markdown]
# ## Strategy 1: random parameters
#
# Draw 21 new numbers. If the loss is less, keep them, else put the old ones back. One try, by hand:

# %%
rng = Random(4)
inputs, targets = list(bands.inputs), bands.targets
loss_before = loss(network.forward(inputs), targets)
values_before = [parameter.value for parameter in network.parameters()]

for parameter in network.parameters():
    parameter.value = normal(rng, *linalg.shape(parameter.value), deviation=0.05)
loss_after = loss(network.forward(inputs), targets)

if not loss_after < loss_before:
    for parameter, value in zip(network.parameters(), values_before):
        parameter.value = value
kept_loss = loss(network.forward(inputs), targets)
print(f"before {loss_before:.5f}, tried {loss_after:.5f}, kept {kept_loss:.5f}")

# %% [markdown]
# `RandomSearch` is exactly that. `scale` is the deviation of the numbers: how far from 0 they
# typically are. We give it as many tries as the nudges above had, 1,000 with small numbers, and
# 1,000 with numbers that are twenty times as large.

# %%
small_network, large_network = new_network(2), new_network(2)
small_steps, large_steps = RandomSearch(Random(5), 0.05), RandomSearch(Random(5), 1.0)
small_search = search(small_network, bands, small_steps, steps)
large_search = search(large_network, bands, large_steps, steps)
small_accuracy = accuracy_on(small_network, bands)
large_accuracy = accuracy_on(large_network, bands)
print(f"scale 0.05: loss {small_search[-1][1]:.3f}, accuracy {small_accuracy:.0%}")
print(f"scale 1:    loss {large_search[-1][1]:.3f}, accuracy {large_accuracy:.0%}")
best_after = {tries: dict(large_search)[tries] for tries in (100, 300, 1000)}
for tries, value in best_after.items():
    print(f"scale 1, the best of {tries:4} tries: {value:.2f}")

# %% [markdown]
# With small numbers the loss stays at log 3. The accuracy is that of the luckiest guesser: whoever
# calls everything "band 0" is right for a third of the points, and mostly that is what comes out.
# Sometimes it is two bands out of three, by chance, with a loss that is just as bad.
#
# With large numbers the answers are at least decided, and now and then they are decided for the
# right thing. So it does get somewhere. But look at the last three lines: after the first 100
# tries, 900 more brought nothing at all, because every try starts from nothing. What the good one
# had right is thrown away.
#
# How rare are good networks? We can ask: draw a thousand of them, and count. (A third of the points
# is enough for that.)

# %%
rng = Random(6)
losses_of_strangers = []
stranger = new_network(2)
for _ in range(1000):
    for parameter in stranger.parameters():
        parameter.value = normal(rng, *linalg.shape(parameter.value), deviation=1.0)
    losses_of_strangers.append(loss(stranger.forward(inputs[::3]), targets[::3]))

better_than_clueless = sum(value < clueless for value in losses_of_strangers) / 1000
good = sum(value < 0.4 for value in losses_of_strangers) / 1000
print(f"better than log 3: {better_than_clueless:.0%}, below 0.4: {good:.1%}")

draw.show(draw.histogram(
    [min(value, 6.0) for value in losses_of_strangers], bins=30,
    x_label="loss (6: six or more)",
    title="The losses of 1,000 random networks on the bands",
))

# %% [markdown]
# Most random networks are worse than one that knows nothing: they are wrong, and sure of it. And
# this is a very small network, on the easiest of our data sets. To hit 21 numbers at once, each
# only roughly, takes luck 21 times over; a real network has thousands or millions of them.

# %% [markdown]
# ## Strategy 2: random adjustments
#
# One small change makes a method of it: do not draw new numbers, *add* small random numbers to
# the best ones so far. What was right stays nearly right, and every success is built upon.
#
# ```formula
# strategy 1:   w ← "a random number"
# strategy 2:   w ← w + "a random nudge"
# ```
#
# In both, what is new is kept only if the loss fell. `RandomAdjustment` is that; its `scale`, 0.05
# by default, is the deviation of the nudges. We have run it above, a thousand steps on each data
# set. Here are both strategies in one picture; each had the same number of steps.

# %%
draw.show(draw.lines(
    {
        "random, scale 0.05": small_search,
        "random, scale 1": large_search,
        "adjustments": adjusted_bands,
        "adjustments, spiral": adjusted_arms,
    },
    title="Luck against trial and error", x_label="step", y_label="loss",
))
print("losses after 1,000 nudges")
print(f"bands {adjusted_bands[-1][1]:.2f}, spiral {adjusted_arms[-1][1]:.2f}")

# %% [markdown]
# On the bands it works: the loss goes towards 0, and the accuracy reaches 100%. On the spiral the
# curve soon runs flat, and some six in ten points are right.
#
# Is that the fault of the method, or is a network of three hidden neurons simply too small for a
# spiral? The latter. Two hidden layers of 16 neurons are large enough. They begin with weights of
# the size of part 4, and get 500 nudges.

# %%
rng = Random(2)
larger = Network([
    Dense(2, 16, rng), ReLU(), Dense(16, 16, rng), ReLU(), Dense(16, 3, rng),
])
larger_curve = search(larger, arms, RandomAdjustment(Random(3)), steps=500)
larger_accuracy = accuracy_on(larger, arms)
print(f"after 500 nudges: loss {larger_curve[-1][1]:.2f}, accuracy {larger_accuracy:.0%}")

longer = RECORDS["nudges"]["accuracy"]
print("recorded, if it is let go on")
for nudges, value in longer.items():
    print(f"after {nudges:4} nudges: accuracy {value:.0%}")

# %% [markdown]
# So trial and error does learn the spiral. It is not stuck; it is **slow**. Each nudge costs two
# looks at all points (the loss before it, and the loss after it), so 1,000 nudges are 2,000 looks.
# How slow that is, and what it depends on, the rest of this part measures.

# %% [markdown]
# ## How many directions there are
#
# Why does trial and error slow down? A network with two weights lives in a plane, and a nudge is a
# direction in it. There is one direction that leads downhill most steeply, and half of all
# directions go downhill at least a little. With 21 weights there are 21 axes to go along; with 371,
# as many as the larger network has, 371.
#
# How well does a random direction point along the steepest one? The measure is the cosine of the
# angle between them: 1 for the same direction, 0 for a right angle, where nothing is gained. It is
# the dot product of part 2, divided by both lengths.

# %%
def cosine_with_random(rng, dimensions):
    """Return the cosine between the first axis and a random direction."""
    # Any direction may play the steepest: chance prefers none.
    steepest = [1.0] + [0.0] * (dimensions - 1)
    nudge = [normal_deviate(rng) for _ in range(dimensions)]
    return linalg.dot(steepest, nudge) / math.sqrt(linalg.dot(nudge, nudge))


rng = Random(7)
typical = {}
cosines = {}
for dimensions in (2, 21, 371):
    values = [cosine_with_random(rng, dimensions) for _ in range(500)]
    typical[dimensions] = linalg.item(linalg.mean(linalg.abs([values])))
    cosines[f"{dimensions} weights"] = values
    print(f"{dimensions:3} weights: cosine {typical[dimensions]:.3f}, "
          f"0.8/√{dimensions} = {0.8 / math.sqrt(dimensions):.3f}")

draw.show(draw.histogram(cosines, bins=25, x_label="cosine",
                         title="Random directions point nowhere in particular"))

# %% [markdown]
# In the plane most directions have much to do with the steepest one. In 371 dimensions nearly all
# random directions stand almost at a right angle to it: of a step of length 1, about 0.04 leads
# downhill, and the rest goes sideways. The share shrinks with the root of the number of weights; it
# is about 0.8 divided by that root. A million weights, and it is less than a thousandth.

# %% [markdown]
# ## The loss as a landscape
#
# For two parameters all of this can be seen. Take one neuron with one weight and one bias, no
# more: `score = weight · x + bias`. It shall follow points that lie around a line, and the loss is
# the mean squared error: the mean of `(score − target)²` over the points. (That is the loss for
# targets that are numbers and not classes.) For every weight and every bias there is a loss: a
# height above a map.

# %%
rng = Random(8)
line_inputs = [[step / 10] for step in range(-10, 11)]
line_targets = [[1.5 * x - 0.5 + 0.3 * normal_deviate(rng)] for [x] in line_inputs]

neuron = Dense(1, 1, rng)
line = Network([neuron])
squared = MeanSquaredError()


def height(weight, bias):
    """Return the loss of the neuron with this weight and this bias."""
    neuron.weights.value, neuron.biases.value = [[weight]], [[bias]]
    return squared(line.forward(line_inputs), line_targets)


xs = [-2.0 + 0.2 * step for step in range(26)]  # weights, from left to right
ys = [-2.5 + 0.2 * step for step in range(23)]  # biases, from bottom to top
heights = [[height(x, y) for x in xs] for y in ys]

# %% [markdown]
# Now let `RandomAdjustment` walk on this map, and write down where it stands after each step.

# %%
def place():
    return neuron.weights.value[0][0], neuron.biases.value[0][0]


def line_loss():
    return squared(line.forward(line_inputs), line_targets)


neuron.weights.value, neuron.biases.value = [[-1.5]], [[1.5]]  # the start
random_path = [place()]
nudging = RandomAdjustment(Random(9), scale=0.2)
for _ in range(60):
    nudging.step(line.parameters(), line_loss)
    random_path.append(place())

moves = sum(here != there for here, there in zip(random_path, random_path[1:]))
print(f"of 60 nudges {moves} were kept; loss {height(*random_path[-1]):.3f}")

# %% [markdown]
# Imagine that you stand on a slope in thick fog and want to get down. You could jump in a random
# direction and climb back if it was the wrong one. That is strategy 2. But you have feet, and feel
# which way the ground falls. What the feet do can be computed. Make one number a little larger and
# see how much the loss changes; then the same with the other number. The change divided by the
# small step is the slope in that direction, and the two slopes together are the gradient.

# %%
def slopes(weight, bias):
    """Return how fast the loss grows with the weight and with the bias."""
    h = 0.0001
    here = height(weight, bias)
    return (height(weight + h, bias) - here) / h, (height(weight, bias + h) - here) / h


learning_rate = 0.2
slope_path = [(-1.5, 1.5)]
for _ in range(30):
    weight, bias = slope_path[-1]
    weight_slope, bias_slope = slopes(weight, bias)
    slope_path.append((weight - learning_rate * weight_slope,
                       bias - learning_rate * bias_slope))
print(f"30 steps against the slope: loss {height(*slope_path[-1]):.3f}")
print(f"weight {slope_path[-1][0]:.2f}, bias {slope_path[-1][1]:.2f}")

# %% [markdown]
# Is that the deepest place? For a straight line the best weight and bias are known, by a formula
# that is 200 years old (**least squares**): the weight is how x and target vary together, divided
# by how x varies by itself.

# %%
mean_x = linalg.item(linalg.mean(line_inputs))
mean_target = linalg.item(linalg.mean(line_targets))
together, alone = 0.0, 0.0
for [x], [target] in zip(line_inputs, line_targets):
    together += (x - mean_x) * (target - mean_target)
    alone += (x - mean_x) ** 2
best_weight = together / alone
best_bias = mean_target - best_weight * mean_x
print("the best line through these points")
print(f"weight {best_weight:.2f}, bias {best_bias:.2f}")

# %% [markdown]
# Nearly: after 30 steps it is a few hundredths away. (The points were made with weight 1.5 and bias
# −0.5, but plus some noise, and of 21 noisy points the best line is a slightly different one.)
#
# Each step goes *against* the slope, since the slope tells which way is up. How far is decided by
# the `learning_rate`. This method is **gradient descent**. In the library it is called `SGD`, which
# stands for *stochastic gradient descent*; part 9 says why. It does not measure slopes by small
# steps, so its `step` needs no `measure`: it takes the slopes that lie beside each parameter, in
# `parameter.gradient`. If we put ours there, it takes the same path.

# %%
neuron.weights.value, neuron.biases.value = [[-1.5]], [[1.5]]
gradient_path = [place()]
descent = SGD(learning_rate)
for _ in range(30):
    weight, bias = place()
    weight_slope, bias_slope = slopes(weight, bias)
    neuron.weights.value, neuron.biases.value = [[weight]], [[bias]]
    neuron.weights.gradient, neuron.biases.gradient = [[weight_slope]], [[bias_slope]]
    descent.step(line.parameters())
    gradient_path.append(place())

path_difference = max(
    abs(ours - theirs)
    for a, b in zip(slope_path, gradient_path) for ours, theirs in zip(a, b)
)
print("largest distance between our path")
print(f"and that of SGD: {path_difference:.6f}")

draw.show(draw.beside(
    [
        draw.landscape(xs, ys, heights, title="Random adjustments", x_label="weight",
                       y_label="bias", bar_label="loss", path=random_path, log=True),
        draw.landscape(xs, ys, heights, title="Against the slope", x_label="weight",
                       y_label="bias", bar_label="loss", path=gradient_path, log=True),
    ],
    title="The loss over one weight and one bias", columns=2,
))

# %% [markdown]
# This landscape is a single bowl: wherever you start, downhill leads to the one deepest place. With
# hidden layers it is not so tidy. Here is a slice through the landscape of the network that learned
# the bands: one weight and the bias of its first hidden neuron are moved away from what they are,
# and the other 19 numbers stay.

# %%
first_weights, first_biases, *others = bands_network.parameters()
learned_weights, learned_biases = first_weights.value, first_biases.value
changes = [-6.0 + 0.5 * step for step in range(25)]
slice_heights = []
for bias_change in changes:
    row = []
    for weight_change in changes:
        first_weights.value = linalg.add(
            learned_weights, [[weight_change, 0.0], [0.0, 0.0], [0.0, 0.0]])
        first_biases.value = linalg.add(learned_biases, [[bias_change, 0.0, 0.0]])
        row.append(loss(bands_network.forward(inputs), targets))
    slice_heights.append(row)
first_weights.value, first_biases.value = learned_weights, learned_biases

draw.show(draw.landscape(
    changes, changes, slice_heights, title="A slice through 21 dimensions",
    x_label="weight change", y_label="bias change", bar_label="loss",
    path=[(0.0, 0.0)], log=True,
))

# %% [markdown]
# The dot is where the network stands, in a narrow valley that bends. At the bottom left is a plain,
# on which nothing changes: there the neuron puts out 0 for every point, because its ReLU is off,
# and its weight makes no difference any more. Somebody who starts on a plain feels no slope. That
# is one more reason to start with weights of a sensible size, as in part 4.

# %% [markdown]
# A race to be held as often as you like: put the start, choose the learning rate, and see who
# arrives. (Momentum and Adam come in part 9.) Find the rate above which SGD diverges.
#
# ```widget landscape
# ```

# %% [markdown]
# ## What chance costs, and how the cost grows
#
# How many steps does each of the two take? First in a bowl of n weights, `loss = Σ w²`, all of them
# 1 at the start. Both walk until the loss is a tenth of what it was. The scale of the nudges is
# `0.7 / √n`, so that each is about 0.7 long, whatever n is; chance decides a lot here, so there are
# five walks, and the one in the middle counts. Gradient descent has the rate 0.25. (Its gradient is
# 2 · w, as you know from school.)

# %%
def nudges_needed(count, length, seed):
    """Return how many nudges it takes to bring the loss of a bowl down to a tenth."""
    weights = Parameter("weights", [[1.0] * count])
    optimizer = RandomAdjustment(Random(seed), scale=length / math.sqrt(count))

    def bowl():
        return linalg.dot(weights.value[0], weights.value[0])

    needed = 0
    while bowl() > 0.1 * count:
        optimizer.step([weights], bowl)
        needed += 1
    return needed


def steps_needed(count):
    """Return how many steps of gradient descent it takes."""
    weights = Parameter("weights", [[1.0] * count])
    optimizer = SGD(0.25)
    needed = 0
    while linalg.dot(weights.value[0], weights.value[0]) > 0.1 * count:
        weights.gradient = linalg.multiply(weights.value, 2.0)
        optimizer.step([weights])
        needed += 1
    return needed


by_nudges, by_gradient = {}, {}
for count in (4, 16, 64, 256):
    by_nudges[count] = statistics.median(
        nudges_needed(count, 0.7, seed) for seed in (1, 2, 3, 4, 5))
    by_gradient[count] = steps_needed(count)
    print(f"{count:3} weights: {by_nudges[count]:4} nudges, "
          f"{by_gradient[count]} gradient steps")

# %% [markdown]
# Four times as many weights, about four times as many nudges, while the steps against the slope
# stay as few as they were. With a million weights it would be millions of nudges. Two things come
# together here. Of a nudge of the same length, only the share `0.8 / √n` leads downhill: that is
# what the cosine said. And the way to the bottom is longer: n weights that are all 1 are `√n` away
# from 0. The way grows as `√n` and the steps shrink as `1 / √n`, so the number of steps grows as
# `√n · √n`, which is n. (Longer nudges are no help. Most of a nudge goes sideways, and so away from
# the bottom.)
#
# A network is no round bowl. Many different weights do the same, so the way down is broader. Here
# is the larger network of above in three widths, on the same spiral, recorded once. Counted are the
# looks at all points until the loss is below 0.5. A nudge is two looks; a step of gradient descent
# counts as three, one forward and two for the way back. For both the best of a few scales or rates
# is taken, and of three starts the one in the middle.

# %%
cost = {}
for row in RECORDS["nudges"]["rows"]:
    best_nudges = min(statistics.median(looks) for looks in row["nudges"].values())
    best_steps = min(statistics.median(looks) for looks in row["gradient"].values())
    cost[row["parameters"]] = best_nudges / best_steps
    print(f"{row['parameters']:4} parameters: {best_nudges:4.0f} / {best_steps:3.0f} "
          f"looks = {best_nudges / best_steps:.1f}")

# %% [markdown]
# Each line has first the looks by nudges, then those by the gradient. Chance costs about ten times
# as much as the slope. In the bowl the ratio grew as fast as the number of weights; here there are
# ten times as many parameters in the last line as in the first, and the ratio goes from 8 to 10.
# Both methods even need fewer looks in a larger network, since it has weights to spare. But the
# slope gains from that as much as chance does. And all this is only the easy first part of the way:
# the closer to the bottom, the more exactly a step has to aim.

# %% [markdown]
# ## What to notice
#
# - Both strategies need only the loss, no derivative. They work for anything that can be measured,
#   and they are the first thing to compare a better method with.
# - Keeping what was good is worth more than many fresh tries.
# - A random direction is a bad direction, and the more weights matter the worse it gets.
# - Two extra looks at the loss gave both slopes of the neuron. For the 21 weights it would be 21
#   looks, for a million weights a million, for a single step. Part 9 gets *all* slopes for about as
#   much work as two looks. That is what made neural networks possible.

# %% [markdown]
# ## What usually goes wrong
#
# **Steps of the wrong size.** Nudges that are too small always find a way down, but crawl; nudges
# that are too large jump across the valley and are hardly ever kept.

# %%
by_scale = {}
for scale in (0.001, 0.05, 30.0):
    by_scale[f"scale {scale}"] = search(
        new_network(2), bands, RandomAdjustment(Random(3), scale), steps=300)
final = {name: curve[-1][1] for name, curve in by_scale.items()}
for name, value in final.items():
    print(f"{name:<11} loss {value:.2f}")
draw.show(draw.lines(by_scale, title="Nudges of three sizes", x_label="step",
                     y_label="loss"))

# %% [markdown]
# The lines of the smallest and of the largest nudges lie on each other: in both cases nothing
# happens, for opposite reasons. Every method of this book has such a number, and it will go on
# being the first thing to try when nothing moves.
#
# **The same chance again and again.** A generator that is made anew in each step begins anew in
# each step, so it is always the same nudge. It is kept as long as it helps, and then never
# again. Make the generator once, outside of the loop.

# %%
def after_200_nudges(new_rng_each_time):
    candidate, rng = new_network(2), Random(10)

    def measure():
        return loss(candidate.forward(inputs), targets)

    for _ in range(200):
        if new_rng_each_time:
            rng = Random(10)
        RandomAdjustment(rng).step(candidate.parameters(), measure)
    return measure()


stuck_loss, mended_loss = after_200_nudges(True), after_200_nudges(False)
print(f"the same nudge 200 times: loss {stuck_loss:.2f}")
print(f"200 different nudges:     loss {mended_loss:.2f}")

# %% [markdown]
# ## Exercises
#
# 1. Write a step of strategy 2 and more yourself: `python3 -m purenn exercise 8` makes a file with
#    holes, `python3 -m purenn check FILE` looks at what you put into them.
# 2. On the map of the line, how many steps does each of the two methods need until the loss is
#    below 0.15? Try other seeds and other learning rates. At which rate does the walk against the
#    slope jump out of the bowl?
# 3. Strategy 2 nudges all weights at once. Write one that nudges a single weight, chosen at random.
#    Does it get down faster on the bands?
#
# ## Where it comes from
#
# Augustin-Louis Cauchy described gradient descent in 1847, to compute the orbits of planets.
# Herbert Robbins and Sutton Monro proved in 1951 that noisy slopes are enough. Random search is as
# old as the computer: Leonard Rastrigin and Josef Matyas studied it in the 1960s, and Ingo
# Rechenberg bent steel plates in a wind tunnel with it. His *evolution strategies* choose the size
# of the nudges as they go, and are still used where no slope is to be had.
#
# - A. Cauchy: *Méthode générale pour la résolution des systèmes d'équations simultanées*. Comptes
#   rendus 25, 1847.
# - H. Robbins, S. Monro: *A stochastic approximation method*. Annals of Mathematical Statistics 22,
#   1951.
# - I. Rechenberg: *Evolutionsstrategie*. Frommann-Holzboog, 1973.
#
# ## Where the real thing lives
#
# - [`RandomSearch` and `RandomAdjustment`](../optimizers.py#RandomSearch), and the function
#   that they share.
# - [`SGD`](../optimizers.py#SGD): against the slope, and what else can be done with it.
# - [`MeanSquaredError`](../losses.py#MeanSquaredError): the loss for targets that are numbers.
#
# Next: [part 9](part_09_backpropagation.py), where all the slopes come from.
