# %% [markdown]
# # Part 7: Cross-entropy
#
# To make a network better one has to know how wrong it is, in one number. That number is the loss,
# which part 5 met in passing. After this part you can say why accuracy will not do, compute the
# loss that nearly all classifiers use, explain it in two ways (maximum likelihood and entropy),
# derive its gradient by hand (it ends in `p − y`, the shortest formula of the book), and check such
# a derivation against the loss itself.

# %%
import math
from random import Random

from purenn import (
    CategoricalCrossEntropy, Dense, MeanSquaredError, Network, Sigmoid,
    SigmoidCrossEntropy, Softmax, SoftmaxCrossEntropy, Tanh, accuracy, draw, gradcheck,
    linalg, normal,
)
from purenn.data import gaussians, one_hot

# %% [markdown]
# ## The finished thing first
#
# Thirty points in three clouds, and a network of a single dense layer, with weights that are about
# right: each row points to the middle of its cloud. We turn *one* weight slowly from −4 to 6, leave
# all others alone, and write down two things at each place: the accuracy, which is the share of
# right answers, and the loss that this part is about.

# %%
data = gaussians(size=30, classes=3, noise=0.6, rng=Random(1))
inputs, targets = list(data.inputs), data.targets
rng = Random(2)
layer = Dense(2, 3, rng)
network = Network([layer])
loss = SoftmaxCrossEntropy()  # what this is will be clear in a moment

places = [-4.0 + 10.0 * k / 400 for k in range(401)]
accuracies = []
losses = []
for place in places:
    layer.weights.value = [[place, 0.0], [-1.0, 1.7], [-1.0, -1.7]]
    scores = network.predict(inputs)
    accuracies.append(accuracy(scores, targets))
    losses.append(loss(scores, targets))

draw.show(draw.beside(
    [
        draw.lines({"accuracy": list(zip(places, accuracies))},
                   title="Accuracy", x_label="the weight", y_label="share that is right"),
        draw.lines({"loss": list(zip(places, losses))},
                   title="Loss", x_label="the weight", y_label="cross-entropy"),
    ],
    title="One weight is turned", columns=1,
))

# %% [markdown]
# ## Why not accuracy
#
# Accuracy is what we want in the end. But look at the picture with the eyes of somebody who stands
# at one place and wants to know where to go. The accuracy is made of **flat steps**. It changes
# only where a point crosses the border, and between these places it says: all the same. The loss
# slopes everywhere, and the slope points the way. In numbers: how often does a small turn of the
# weight change the one and the other?

# %%
accuracy_changes = len([1 for a, b in zip(accuracies, accuracies[1:]) if a != b])
loss_changes = len([1 for a, b in zip(losses, losses[1:]) if a != b])
lowest = losses.index(min(losses))
best = [place for place, value in zip(places, accuracies) if value == max(accuracies)]
late = {accuracies[k] for k in range(401) if places[k] > 2.0}
print("400 small turns of the weight")
print(f"the accuracy changes {accuracy_changes} times, the loss {loss_changes}")
print(f"different accuracies to the right of 2: {len(late)}")
print(f"the loss is lowest near {places[lowest]:.1f}")
print(f"accuracy there: {accuracies[lowest]:.1%}")
print(f"best accuracy: {max(accuracies):.1%}, {best[0]:.2f} to {best[-1]:.2f}")

# %% [markdown]
# For the accuracy, everything to the right of 2 is one long step. The loss has its lowest place
# there, and slopes down to it from both sides.
#
# Look closely: the two do not agree on the best place. The accuracy is highest elsewhere, by one
# point of thirty. That is no contradiction. The loss asks of all thirty points how much probability
# the right class gets, the accuracy only on which side of a border each of them lies. Where one
# point lies just on this side or just on that says little about the next thirty points. Usually the
# two go together; they are not the same.
#
# There is a second reason. Accuracy does not see how *sure* an answer is. Here are two answers for
# one example of class 0, as probabilities for the three classes. Both are right. But the first
# was nearly a mistake.

# %%
hesitant, certain = [[0.34, 0.33, 0.33]], [[0.98, 0.01, 0.01]]
on_probabilities = CategoricalCrossEntropy()
for name, probabilities in [("hesitant", hesitant), ("certain", certain)]:
    print(f"{name:9} accuracy {accuracy(probabilities, [0]):.0%}, "
          f"loss {on_probabilities(probabilities, [0]):.2f}")

