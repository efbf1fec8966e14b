# %% [markdown]
# # Part 2: The dot product
#
# After this part you know the one operation that networks spend nearly all their time on. You can
# write it in three ways, you know why lengths must be checked, what it gains to compute with whole
# vectors at once, and why two correct sums of the same numbers may differ in their last digit.

# %% [markdown]
# ## The finished thing: a layer in one line
#
# In part 1 a layer was a loop over neurons with a loop over inputs inside. Here are the same three
# friends and the same Saturday, and all loops are gone:

# %%
import math
import statistics
import time
from importlib import import_module
from importlib.util import find_spec
from random import Random

from purenn import Dense, ShapeError, draw, linalg
from purenn.lessons.recorded import RECORDS

rng = Random(2)
saturday = [4.0, 3.0, 0.0]
weights = [[0.5, 1.0, -2.0], [1.0, 0.25, 0.0], [0.0, 2.0, -0.5]]  # Ada, Ben, Cleo
biases = [[-3.0, -6.0, -3.5]]

scores = linalg.add(linalg.inner([saturday], weights), biases)
print(scores)

# %% [markdown]
# `inner` did all the multiplying. To see what it is, begin with two lists of numbers, which in
# mathematics are called **vectors**. Their **dot product** is: multiply what stands in the same
# place, and add up the products.
#
# ```formula
# u · v = u[0]·v[0] + u[1]·v[1] + u[2]·v[2] + …
# ```
#
# So a neuron is the dot product of its weights with its inputs, plus the bias.

# %% [markdown]
# ## By index
#
# The formula says "for every place i", and so does the loop. The vectors are Ada's weights and the
# inputs of Saturday.

# %%
def indexed_dot(u, v):
    total = 0.0
    for i in range(len(u)):
        total += u[i] * v[i]
    return total


ada = weights[0]
print("dot product:  ", indexed_dot(ada, saturday))
print("with the bias:", indexed_dot(ada, saturday) + biases[0][0])

# %% [markdown]
# ## In pairs
#
# The place itself is of no interest, only that both numbers stand in the same one. `zip` hands out
# the pairs, and `i` is gone. Most people find this easier to read.

# %%
def zipped_dot(u, v):
    total = 0.0
    for x, y in zip(u, v):
        total += x * y
    return total


print(list(zip(ada, saturday)))
print(zipped_dot(ada, saturday))

# %% [markdown]
# ## By the library
#
# `linalg.dot` does the same, and looks at the lengths first. (`linalg` is short for linear algebra,
# the mathematics of vectors and matrices.)

# %%
three_ways = {
    "indexed loop": indexed_dot(ada, saturday),
    "zipped loop": zipped_dot(ada, saturday),
    "linalg.dot": linalg.dot(ada, saturday),
}
for name, result in three_ways.items():
    print(f"{name:<13}{result:>5}")

# %% [markdown]
# ## What it means: how alike are two things?
#
# A dot product is large when large numbers meet large numbers of the same sign. So it says how well
# two vectors go together. Look at four small pictures of 3 × 3 dots: a plus sign, a smudged one, a
# cross, and a plus in negative. Each dot is a number, 1 for ink (blue; in a terminal █) and −1 for
# none (red; in a terminal =). So each picture is a vector of nine numbers. A neuron has the plus as
# its weights, and its dot product with each picture stands below.

# %%
plus = [-1.0, 1.0, -1.0,
        1.0, 1.0, 1.0,
        -1.0, 1.0, -1.0]
smudged = [-1.0, 1.0, -1.0,
           1.0, 1.0, 1.0,
           -1.0, 1.0, 1.0]  # ink in one wrong place
cross = [1.0, -1.0, 1.0,
         -1.0, 1.0, -1.0,
         1.0, -1.0, 1.0]
negative = [-x for x in plus]

pictures = {"plus": plus, "smudged": smudged, "cross": cross, "negative": negative}
alike = {name: linalg.dot(plus, picture) for name, picture in pictures.items()}
draw.show(draw.images(list(pictures.values()), signed=True, columns=4,
                      title="How much like the plus?",
                      captions=[f"{value:g}" for value in alike.values()]))
for name, value in alike.items():
    print(f"{name:<9}{value:>5}")

# %% [markdown]
# Nine dots agree: nine times 1 · 1 or (−1) · (−1), and the sum is 9. Each dot that disagrees gives
# −1 instead of 1, so the smudged plus has 7. The cross agrees in the middle only. The negative
# disagrees everywhere. A neuron looks for what resembles its weights. Networks of such neurons,
# with weights that they have learned, read handwritten digits in part 10.

# %% [markdown]
# ## All rows with all rows
#
# A layer has several neurons, and a list of examples has several rows. `inner(A, B)` takes the dot
# product of every row of A with every row of B. Row a of the result belongs to row a of A, column b
# to row b of B:

# %%
days = [[4.0, 3.0, 0.0], [6.0, 2.0, 2.0]]  # Saturday, Sunday

by_hand = [[linalg.dot(day, neuron) for neuron in weights] for day in days]
products = linalg.inner(days, weights)
for row in products:
    print(row)
print("the same as by hand:", products == by_hand)

# %% [markdown]
# Two days and three neurons make two rows of three numbers. Add the biases to each row, and it is
# what the layer puts out. That is how `Dense` does it:

# %%
layer = Dense(3, 3, rng)
layer.weights.value, layer.biases.value = weights, biases
layer_scores = layer.forward(days)
print("the same as Dense:", layer_scores == linalg.add(products, biases))

# %% [markdown]
# You may know the **matrix product** from school, rows times columns. It is the same work, only
# that the second matrix is stored the other way round: `matmul(A, B)` is the dot product of rows of
# A with *columns* of B. Turning rows into columns is called **transposing**.

# %%
matrix_product = linalg.matmul(days, linalg.transpose(weights))
print("the same as matmul with transpose:", matrix_product == products)

# %% [markdown]
# In Python a row is a list that lies ready, while a column must be collected first. So the library
# keeps one neuron in each row, and never has to turn its weights around.

# %% [markdown]
# ## In NumPy
#
# NumPy is a package that does such loops in compiled code, outside of Python. The library does
# without it, and so does this lesson. If it is installed where you are, here is the same in its
# words. (The first line is `import numpy`, for a package that may not be there.)

# %%
numpy = import_module("numpy") if find_spec("numpy") else None

if numpy is None:
    print("NumPy is not installed here; nothing that follows needs it.")
else:
    numpy_products = (numpy.array(days) @ numpy.array(weights).T).tolist()
    print("NumPy's dot:", float(numpy.dot(ada, saturday)))
    print("the same as inner:", numpy_products == products)

# %% [markdown]
# `@` is NumPy's matrix product, and `.T` the transpose.

# %% [markdown]
# ## How long it takes, where you are
#
# A clock tells more than an opinion. It is read before and after a call, and that is done nine
# times, because other programs get in between. Of the nine times, the **median** counts: the one in
# the middle when they are sorted. A single slow one does not move it, as it would move the mean.
# What is timed is a whole layer: the dot products of 32 examples with 32 neurons of 64 inputs.
#
# How many multiplications does that need? One for each example, each neuron, and each input:

# %%
examples, neurons, inputs = 32, 32, 64
multiplications = examples * neurons * inputs
print(f"{multiplications:,} multiplications")

# %% [markdown]
# The first two ways are what you would write yourself: three loops inside each other, with indices
# and with pairs. The third is the library's.

# %%
def nested_loops(rows, neurons):
    outputs = []
    for row in rows:
        outputs.append([indexed_dot(row, neuron) for neuron in neurons])
    return outputs


def zipped_loops(rows, neurons):
    outputs = []
    for row in rows:
        outputs.append([zipped_dot(row, neuron) for neuron in neurons])
    return outputs


def milliseconds(function, rows, neurons):
    """Return the median time of nine calls."""
    times = []
    for _ in range(9):
        start = time.perf_counter()
        function(rows, neurons)
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


batch = linalg.generate(examples, inputs, rng.random)
layer_weights = linalg.generate(neurons, inputs, rng.random)
here = {}
for name, function in {
    "nested loops": nested_loops,
    "loops with zip": zipped_loops,
    "linalg.inner": linalg.inner,
}.items():
    here[name] = milliseconds(function, batch, layer_weights)

# %% [markdown]
# NumPy has its own kind of matrix, the array. Turning lists into arrays takes time too; here it is
# done before the clock starts, which is kind to NumPy.

# %%
if numpy is not None:
    here["NumPy"] = milliseconds(
        numpy.inner, numpy.array(batch), numpy.array(layer_weights))

draw.show(draw.bars(here, y_label="milliseconds",
                    title="One layer, 65,536 multiplications, here and now"))
for name, time_of_it in here.items():
    print(f"{name:<15}{time_of_it:>8.3f} ms")

# %% [markdown]
# These bars were measured when this page was made, by the Python that made it. Run the part again
# and they move a little; run it with another Python and they may change places. So here are others,
# recorded once. Each line says how many times as fast as three nested loops *in the same Python*
# the other ways were.

# %%
print(f"recorded on: {RECORDS['layer'][0]['machine']}")
recorded = {}
for entry in RECORDS["layer"]:
    slowest = entry["microseconds"]["three nested loops"]
    gains = {name: slowest / one for name, one in entry["microseconds"].items()}
    recorded[entry["python"]] = gains
    with_numpy = f", NumPy {entry['numpy']}" if entry["numpy"] else ""
    print(f"{entry['python']}{with_numpy}")
    print(f"    nested loops take {slowest / 1000:.1f} ms")
    for name, gain in gains.items():
        print(f"    {name:<18}{gain:>6.1f} times as fast")

