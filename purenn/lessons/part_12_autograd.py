# %% [markdown]
# # Part 12: Autograd
#
# In part 9 we worked out by hand how gradients run backwards through each layer. Most libraries do
# not ask their users for that: the numbers remember how they came about, and the library finds the
# gradients. This is called **automatic differentiation**, or **autograd**. After this part you can
# write autograd yourself on one page, check it against the gradients of part 9, and say what it
# saves and what it costs. The parts from here on lead to a small language model; its gradients are
# found both ways, and must agree.

# %%
import statistics
import sys
import time
from random import Random

from purenn import Dense, Network, ReLU, SigmoidCrossEntropy, draw, linalg
from purenn.data import moons
from purenn.initializers import normal_deviate
from purenn.lessons.recorded import RECORDS
from purenn.sequences import names
from purenn.sequences.autograd import Tape, Tracked, Value
from purenn.sequences.autograd.microgpt import microgpt
from purenn.sequences.autograd.same_model import by_layers, by_numbers, by_tape

# %% [markdown]
# ## The finished thing first
#
# A `Value` is a number that remembers. Calculate with it as with any number, then say `backward()`
# to the result, and every number that went into it knows its gradient:

# %%
a, b, c = Value(2.0), Value(-3.0), Value(10.0)
L = (a * b + c) ** 2
L.backward()
print("L =", L.data)
print("dL/da =", a.gradient, " dL/db =", b.gradient, " dL/dc =", c.gradient)

# %% [markdown]
# Nobody wrote a formula for these three. And what works for one line works for a network. Here is a
# network with eight hidden neurons that learns to tell two moons apart. There is no layer in it, no
# `backward` of a layer, and not a single matrix: only numbers in loops, as in part 1.

# %%
data = moons(size=60, noise=0.1, rng=Random(1))
rng = Random(2)
hidden_weights = [[Value(normal_deviate(rng)) for _ in range(2)] for _ in range(8)]
hidden_biases = [Value(0.0) for _ in range(8)]
output_weights = [Value(0.5 * normal_deviate(rng)) for _ in range(8)]
output_bias = Value(0.0)
learned = [*(w for row in hidden_weights for w in row), *hidden_biases, *output_weights,
           output_bias]


def neuron(weights, bias, xs):
    total = bias
    for w, x in zip(weights, xs):
        total = total + w * x
    return total


def score(x):
    hidden = [neuron(weights, bias, x).relu()
              for weights, bias in zip(hidden_weights, hidden_biases)]
    return neuron(output_weights, output_bias, hidden)


def mean_loss(inputs, targets):
    """Return the mean of log(1 + exp(−s)) where the answer is yes, of log(1 + exp(s)) where no."""
    total = Value(0.0)
    for x, target in zip(inputs, targets):
        wrong_way = -score(x) if target == 1 else score(x)
        total = total + (wrong_way.exp() + 1.0).log()
    return total * (1.0 / len(inputs))


curve = []
for _ in range(200):
    for number in learned:
        number.gradient = 0.0
    moon_loss = mean_loss(data.inputs, data.targets)
    moon_loss.backward()
    for number in learned:
        number.data -= 1.0 * number.gradient
    curve.append(moon_loss.data)

answers = [1 if score(x).data > 0 else 0 for x in data.inputs]
moon_accuracy = [a == t for a, t in zip(answers, data.targets)].count(True) / len(answers)
print(f"loss {curve[0]:.3f} → {curve[-1]:.3f}, right: {moon_accuracy:.0%} of {len(answers)} points")
draw.show(draw.regions(lambda rows: [[score(x).data] for x in rows], data, steps=24,
                       title="Two moons, told apart by numbers that remember"))

# %% [markdown]
# ## What a number has to remember
#
# Take the first line apart. It makes three new numbers, one after the other:
#
# ```formula
# p = a · b
# q = p + c
# L = q²
# ```
#
# Each is made of one or two others, its **parents**, and for each parent there is a **slope**: how
# fast the new number grows with it, while the other parent stays. The slopes of the three
# operations are school mathematics:
#
# ```formula
# p = a · b:   dp/da = b,   dp/db = a
# q = p + c:   dq/dp = 1,   dq/dc = 1
# L = q²:   dL/dq = 2 · q
# ```
#
# Note that they are *numbers*, and known as soon as the operation is done: b is −3, so the slope
# of p by a is −3. Parents and slopes are all that has to be remembered. `Value` keeps them beside
# the number itself. With it, we look at the whole graph, from L back to where it began.