# %% [markdown]
# ## The loss from probabilities
#
# Somebody gave probability p to what then happened. How surprised will they be? If p was 1, not
# at all; if it was 0.9, a little. The smaller p, the more. **Cross-entropy** measures this by the
# logarithm:
#
# ```formula
# loss of one example  =  −log p[c]
# ```
#
# c is the right class. `log` is the natural logarithm, the inverse of `exp`. Logarithms of numbers
# below 1 are negative; the minus makes the loss positive. Why the logarithm and not, say, 1 − p?
# Two answers follow further down; each of them leads to exactly this formula.

# %%
ps = [k / 200 for k in range(1, 201)]
draw.show(draw.lines(
    {"−log p": [(p, -math.log(p)) for p in ps]},
    title="Surprise", x_label="p of the right class", y_label="loss",
))
for chance in (1.0, 0.5, 0.1, 0.001):
    print(f"p = {chance:<5}  loss {abs(math.log(chance)):.3f}")

# %% [markdown]
# For a batch, take the mean over the examples. By hand and by the library:

# %%
probabilities = [[0.7, 0.2, 0.1], [0.1, 0.5, 0.4], [0.2, 0.2, 0.6]]
classes = [0, 1, 1]  # the third answer is wrong: it prefers class 2

total = 0.0
for row, c in zip(probabilities, classes):
    total += -math.log(row[c])
loss_by_hand = total / len(classes)
loss_from_library = on_probabilities(probabilities, classes)
print(f"by hand {loss_by_hand:.6f}, library {loss_from_library:.6f}")

# %% [markdown]
# Targets can be written in two ways. As **class numbers**, counted from 0, as above. Or
# **one-hot**: a row for each example, 1 in the place of the right class, 0 elsewhere. One-hot rows
# are probabilities too, of somebody who knows. With targets y the loss is
#
# ```formula y[k]: target; p[k]: prediction
# loss of one example  =  −Σ[k] y[k] · log p[k]
# ```
#
# and since all y but one are 0, only `−log p[c]` is left. The two must give the same.

# %%
y = one_hot(classes, 3)
loss_one_hot = on_probabilities(probabilities, y)
for row in y:
    print(row)
print(f"class numbers {loss_from_library:.6f}")
print(f"one-hot       {loss_one_hot:.6f}")

# %% [markdown]
# ## The first answer: maximum likelihood
#
# Take the network at its word: its probabilities are a claim about how the data come about. How
# probable are then the classes that we have really seen? For n examples, write q[1], q[2], … q[n]
# for the probability of the right class of each: what was p[c] for one example. If the examples are
# independent of each other, these probabilities multiply. The product is called the **likelihood**
# of the network. To choose the weights for which it is largest is one of the oldest rules of
# statistics, **maximum likelihood**.
#
# Products of many small numbers are unwieldy, so one takes the logarithm, which turns the product
# into a sum and does not change which weights are best (it grows where its argument grows). And one
# puts a minus in front and divides by n, so that smaller is better and the number of examples does
# not matter:
#
# ```formula
# likelihood  =  q[1] · q[2] · … · q[n]
# loss  =  −log likelihood / n
#       =  −(log q[1] + log q[2] + … + log q[n]) / n
# ```
#
# That is the cross-entropy of the batch. **Training with cross-entropy is maximum likelihood.**

# %%
likelihood = 1.0
for row, c in zip(probabilities, classes):
    likelihood *= row[c]
print(f"likelihood     {likelihood:.4f}")
print(f"exp(−3 · loss) {math.exp(-3 * loss_by_hand):.4f}")

coins = 0.5 ** 2000  # two thousand examples, each with probability one half
print("two thousand coins")
print(f"likelihood as a float: {coins}, loss {-math.log(0.5):.4f}")

# %% [markdown]
# The coins show why nobody multiplies: the product is less than the smallest float, and 0 is all
# that is left.