# %% [markdown]
# Two lessons are in this table.
#
# The first is **vectorization**. A plain loop asks Python, for each single number, what kind of
# thing it is and what to do with it. NumPy hands whole matrices to compiled code that asks once,
# and then uses instructions of the processor that multiply several numbers at a time. That is why
# all large libraries compute with matrices, and why we write a layer as one `inner`.
#
# The second is: **measure where it matters.** The same line of Python is fast here and slow there.
# PyPy, a Python that compiles loops while they run, needs no tricks at all: its nested loops beat
# everything that CPython can do without NumPy.
#
# How does the time grow with the size? On both axes of the picture, equal distances mean equal
# factors: it is as far from 10 to 100 as from 100 to 1000.

# %%
curves = {"loops with zip": [], "linalg.inner": []}
if numpy is not None:
    curves["NumPy"] = []
for width in [4, 16, 64, 256, 1024]:
    rows = linalg.generate(8, width, rng.random)
    others = linalg.generate(8, width, rng.random)
    curves["loops with zip"].append((width, milliseconds(zipped_loops, rows, others)))
    curves["linalg.inner"].append((width, milliseconds(linalg.inner, rows, others)))
    if numpy is not None:
        array, other = numpy.array(rows), numpy.array(others)
        curves["NumPy"].append((width, milliseconds(numpy.inner, array, other)))

draw.show(draw.lines(curves, title="8 rows with 8 rows: time against their length",
                     x_label="numbers in each row", y_label="milliseconds",
                     log_x=True, log_y=True, marks=True))

# %% [markdown]
# For long rows the loops go up as straight lines, more or less: ten times as many numbers, ten
# times the work. For short ones another cost shows, that of calling a function at all. It is the
# same for any length, so for a few numbers compiled code gains far less than for many.

# %% [markdown]
# ## The order of adding
#
# Computers round. A Python float has about 16 significant digits, and every sum is rounded to
# them. So it matters in which order numbers are added:

# %%
forwards = (0.1 + 0.2) + 0.3
backwards = 0.1 + (0.2 + 0.3)
print(forwards, backwards, forwards == backwards)

# %% [markdown]
# Neither is wrong. Both are within a rounding error of 0.6, and 0.1 itself cannot be written
# exactly in binary. The effect can be made as large as you like: 1e16 is a 1 with 16 zeros, and if
# 1 is added to it, the 1 is rounded away. Here the true sum is 1:

# %%
def loop_sum(numbers):
    total = 0.0
    for x in numbers:
        total += x
    return total


adders = {
    "a loop": loop_sum, "built-in sum": sum, "math.fsum": math.fsum,
}
awkward_sums = {name: add_up([1e16, 1.0, -1e16]) for name, add_up in adders.items()}
for name, result in awkward_sums.items():
    print(f"{name:<14}{result}")

# %% [markdown]
# `math.fsum` keeps track of everything that was rounded away, so it is exact to the last digit, and
# slow. The built-in `sum` depends on your Python: up to 3.11 it is a plain loop, and since 3.12
# CPython keeps track of some of what is rounded away. The same program, other digits.
#
# A library that others check themselves against cannot have that. So purenn defines `sum` and `dot`
# as plain loops, and with `PURENN_PLAIN_LOOPS=1` set in the environment nothing else is used: the
# same digits on every Python. (Without it, quicker ways from a module of their own take their
# place. Up to Python 3.11 they give the same digits; from 3.12 on they use `math.sumprod` and the
# built-in `sum`, which round better, so the last digits may differ.)
#
# With ordinary numbers the error is tiny. Add 0.1 a thousand times, and see how far the running
# total is from the truth:

# %%
loop_errors = []
total = 0.0
for count in range(1, 1_001):
    total += 0.1
    loop_errors.append(total - math.fsum([0.1] * count))

draw.show(draw.lines({"plain loop": [error * 1e12 for error in loop_errors]},
                     title="Adding 0.1 again and again", x_label="numbers added",
                     y_label="error × 10¹²"))
print("after 1,000 additions:", total)

# %% [markdown]
# The error grows and shrinks along straight pieces, with corners between them. From each power of
# two on, floats lie twice as far apart as before, so 0.1 may be rounded in another way. How much
# error does one addition bring, between one power of two and the next?

# %%
drifts = {}
for low, high in [(2, 4), (4, 8), (8, 16), (16, 32), (32, 64), (64, 100)]:
    first, last = 10 * low + 1, 10 * high - 1
    drift = (loop_errors[last] - loop_errors[first]) / (last - first)
    drifts[low] = drift * 1e15
    print(f"total from {low:>2} to {high:>3}: {drifts[low]:+.2f} × 10⁻¹⁵")