# %%
known = {id(a): "a", id(b): "b", id(c): "c", id(L): "L"}
for value in L.ordered():
    known.setdefault(id(value), "q" if value in L.parents else "p")
for value in reversed(L.ordered()):
    made = ", ".join(f"{known[id(parent)]} (slope {slope:g})"
                     for parent, slope in zip(value.parents, value.slopes))
    print(f"{known[id(value)]} = {value.data:<5g} gradient {value.gradient:<5g}"
          + (f" made of {made}" if made else ""))

# %% [markdown]
# ## Backwards
#
# The gradient of a number says how fast L grows with it. For L itself it is 1. Now go backwards.
# Each number hands to each parent its own gradient times the slope: that is the chain rule. With
# the numbers of the table:
#
# ```formula
# dL/dq = 1 · 2 · q  =  1 · 8  =  8
# dL/dp = 8 · 1  =  8      dL/dc = 8 · 1  =  8
# dL/da = 8 · (−3)  =  −24      dL/db = 8 · 2  =  16
# ```
#
# Two rules belong to it.
#
# 1. **What arrives by several ways adds up.** A number that is used twice reaches L by two ways,
#    and its gradient is the sum. (That was so for every bias and every shared weight in part 9.)
# 2. **A number hands on only when all has arrived.** So all numbers that were made of it must have
#    had their turn. Put the numbers in an order in which parents stand before what is made of them,
#    and go through it from its end.
#
# That is the whole method. Here it is once more, with addition and multiplication only:

# %%
class Small:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes, self.gradient = data, parents, slopes, 0.0

    def __add__(self, other):
        return Small(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Small(self.data * other.data, (self, other), (other.data, self.data))


def parents_first(value, order):
    """Put into the list all that this value was made of, and then the value."""
    if value not in order:
        for parent in value.parents:
            parents_first(parent, order)
        order.append(value)
    return order


def backward(value):
    value.gradient = 1.0
    for made in reversed(parents_first(value, [])):
        for parent, slope in zip(made.parents, made.slopes):
            parent.gradient += slope * made.gradient


x = Small(3.0)
y = x * x + x  # x is used three times: the slope of x² + x is 2x + 1
backward(y)
print(f"x² + x at 3 is {y.data:g}, its slope {x.gradient:g}")

# %% [markdown]
# `Value` adds what more is needed: powers, exp, log, ReLU, each with its slope, and a `backward`
# that does not call itself (see below for why). It stands on one page.

# %% [markdown]
# ## Checked: the same gradients as the layers'
#
# Take the network of the moons, put the same weights into two `Dense` layers, and let these find
# the gradients by the formulas of part 9. The loss is the one of part 7 for yes or no. If both are
# right, all 33 numbers must agree.

# %%
twin = Network([Dense(2, 8, Random(0)), ReLU(), Dense(8, 1, Random(0))])
for parameter, values in zip(twin.parameters(), (
        hidden_weights, [hidden_biases], [output_weights], [[output_bias]])):
    parameter.value = [[value.data for value in row] for row in values]

for number in learned:
    number.gradient = 0.0
moon_loss = mean_loss(data.inputs, data.targets)
moon_loss.backward()

twin_loss = SigmoidCrossEntropy()
scores = twin.forward(data.inputs, training=True)
twin.backward(twin_loss.gradient(scores, data.targets))
by_formula = [g for parameter in twin.parameters() for g in linalg.ravel(parameter.gradient)]
loss_difference = abs(twin_loss(scores, data.targets) - moon_loss.data)
gradient_difference = max(abs(number.gradient - g) for number, g in zip(learned, by_formula))
print(f"{len(learned)} gradients; largest difference {gradient_difference:.1e}, "
      f"of the losses {loss_difference:.1e}")

# %% [markdown]
# They agree but for rounding. The two have nothing in common but the mathematics: here one person's
# formulas for whole layers, there the slopes of five small operations. When two ways this different
# come to the same digits, both are right.

# %% [markdown]
# ## What it saves
#
# Derivations. Suppose you read of a loss that counts easy examples less, the *focal loss*, with p
# the probability of the right class:
#
# ```formula p: probability of the right class
# loss  =  −(1 − p)² · log p
# ```
#
# Its slope by the score takes half a page and is easily got wrong. With `Value` one writes the
# formula down, and that is all. We look at one example, and check with a central difference.

# %%
def focal(s):
    """Return the focal loss of a score whose answer is yes; s is a Value."""
    p = ((-s).exp() + 1.0) ** -1.0  # the sigmoid
    return (-p + 1.0) ** 2 * -p.log()


at = Value(0.4)
focal(at).backward()
h = 1e-5
focal_measured = (focal(Value(0.4 + h)).data - focal(Value(0.4 - h)).data) / (2 * h)
print(f"slope by autograd {at.gradient:.8f}, measured {focal_measured:.8f}")

# %% [markdown]
# That is why nearly everybody who tries new networks uses autograd. But note what it did *not* do.
# It did not find a derivative: those of ×, +, powers, exp, log and ReLU a person had to write down.
# It chains them. And it gave us a number, no insight: why the gradient of cross-entropy is p − y,
# and so cannot overflow, you would never have learned from it.
#
# ## What it costs
#
# Now the network that the next parts lead to: a small language model that learns to invent names.
# It has 4,192 weights. What matters here is only that it can be computed in two ways from the same
# weights: by layers with formulas, as all networks in this book, or number by number with `Value`.
# One step on one name:

# %%
recipe = microgpt(names(), steps=1000)
model = recipe.model
weights_in_model = len([w for one in model.parameters() for w in linalg.ravel(one.value)])
texts = [[int(first), *(int(token) for token in rest if token >= 0)]
         for (first, *_), rest in zip(recipe.inputs[:20], recipe.targets)]
name = max(texts, key=len)
layers_step, numbers_step = by_layers(model, name), by_numbers(model, name)


def apart(gradients, others):
    """Return the largest difference between two lists of matrices."""
    return max(abs(x - y) for A, B in zip(gradients, others)
               for x, y in zip(linalg.ravel(A), linalg.ravel(B)))


numbers_apart = apart(layers_step.gradients, numbers_step.gradients)
print(f"the name: {recipe.vocabulary.decode(name)!r}; weights: {weights_in_model:,}")
print(f"losses: {layers_step.loss:.12f} and {numbers_step.loss:.12f}")
print(f"largest difference of a gradient: {numbers_apart:.1e}")
print(f"numbers remembered for this one step: {numbers_step.remembered:,}")

# %% [markdown]
# The gradients agree again, all of them. But for one step on a single name, more than ten numbers
# were remembered for each weight of the model: an object with a list of parents and a list of
# slopes for every product of two numbers. That takes memory, and it takes time: soon we measure how
# much, beside a third way.
#
# ## One object for a matrix
#
# Must it be so? Nearly all those numbers belong to products of matrices. For these we know the way
# back as a whole (part 9, in the notation of `linalg`):
#
# ```formula G: gradient of the product
# C = A · Bᵀ:   dA = G · B,   dB = Gᵀ · A
# ```
#
# So remember the *matrix*: this one is the product of those two. The idea is the same, the chain
# rule from the end to the beginning. And there is no need to sort anything. Whatever is computed is
# written on a **tape**, in order; parents stand on it before what is made of them, because they had
# to be there first. The tape is read backwards.

# %%
tape = Tape()
A, B = Tracked([[1.0, 2.0], [3.0, 4.0]]), Tracked([[0.5, -1.0]])
product = tape.inner(A, B)  # A·Bᵀ
squashed = tape.relu(tape.scale(product, -1.0))
tape.backward(squashed, [[1.0], [1.0]])
print("A·Bᵀ =", product.value)
print("−A·Bᵀ through ReLU =", squashed.value)
print("gradient of A:", A.gradient)
print("gradient of B:", B.gradient)
print("on the tape:", len(tape.entries), "results")

# %% [markdown]
# Each operation of the tape is its formula and, for each input, one small function that hands the
# gradient on. `softmax`, `rms_norm` and the others of the language model are there too, and their
# derivatives are the ones that stand beside the layers. The same model once more, by the tape:

# %%
tape_step = by_tape(model, name)
tape_apart = apart(layers_step.gradients, tape_step.gradients)
print(f"largest difference of a gradient: {tape_apart:.1e}")
print(f"matrices remembered: {tape_step.remembered}")
draw.show(draw.bars({"numbers": numbers_step.remembered, "matrices": tape_step.remembered},
                    title="What is remembered for one step", y_label="objects"))

# %% [markdown]
# Some fifty objects instead of tens of thousands (the second bar is too short to be seen). And
# the time, here and now:

# %%
WAYS = {"layers, formulas": by_layers, "tape of matrices": by_tape, "numbers": by_numbers}
times = {name: [] for name in WAYS}
for text in texts[:5]:
    for name, way in WAYS.items():  # in turn: what slows the machine down slows all of them
        start = time.process_time()
        way(model, text)
        times[name].append(time.process_time() - start)
here = {name: 1000 * statistics.median(seconds) for name, seconds in times.items()}
draw.show(draw.bars(here, title="One step of the small language model, here and now",
                    y_label="milliseconds"))
for name, spent in here.items():
    print(f"{name:<18}{spent:>9.2f} ms, {spent / here['layers, formulas']:.2f} × the first")

# %% [markdown]
# These bars were measured when this page was made, by the Python that made it, on five names: the
# factor changes with the machine and with what else it does. Others, recorded once with more care,
# each compared within one Python:

# %%
print(f"recorded on: {RECORDS['autograd'][0]['machine']}")
ratios = {}
for entry in RECORDS["autograd"]:
    times = entry["milliseconds"]
    ratios[entry["python"]] = {way: times[way] / times["layers"] for way in ("tape", "numbers")}
    print(f"{entry['python']}: layers {times['layers']:.1f} ms, "
          f"tape {ratios[entry['python']]['tape']:.2f} × that, "
          f"numbers {ratios[entry['python']]['numbers']:.0f} × that")

# %% [markdown]
# So it is not autograd that is expensive. A tape of matrices costs little more than formulas in
# layers. **One object for each number is what costs.** It costs less on PyPy, which compiles loops,
# but it costs there, too. All large libraries therefore keep a tape, or a graph, of whole matrices;
# PyTorch, TensorFlow and JAX work so.
#
# Why has purenn layers with formulas all the same? Because it wants to show them. The formulas have
# to be written in any case, by somebody: on the tape, or in the layer. In a layer they stand beside
# the line that computes, and there is nothing in between.

# %% [markdown]
# ## What to notice
#
# - Autograd is no approximation. The gradients are exact but for rounding, unlike those of central
#   differences, which also need two forward passes for *each* weight.
# - All gradients together cost one way back, whatever their number. That is why it begins at the
#   loss: one number at the end, thousands at the beginning. (Beginning at the other side, *forward
#   mode*, needs one pass for each weight.)
# - The way back needs what the way forward has computed. So memory grows with the length of the
#   calculation. That holds for layers as well: they keep what they need until `backward`.

# %% [markdown]
# ## What usually goes wrong
#
# **Setting instead of adding.** In `backward`, somebody writes `=` for `+=`. As long as each number
# is used once, all is right. In x² + x it is used three times:

# %%
def backward_that_sets(value):
    value.gradient = 1.0
    for made in reversed(parents_first(value, [])):
        for parent, slope in zip(made.parents, made.slopes):
            parent.gradient = slope * made.gradient  # should be +=


x = Small(3.0)
backward_that_sets(x * x + x)
set_slope = x.gradient
print(f"the slope of x² + x at 3: {set_slope:g}, and it should be 7")

# %% [markdown]
# Only one of the ways is left, whichever came last. The gradient check of part 9 finds this at
# once; a training loop would go on, slowly, in a wrong direction.

# %% [markdown]
# **The wrong order.** Somebody hands gradients on along each path as soon as he gets to a number,
# and does not wait until all has arrived. Take y = u + u · u with u = 2x: u hands on what it has,
# then gets more, and hands that on as well, together with what it had handed on before.

# %%
def backward_too_early(value, gradient):
    value.gradient += gradient
    for parent, slope in zip(value.parents, value.slopes):
        backward_too_early(parent, slope * value.gradient)  # has all of it arrived?


def doubled_and_squared(x):
    u = x + x
    return u + u * u


x = Small(1.0)
backward_too_early(doubled_and_squared(x), 1.0)
early_slope, x = x.gradient, Small(1.0)
backward(doubled_and_squared(x))
right_slope = x.gradient
print(f"handed on too early: {early_slope:g}; in the right order: {right_slope:g} "
      f"(the slope of 2x + 4x² at 1)")

# %% [markdown]
# **Old gradients.** They are added up, so before the next step they must be 0 again. Forget it, and
# the first step is right, each later one takes along the sum of all before. This is the mistake
# that everybody makes once with PyTorch, where the line is called `optimizer.zero_grad()`. Here is
# the training of a single neuron, with the line and without:

# %%
def fit(forget, steps=40):
    """Fit w·x + b to the line 2x + 1; return the losses."""
    w, b, losses = Value(0.0), Value(0.0), []
    for _ in range(steps):
        if not forget:
            w.gradient = b.gradient = 0.0
        squares = [(w * x + b - (2.0 * x + 1.0)) ** 2 for x in (-1.0, 0.0, 1.0, 2.0)]
        loss = (squares[0] + squares[1] + squares[2] + squares[3]) * 0.25
        loss.backward()
        w.data -= 0.1 * w.gradient
        b.data -= 0.1 * b.gradient
        losses.append(loss.data)
    return losses


fits = {"set to 0": fit(forget=False), "forgotten": fit(forget=True)}
draw.show(draw.lines(fits, title="Old gradients, set to 0 or forgotten", x_label="step",
                     y_label="loss"))
print({way: round(losses[-1], 4) for way, losses in fits.items()},
      " the first step is the same:", fits["set to 0"][:2] == fits["forgotten"][:2])

# %% [markdown]
# **A graph that is too deep.** `parents_first` calls itself for each parent. In a long sum each
# number is the parent of the next, and Python refuses so many calls inside each other.

# %%
long_sum = Small(0.0)
for _ in range(20_000):
    long_sum = long_sum + Small(1.0)
limit = sys.getrecursionlimit()
too_deep = ""
try:
    sys.setrecursionlimit(1000)
    long_sum.gradient = 1.0
    parents_first(long_sum, [])
except RecursionError as error:
    too_deep = type(error).__name__
finally:
    sys.setrecursionlimit(limit)
print("with calls of itself:", too_deep)

total = Value(0.0)
for _ in range(20_000):
    total = total + 1.0
total.backward()
print("Value, with a list of what is still to do:", total.data)

# %% [markdown]
# ## Exercises
#
# 1. Write the slopes of five operations, the order in which gradients run, and the way back
#    yourself: `python3 -m purenn exercise 12` makes a file with holes,
#    `python3 -m purenn check FILE` looks at what you put into them.
# 2. Give `Value` a `tanh`. Can you do it in two ways: with a slope of its own, and from `exp`
#    alone? Which one remembers more?
# 3. `Value` divides by multiplying with the power −1, so a quotient makes two values. Write it as
#    one, with both slopes.
# 4. Add `tanh` to the tape, and train the moons with it. The loss that the tape has is softmax
#    cross-entropy (part 7), so the output layer needs two scores, one for each moon. Set each
#    gradient to `None` before a step. (`add` takes a bias of one row.)
#
# ## Where it comes from
#
# Robert Wengert described in 1964 how a program can compute derivatives along with values, and
# wrote of a list of operations: *Wengert list* is still the name of the tape. That it pays to go
# backwards, Seppo Linnainmaa showed in 1970 in his thesis on rounding errors. Bert Speelpenning
# made a compiler for it in 1980. For networks the same idea became known as backpropagation in
# 1986. The page-long scalar version became popular with Andrej Karpathy's micrograd (2020) and
# microgpt (2026), a language model in 200 lines of Python; the model above is that one, number for
# number.
#
# - R. E. Wengert: *A simple automatic derivative evaluation program*. Communications of the ACM 7,
#   1964.
# - S. Linnainmaa: *Taylor expansion of the accumulated rounding error*. BIT 16, 1976.
# - A. G. Baydin and others: *Automatic differentiation in machine learning: a survey*. Journal of
#   Machine Learning Research 18, 2018.
# - A. Griewank, A. Walther: *Evaluating Derivatives*. SIAM, second edition, 2008.
#
# ## Where the real thing lives
#
# - [`Value`](../sequences/autograd/value.py#Value): one page.
# - [`Tape`](../sequences/autograd/tape.py#Tape): each operation with the way back.
# - [`by_numbers`, `by_tape`, `by_layers`](../sequences/autograd/same_model.py#by_numbers): one
#   model in three ways.
# - [`check`](../gradcheck.py#check): what neither of them needs and both should pass.
#
# Next: [part 13](part_13_embeddings.py): letters are no numbers. How can a network read them?