# %% [markdown]
# ## The second answer: entropy
#
# So far one class was right and all others wrong. But think of a weather forecast in a place where
# three days of four are sunny, one is rainy, and nobody can know beforehand which. Then the *truth
# itself* is a **distribution**: one probability for each case, together 1. Here, with sun first, it
# is `y = (0.75, 0.25)`. The forecaster announces a distribution too, p. How large will the surprise
# be, on average over many days? Sun comes in three quarters of all cases and costs −log p[0], rain
# in one quarter and costs −log p[1]:
#
# ```formula y[k]: true distribution; p[k]: prediction
# cross-entropy(y, p)  =  −Σ[k] y[k] · log p[k]
# entropy(y)  =  −Σ[k] y[k] · log y[k]
# ```
#
# The first is the **cross-entropy** of two distributions, the true one and the predicted one. The
# second is what is left of it when the prediction is the truth: the **entropy** of y. It is the
# surprise that nobody can avoid.

# %%
def cross_entropy(y, p):
    total = 0.0
    for k in range(len(y)):
        if y[k] > 0:  # what never happens surprises nobody
            total -= y[k] * math.log(p[k])
    return total


weather = [0.75, 0.25]
entropy = cross_entropy(weather, weather)
forecasts = {"the truth": weather, "a coin": [0.5, 0.5], "an optimist": [0.99, 0.01]}
surprises = {name: cross_entropy(weather, p) for name, p in forecasts.items()}
for name, surprise in surprises.items():
    print(f"{name:<11} {surprise:.3f}, above the entropy {surprise - entropy:.3f}")

qs = [k / 200 for k in range(1, 200)]
by_forecast = [(q, cross_entropy(weather, [q, 1.0 - q])) for q in qs]
best_forecast = min(by_forecast, key=lambda pair: pair[1])[0]
draw.show(draw.lines(
    {"cross-entropy": by_forecast, "entropy of the truth": [(q, entropy) for q in qs]},
    title="Three days of four are sunny: what should be forecast?",
    x_label="forecast probability of sun", y_label="mean surprise",
))
print(f"least surprised is the forecast {best_forecast}")

# %% [markdown]
# Nobody beats the truth: the curve touches the line of the entropy at one place, where the forecast
# equals the true distribution, and lies above it everywhere else. (That is **Gibbs' inequality**.
# The distance is called the **Kullback-Leibler divergence**.) Now it is clear why this is a good
# loss:
#
# - Who wants it small has to say what he really believes. Exaggerating costs, hedging costs.
# - A one-hot target has entropy 0: one class is certain. So the loss of a classifier can go down to
#   0, *if* equal inputs always have equal classes. Where they do not (of ten patients with the same
#   values seven are ill), even the best network keeps a loss, the entropy of the truth. If your
#   training loss falls far below that, the network is learning the rows by heart (part 10).
#
# Divide by log 2, and entropy is measured in **bits**: how many yes-or-no questions one has to ask
# on average. A fair coin has 1 bit, one of four equal cases 2 bits, our weather:

# %%
bits = {name: cross_entropy(y, y) / math.log(2.0) for name, y in {
    "a fair coin": [0.5, 0.5], "one of four": [0.25] * 4, "our weather": weather,
    "one-hot": [1.0, 0.0],
}.items()}
for name, number in bits.items():
    print(f"{name:<11} {number:.3f} bits")

# %% [markdown]
# One number to remember: whoever gives each of k classes the same probability 1/k has a loss of
# `−log(1/k) = log k`. For three classes that is log 3, about 1.099. A network that has not learned
# anything yet and is not too sure of itself is there. We put the weights back to a small random
# start:

# %%
layer.weights.value = normal(rng, 3, 2, deviation=0.01)
first_loss = loss(network.predict(inputs), targets)
print(f"first loss {first_loss:.3f}, log 3 = {math.log(3):.3f}")

# %% [markdown]
# ## The gradient, step by step
#
# Now the question that training asks: if this score grew a little, would the loss grow or shrink,
# and how fast? That is the slope of the loss in the direction of the score, `∂L/∂s[k]`, where L is
# the loss. (The curly ∂ says: there are several scores; this one moves, the others stay.) One slope
# for each score, all together: the gradient.
#
# One row of scores, class 1 is right. On the way from the scores to the loss stand the
# probabilities: s → p → L. A slope can also be *measured*: move a little to both sides, and divide
# the difference of the heights by the distance. This is called a **central difference**. We use it
# to check every step.

# %%
s = [2.0, 1.0, -1.0]
c = 1


def softmax(scores):
    return Softmax().forward([scores])[0]