# %% [markdown]
# The line has its corners at 4, at 16 and at 64, that is after 40, 160 and 640 additions. There the
# error turns round, and grows faster. At 8 and at 32 there is no corner. The binary digits of 0.1
# repeat, and so it is every second power of two that changes how 0.1 is rounded.

# %% [markdown]
# ## What to notice
#
# - `dot` is for two vectors and gives a number. `inner` is for two matrices and gives a matrix:
#   all rows with all rows. A layer is one `inner` and one `add`.
# - Three ways to write it, one result. They differ in speed and in how they treat mistakes.
# - Nearly all the time of a network goes into products and sums like these. Where Python is too
#   slow for you, this is the place where it is slow, and vectorization is the cure.

# %% [markdown]
# ## What usually goes wrong
#
# **`zip` swallows an error.** Someone forgot the rain: only two numbers for Sunday. `zip` stops at
# the end of the shorter list and says nothing.

# %%
sunday = [6.0, 2.0, 2.0]
without_rain = [6.0, 2.0]
swallowed = zipped_dot(ada, without_rain) + biases[0][0]
print("zipped loop, rain forgotten:", swallowed)
print("the right score:            ", zipped_dot(ada, sunday) + biases[0][0])

# %% [markdown]
# Out comes 2, "go", where the right answer was to stay. The indexed loop raises an IndexError here,
# but put the two vectors the other way round, and it is silent as well:

# %%
swallowed_too = indexed_dot(without_rain, ada) + biases[0][0]
print("indexed loop:", swallowed_too)

# %% [markdown]
# `linalg.dot` compares the lengths before it begins, and names both. That is one comparison for a
# whole vector, so it costs next to nothing. `inner` does it once for two whole matrices.

# %%
try:
    linalg.dot(ada, without_rain)
except ShapeError as error:
    length_message = str(error)
    print("ShapeError:", length_message)

# %% [markdown]
# **Comparing results with `==`.** Two correct dot products may differ in their last digit, as we
# saw. Ask whether they are close instead:

# %%
print("equal:", forwards == backwards)
close = math.isclose(forwards, backwards, rel_tol=1e-9)
print("close:", close)

# %% [markdown]
# (With the lake, `==` was safe: all its numbers are halves, quarters and eighths, and those a
# computer keeps exactly. The lessons use such numbers where they can.)

# %% [markdown]
# ## Exercises
#
# 1. Write `dot`, `inner`, `transpose`, and the cosine of the angle between two vectors, which is
#    `u · v / (|u| · |v|)`, where `|u|`, the length of u, is the square root of `u · u`:
#    `python3 -m purenn exercise 2` makes a file with holes, `python3 -m purenn check FILE` looks at
#    what you put into them.
# 2. Draw a picture of 3 × 3 whose dot product with `plus` is exactly 0. Can it consist of 1 and −1
#    only? (Nine odd numbers are added up.) Allow 0 for "no opinion", and find one that has ink.
# 3. Write `squared_length(u)`, the sum of the squares of a vector, with one call of `linalg.dot`.
# 4. One example has 784 inputs. It goes through a layer of 30 neurons, and their 30 outputs are the
#    inputs of 10 more neurons. How many multiplications does that need? At the speed of your nested
#    loops above, how many examples a second is that?

# %% [markdown]
# ## Where it comes from
#
# The dot and its name come from Josiah Willard Gibbs, who taught vectors at Yale in the 1880s.
# Computing with whole vectors at once became a standard in 1979, with the Basic Linear Algebra
# Subprograms (BLAS); NumPy's `@` still calls their descendants. That sums of floats depend on their
# order has been known as long as there have been floats; William Kahan found in 1965 how to keep
# what is rounded away, and led the standard IEEE 754 (1985), by which nearly all computers round
# today.
#
# - C. L. Lawson, R. J. Hanson, D. R. Kincaid, F. T. Krogh: *Basic Linear Algebra Subprograms for
#   Fortran usage*. ACM Transactions on Mathematical Software 5, 1979.
# - D. Goldberg: *What every computer scientist should know about floating-point arithmetic*. ACM
#   Computing Surveys 23, 1991.
# - C. R. Harris and others: *Array programming with NumPy*. Nature 585, 2020.

# %% [markdown]
# ## Where the real thing lives
#
# - [`dot`](../linalg.py#dot) and [`inner`](../linalg.py#inner); all loops over numbers are in that
#   module. [`fast`](../fast.py) holds quicker ways with the same names, and says when each is used.
# - [`Dense`](../layers.py#Dense): its `forward` calls [`affine`](../linalg.py#affine), which is
#   `inner` and `add` in one go.
# - Next: [part 3](part_03_many_layers.py), where layers feed layers.