def central_differences(f, xs):
    """Return the measured slope of f for each number of xs, while the others stay."""
    h = 1e-5
    slopes = []
    for k in range(len(xs)):
        above = f([*xs[:k], xs[k] + h, *xs[k + 1:]])
        below = f([*xs[:k], xs[k] - h, *xs[k + 1:]])
        slopes.append((above - below) / (2.0 * h))
    return slopes


p = softmax(s)
print("p =", [round(number, 4) for number in p], " L =", round(-math.log(p[c]), 4))

# %% [markdown]
# **Step 1: from L back to p.** `L = −log p[c]`. The slope of log x is 1/x, so
#
# ```formula
# ∂L/∂p[c] = −1 / p[c]
# ```
#
# The other probabilities do not occur in L at all.

# %%
slope_of_loss = -1.0 / p[c]
[measured_step_1] = central_differences(lambda xs: -math.log(xs[0]), [p[c]])
print(f"step 1: {slope_of_loss:.6f}, measured {measured_step_1:.6f}")

# %% [markdown]
# **Step 2: from p[c] back to the scores.** Write e[k] for exp(s[k]) and S for their sum, so
# `p[c] = e[c] / S`. The slope of exp is exp itself: if s[k] moves, e[k] has slope e[k], and S has
# slope e[k] too. The quotient rule, (u/v)′ = (u′·v − u·v′) / v², gives two cases for `∂p[c]/∂s[k]`.
#
# ```formula
# k = c:   (e[c]·S − e[c]·e[c]) / S²  =  p[c] · (1 − p[c])
# k ≠ c:   (0·S − e[c]·e[k]) / S²  =  −p[c] · p[k]
# ```
#
# In words: its own score raises a probability, every other score lowers it.

# %%
slopes_of_p = [p[c] * (1.0 - p[c]) if k == c else -p[c] * p[k] for k in range(3)]

measured_step_2 = central_differences(lambda xs: softmax(xs)[c], s)
print("step 2:  ", [round(slope, 6) for slope in slopes_of_p])
print("measured:", [round(slope, 6) for slope in measured_step_2])

# %% [markdown]
# **Step 3: the two in a row.** If L depends on p and p on s, the slopes multiply. (If a car is
# twice as fast as a bicycle, and the bicycle four times as fast as a walker, the car is 2 · 4 times
# as fast as the walker.) This is the **chain rule**.
#
# ```formula
# k = c:   −1/p[c] · p[c] · (1 − p[c])  =  p[c] − 1
# k ≠ c:   −1/p[c] · (−p[c] · p[k])  =  p[k]
# ```
#
# The p[c] cancels. **Step 4: one formula for both.** With the one-hot y, which is 1 at c and 0
# elsewhere, both cases are
#
# ```formula y[k]: target; p[k]: prediction
# ∂L/∂s[k] = p[k] − y[k]
# ```

# %%
chained = [slope_of_loss * slope for slope in slopes_of_p]
short = [p[k] - (1.0 if k == c else 0.0) for k in range(3)]
measured_whole = central_differences(lambda xs: -math.log(softmax(xs)[c]), s)
print("step 3:  ", [round(slope, 6) for slope in chained])
print("p − y:   ", [round(slope, 6) for slope in short])
print("measured:", [round(slope, 6) for slope in measured_whole])

# %%
names = [f"score {k}" for k in range(3)]
draw.show(draw.beside(
    [
        draw.bars(dict(zip(names, p)), title="p: what it said",
                  y_label="probability"),
        draw.bars(dict(zip(names, [0.0, 1.0, 0.0])), title="y: what was right",
                  y_label="probability"),
        draw.bars(dict(zip(names, short)), title="p − y: the gradient",
                  y_label="gradient"),
    ],
    title="The gradient of cross-entropy is the difference",
))

# %% [markdown]
# Read the third picture. The gradient is negative for the right score: if it grows, the loss
# shrinks. It is positive for the others: they should go down, each as much as it had claimed too
# much. Training moves against the gradient. The bars add up to 0, and when p equals y, there is
# nothing left to do.
#
# **Step 5: the batch.** The loss of a batch is a mean: each example counts for 1/n of it. So does
# its gradient. With P and Y as matrices, one row for each example:
#
# ```formula Y: targets; P: predictions
# gradient = (P − Y) / n
# ```

# %%
batch_scores = [[2.0, 1.0, -1.0], [0.5, 0.0, 0.25], [-1.0, 3.0, 1.0], [0.0, 0.0, 0.0]]
batch_classes = [1, 0, 1, 2]
n = len(batch_scores)
batch_p = Softmax().forward(batch_scores)
gradient_by_hand = linalg.divide(linalg.subtract(batch_p, one_hot(batch_classes, 3)), n)
gradient_from_library = loss.gradient(batch_scores, batch_classes)
gradient_difference = linalg.item(
    linalg.max(linalg.abs(linalg.subtract(gradient_by_hand, gradient_from_library)))
)
print("row 0, (p − y) / 4:")
print([round(slope, 6) for slope in gradient_from_library[0]])
print("largest difference to the library's:", gradient_difference)

# %% [markdown]
# Slide the scores, and look at the last column: it is the gradient that was just derived. When does
# it vanish?
#
# ```widget softmax
# ```

# %% [markdown]
# ## The fused form: straight from the scores
#
# So far we took two steps, softmax and then the logarithm. Put them together, and look what happens
# to the right score:
#
# ```formula
# −log(exp(s[c]) / S)  =  log S − log exp(s[c])
#                      =  log S − s[c]
# S  =  exp(s[0]) + exp(s[1]) + …
# ```
#
# Logarithm and exponential cancel. No probability has to be computed. The first part is called
# **log-sum-exp**. To keep exp from overflowing, the largest score m is subtracted from each first,
# as in part 6, and added back at the end: `log S = m + log(Σ[k] exp(s[k] − m))`.
#
# `SoftmaxCrossEntropy` is this, and therefore takes *scores*. That is why our networks end with a
# dense layer, and not with a softmax.

# %%
def fused(scores, right):
    m = max(scores)
    total = 0.0
    for score in scores:
        total += math.exp(score - m)
    return m + math.log(total) - scores[right]


fused_by_hand = fused(s, c)
the_long_way = -math.log(p[c])
fused_from_library = loss([s], [c])
print(f"by hand      {fused_by_hand:.9f}")
print(f"library      {fused_from_library:.9f}")
print(f"the long way {the_long_way:.9f}")

# %% [markdown]
# ## Checked numerically, all of it
#
# What we did with `central_differences` for three scores, `gradcheck.check` does for every number
# of a network: each weight, each bias, each input. Nobody should trust a derivation, least of all
# one's own, before it has passed this. The next parts will say how the gradient gets from the
# scores to the weights; the check can be used already. (A **kink** is a corner, like that of ReLU
# at 0. There is no slope to compare there, so the check leaves such numbers out.) The report names
# the number where the two differ most: analytic is the slope by the formulas, numeric the measured
# one.

# %%
rng = Random(3)
checked = Network([Dense(2, 4, rng), Tanh(), Dense(4, 3, rng)])
report = gradcheck.check(checked, loss, inputs[:5], targets[:5])
print(report)

# %% [markdown]
# ## An aside: when the target is a number
#
# A rent or a temperature is no class; there is no probability to be surprised at. The usual loss
# is the mean of the squared differences, with the slope `2·(s − t)`, and the same division by the
# number of examples. (With several columns, by all numbers of the matrix.)

# %%
squared = MeanSquaredError()
outputs, values = [[2.0], [5.0]], [[3.0], [3.0]]
squared_gradient = squared.gradient(outputs, values)
squared_measured = central_differences(
    lambda xs: squared([[x] for x in xs], values), [2.0, 5.0]
)
print("loss    ", squared(outputs, values))
print("gradient", linalg.ravel(squared_gradient))
print("measured", [round(slope, 6) for slope in squared_measured])

# %% [markdown]
# Why not take it for classes as well, on probabilities? It punishes too gently where it matters.
# Take a yes-or-no question whose answer is yes, with one score, and a sigmoid that makes the
# probability of yes. On the left of the picture the network is surely wrong. Cross-entropy is steep
# there. The squared error is flat: wrong as can be, and hardly any slope to tell it so.

# %%
line = [-8.0 + 0.1 * k for k in range(161)]


def cross_entropy_of_yes(score):
    return SigmoidCrossEntropy()([score], [1])


def squared_error_of_yes(score):
    return squared(Sigmoid().forward([score]), [[1.0]])


draw.show(draw.lines(
    {
        "cross-entropy": [(score, cross_entropy_of_yes([score])) for score in line],
        "squared error": [(score, squared_error_of_yes([score])) for score in line],
    },
    title="Two losses when the answer is yes", x_label="score", y_label="loss",
))
[steep] = central_differences(cross_entropy_of_yes, [-8.0])
[flat] = central_differences(squared_error_of_yes, [-8.0])
print("slopes at score −8")
print(f"cross-entropy {steep:.3f}, squared error {flat:.4f}")

# %% [markdown]
# ## What to notice
#
# - Accuracy is for people, the loss is for training. They usually go together, but not always: the
#   loss can grow while the accuracy stays, when wrong answers become surer.
# - The gradient `(p − y) / n` has no logarithm and no division by p in it. Nothing in it can
#   overflow. That is no luck: softmax and cross-entropy belong together.
# - The 1/n stands in the loss, once. Nothing that comes later divides again.
# - A first loss near log k says that the start is healthy. A first loss of 20 says that the network
#   is sure and wrong before it has seen anything: look at the starting weights, and at the inputs.

# %% [markdown]
# ## What usually goes wrong
#
# **log(0).** Let the scores be 1000 apart, and the wrong one ahead. The probability of the right
# class is then exp(−1000), less than the smallest floating point number, so it becomes 0. Its
# logarithm is minus infinity.

# %%
far_apart, right = [[0.0, 1000.0]], [0]
softmax_layer = Softmax()
zero_and_one = softmax_layer.forward(far_apart)
long_loss = on_probabilities(zero_and_one, right)
long_gradient = softmax_layer.backward(on_probabilities.gradient(zero_and_one, right))
print("probabilities:", zero_and_one)
print("loss:", long_loss, " gradient:", long_gradient)

# %% [markdown]
# An infinite loss is the *truth* about these probabilities: whoever says "impossible" of what then
# happens is infinitely wrong. But the gradient is `nan`, *not a number*: one such example, and
# after the next step the weights of the network are nan, all of them.
#
# The mend that you will meet in many books is a small constant, **epsilon**: probabilities below
# 0.0000001 are raised to it before the logarithm is taken. The loss is finite then. It is also a
# lie, and the gradient does not know of it. We build this loss (in the library, a loss is a class
# with a method that returns both, the value and the gradient), leave the gradient p − y as it is,
# and let the checker look.

# %%
class WithEpsilon(SoftmaxCrossEntropy):
    def value_and_gradient(self, scores, targets):
        _, gradient = super().value_and_gradient(scores, targets)  # p − y, as before
        logs = linalg.elementwise(
            lambda p: math.log(max(p, 1e-7)), Softmax().forward(scores))
        of_right_class = linalg.multiply(one_hot(targets, len(scores[0])), logs)
        return -linalg.item(linalg.mean(linalg.sum(of_right_class, axis=1))), gradient


sure = Network([Dense(1, 2, Random(4))])
next(sure.parameters()).value = [[-10.0], [10.0]]  # surely class 1 for positive inputs
ceiling = WithEpsilon()(far_apart, right)
print(f"at scores 1000 apart this loss is {ceiling:.2f}")
epsilon_report = gradcheck.check(sure, WithEpsilon(), [[1.0], [2.0]], [0, 0])
print(epsilon_report)

# %% [markdown]
# The loss has a ceiling at −log(0.0000001), about 16. There it is flat: the true slope of
# *this* loss is 0 while the gradient says p − y. **A loss and its gradient must belong together**;
# if they do not, no check can be trusted any more. And if one took the true slope, 0, the network
# would not learn from exactly those examples where it is most wrong. So there is no epsilon in
# purenn. The fused form does not need any: no probability is computed, so none can be lost.
#
# In the picture there are two classes, and the score of the wrong one is 0.

# %%
scores_line = [-40.0 + 0.5 * k for k in range(101)]
draw.show(draw.lines(
    {
        "fused": [(x, loss([[x, 0.0]], [0])) for x in scores_line],
        "with epsilon": [(x, WithEpsilon()([[x, 0.0]], [0])) for x in scores_line],
    },
    title="Epsilon cuts the loss off where it matters",
    x_label="score of the right class", y_label="loss",
))

fused_far_by_hand = fused(far_apart[0], right[0])
fused_loss = loss(far_apart, right)
fused_gradient = loss.gradient(far_apart, right)
fused_report = gradcheck.check(sure, loss, [[1.0], [2.0]], [0, 0])
print("scores 1000 apart")
print("by hand", fused_far_by_hand, " library", fused_loss)
print("gradient", fused_gradient)
print("the checker says:", "all right" if fused_report.ok else "wrong")

# %% [markdown]
# **Softmax twice.** The network ends with a `Softmax` layer, and the loss does softmax again.
# Nothing crashes and it even learns. But probabilities are taken for scores, and those lie between
# 0 and 1: never far apart. Even the perfect answer has a loss that will not go below a floor.

# %%
perfect = [[1000.0, 0.0, 0.0]]
twice = loss(Softmax().forward(perfect), [0])
once = loss(perfect, [0])
print("loss of a perfect answer")
print(f"softmax twice {twice:.3f}, once {once:.3f}")

# %% [markdown]
# **The mean forgotten.** The gradient is P − Y, and the 1/n is missing. It still points the right
# way, so a network learns with it, only with steps n times too large. The checker sees it at once,
# and says what it looks like.

# %%
class NotAveraged(SoftmaxCrossEntropy):
    def value_and_gradient(self, scores, targets):
        value, gradient = super().value_and_gradient(scores, targets)
        return value, linalg.multiply(gradient, len(scores))


not_averaged_report = gradcheck.check(checked, NotAveraged(), inputs[:5], targets[:5])
print(not_averaged_report.hint)

# %% [markdown]
# **Classes counted from 1.** With three classes the numbers are 0, 1, 2. A 3 would silently take
# the wrong place in some libraries; here it is an error that says what to do.

# %%
from_one_message = ""
try:
    loss(batch_scores, [1, 2, 3, 1])
except ValueError as error:
    from_one_message = str(error)
print(from_one_message)
mended_loss = loss(batch_scores, [number - 1 for number in [1, 2, 3, 1]])
print(f"with 1 subtracted from each: {mended_loss:.3f}")

# %% [markdown]
# ## Exercises
#
# 1. Write one-hot rows, the fused loss and its gradient yourself: `python3 -m purenn exercise 7`
#    makes the file, `python3 -m purenn check FILE` grades it.
# 2. `SigmoidCrossEntropy` is the loss for yes or no. With `p = sigmoid(s)` the loss is
#    `−y·log p − (1 − y)·log(1 − p)`. Derive its slope in s, in the same five steps. It ends well.
# 3. What is the loss of a network with two classes that always says "99%" and is right in 90 of
#    100 cases? What should it say instead to make its loss smallest? Try some numbers.
#
# ## Where it comes from
#
# Claude Shannon measured surprise by the logarithm in 1948 and called its mean entropy, since
# Boltzmann's formula for heat looks the same. Maximum likelihood is older: Gauss and others used
# it, and Ronald Fisher gave it its name and its theory from 1912 to 1922. Solomon Kullback and
# Richard Leibler described the distance of two distributions in 1951. For networks the pair of
# softmax and cross-entropy became usual around 1990; before that most were trained with squared
# errors.
#
# - C. E. Shannon: *A mathematical theory of communication*. Bell System Technical Journal 27, 1948.
# - R. A. Fisher: *On the mathematical foundations of theoretical statistics*. Philosophical
#   Transactions of the Royal Society A 222, 1922.
# - S. Kullback, R. A. Leibler: *On information and sufficiency*. Annals of Mathematical Statistics
#   22, 1951.
# - C. M. Bishop: *Pattern Recognition and Machine Learning*, chapter 4. Springer, 2006.
#
# ## Where the real thing lives
#
# - [`SoftmaxCrossEntropy`](../losses.py#SoftmaxCrossEntropy): the fused form, value and gradient in
#   one method of five lines.
# - [`CategoricalCrossEntropy`](../losses.py#CategoricalCrossEntropy): the long way, on
#   probabilities.
# - [`MeanSquaredError`](../losses.py#MeanSquaredError) and the others for numbers.
# - [`check`](../gradcheck.py#check): the gradient checker, and why h is what it is.
#
# Next: [part 8](part_08_optimization.py): we have a number for how wrong a network is. Now make it
# smaller.
