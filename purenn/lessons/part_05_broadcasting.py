# %% [markdown]
# # Part 5: Broadcasting and sums along an axis
#
# After this part you can add a row to a whole matrix without a loop, say which shapes go together
# and which do not, sum up along the right axis, and recognise the most common silent mistake in
# code that works with matrices.

# %% [markdown]
# ## The finished thing: two columns put right
#
# Here are measurements of 150 iris flowers: the length of the sepals (the outer leaves of the
# flower) and the width of the petals, in centimetres. The flowers are of three species. The data
# set comes with the library.

# %%
import math
from importlib import import_module
from importlib.util import find_spec
from random import Random

from purenn import Dense, ShapeError, draw, linalg
from purenn.activations import softmax
from purenn.data import iris

rng = Random(5)
data = iris()
inputs = [[row[0], row[3]] for row in data.inputs]  # sepal length, petal width

centred = linalg.subtract(inputs, linalg.mean(inputs, axis=0))
variance = linalg.mean(linalg.multiply(centred, centred), axis=0)
spread = [[math.sqrt(number) for number in variance[0]]]
standardized = linalg.divide(centred, spread)

pictures = [
    draw.scatter(rows, data.targets, class_names=data.class_names, title=title,
                 x_label="sepal length", y_label="petal width")
    for rows, title in [(inputs, "in centimetres"), (standardized, "standardized")]
]
draw.show(draw.beside(pictures, title="The same flowers, before and after", columns=2))

# %% [markdown]
# Both show the same points, but look at the axes. In the second, both columns have their mean
# (their average) at 0, and the points are equally far spread out in both directions. Networks learn
# better from such numbers. It took four lines and no loop over the flowers. In them, a matrix of
# 150 rows meets a matrix of *one* row. How that can work is what this part is about.

# %%
column_means = linalg.mean(inputs, axis=0)
print("shape of the inputs:", linalg.shape(inputs))
print("shape of the means: ", linalg.shape(column_means))
print("means before:", [round(mean, 3) for mean in column_means[0]])
means_after = linalg.mean(standardized, axis=0)
near_zero = all(math.fabs(mean) < 1e-9 for mean in means_after[0])
print("means after: 0, but for rounding:", near_zero)

# %% [markdown]
# ## The rule
#
# `add`, `subtract`, `multiply` and `divide` work number by number, each with the one in the same
# place. So two matrices should have the same shape. Where they have not, one rule decides, first
# for the rows and then for the columns:
#
# > Two sizes go together when they are equal, or when one of them is 1. What has size 1 is
# > repeated.
#
# This is called **broadcasting**: one row is sent to all, as a radio programme is.
#
# A row of one, repeated downwards:

# %%
A = [[1.0, 2.0, 3.0],
     [4.0, 5.0, 6.0]]

with_row = linalg.add(A, [[10.0, 20.0, 30.0]])  # (2, 3) and (1, 3)
print(with_row)

# %% [markdown]
# A column of one, repeated to the right:

# %%
with_column = linalg.add(A, [[100.0], [200.0]])  # (2, 3) and (2, 1)
print(with_column)

# %% [markdown]
# A plain number, which counts as 1 × 1, repeated in both directions:

# %%
with_number = linalg.multiply(A, 2.0)  # (2, 3) and (1, 1)
print(with_number)

# %% [markdown]
# And a column with a row: each of them is repeated along the other. That is a multiplication table.

# %%
column = [[float(number)] for number in range(1, 7)]  # 6 × 1
row = [[float(number) for number in range(1, 10)]]    # 1 × 9
table = linalg.multiply(column, row)
draw.show(draw.heatmap(table, title="A column times a row", numbers=True,
                       row_names=[f"{number}" for number in range(1, 7)],
                       column_names=[f"{number}" for number in range(1, 10)],
                       x_label="row", y_label="column", bar_label="product"))

# %% [markdown]
# Now the rule as a function, by hand:

# %%
def common_size(a, b):
    """Return the size that both can be repeated to; 0 if there is none."""
    if a == b or b == 1:
        return a
    return b if a == 1 else 0


def fits(a, b):
    """Return the shape of the result, by the rule."""
    rows, columns = common_size(a[0], b[0]), common_size(a[1], b[1])
    return f"{rows} × {columns}" if rows and columns else "do not fit"


pairs = [((4, 3), (4, 3)), ((4, 3), (1, 3)), ((4, 3), (4, 1)), ((4, 1), (1, 3)),
         ((4, 3), (1, 1)), ((4, 3), (1, 4)), ((4, 3), (3, 4)), ((4, 3), (2, 3))]
for a, b in pairs:
    print(f"{a} and {b}: {fits(a, b)}")

# %% [markdown]
# Four rows and two do not fit, although 2 goes into 4. Only 1 is ever repeated, because there only
# one thing can be meant.
#
# Does the library see it in the same way? We let it add zeros of these shapes.

# %%
def tried(a, b):
    """Return the shape of the result, by trying."""
    try:
        result = linalg.add(linalg.zeros(*a), linalg.zeros(*b))
    except ShapeError:
        return "do not fit"
    rows, columns = linalg.shape(result)
    return f"{rows} × {columns}"


rule_agrees = all(fits(a, b) == tried(a, b) for a, b in pairs)
print("the library agrees:", rule_agrees)

# %% [markdown]
# Try the rule: which shapes go together, and what is repeated?
#
# ```widget broadcasting
# ```

# %% [markdown]
# ## What broadcasting is for: biases across a batch
#
# A layer adds its biases, 1 × neurons, to what the dot products gave, n × neurons. By hand that is
# a loop over the examples with a loop over the neurons inside:

# %%
products = [
    [1.0, 2.0, 3.0],
    [4.0, 5.0, 6.0],
    [7.0, 8.0, 9.0],
    [0.0, 0.0, 0.0],
]
biases = [[0.5, -1.0, 0.25]]

by_hand = []
for example in products:
    by_hand.append([example[o] + biases[0][o] for o in range(3)])

scores = linalg.add(products, biases)
for scores_row in scores:
    print(scores_row)
print("the same as by hand:", scores == by_hand)

# %% [markdown]
# Every example gets the same bias for the same neuron. Look at the last row: where the products are
# 0, the biases themselves come out.

# %% [markdown]
# ## Sums: which way?
#
# `sum`, `mean`, `max` and `argmax` make one number out of many. (`max` gives the largest number,
# `argmax` the place where it stands, counted from 0.) Of how many, the **axis** says. Axis 0 goes
# from row to row, downwards; axis 1 goes from column to column, to the right.
#
# | axis | goes | leaves | of a batch it gives |
# |---|---|---|---|
# | 0 | down each column | one row | a number for each feature or neuron, over all examples |
# | 1 | along each row | one column | a number for each example |
# | None | over everything | a single number | one number for the whole batch |
#
# A way to remember it: the axis you name is the size that becomes 1.

# %%
print("A has the shape", linalg.shape(A))
down = linalg.sum(A, axis=0)
along = linalg.sum(A, axis=1)
everything = linalg.sum(A)
for axis, result in [("0", down), ("1", along), ("None", everything)]:
    print(f"axis {axis:<5}shape {linalg.shape(result)}  {result}")
print("largest number of each row:", linalg.max(A, axis=1))
print("where it stands:           ", linalg.argmax(A, axis=1))

# %% [markdown]
# The same as a picture. Adding up downwards leaves a row, adding up to the right leaves a column:

# %%
colours = {"x_label": "axis 1", "y_label": "axis 0", "bar_label": "number",
           "numbers": True,
           "limits": (0.0, everything[0][0])}  # the same colours in all four
draw.show(draw.beside([
    draw.heatmap(A, title="A, 2 × 3", **colours),
    draw.heatmap(down, title="axis 0, 1 × 3", **colours),
    draw.heatmap(along, title="axis 1, 2 × 1", **colours),
    draw.heatmap(everything, title="None, 1 × 1", **colours),
], title="Sums of the same six numbers", columns=2))

# %% [markdown]
# ## Keeping the axis
#
# The sum of two columns could be a plain list of two numbers. The library gives a matrix all the
# same, with the summed size kept as 1. That is no fussiness. Because the 1 is still there, and in
# the right place, the result broadcasts back to where it came from:

# %%
centred_columns = linalg.subtract(A, linalg.mean(A, axis=0))  # (2, 3) − (1, 3)
centred_rows = linalg.subtract(A, linalg.mean(A, axis=1))     # (2, 3) − (2, 1)
print("columns centred:")
print(centred_columns)
print("rows centred:")
print(centred_rows)

# %% [markdown]
# In the first, each column has its mean taken away, so each *column* now adds up to 0. In the
# second each *row* does. Now read once more the four lines with the flowers at the beginning:
#
# ```
# centred      = inputs − means
#                (150 × 2) − (1 × 2)
# variance     = mean of centred²
#                (1 × 2)
# spread       = √ variance
#                (1 × 2)
# standardized = centred / spread
#                (150 × 2) / (1 × 2)
# ```
#
# First the mean is taken away. The mean of the squares of what is left is called the **variance**,
# and its root, the spread, the **standard deviation**: the typical distance of a number from the
# mean. Columns that have been brought to mean 0 and standard deviation 1 are called
# **standardized**.

# %% [markdown]
# ## The way back: summing gradients over the batch
#
# Broadcasting has a counterpart that you will need in part 9. To learn, a network must know how
# wrong its outputs are. That is one number, called the **loss** (part 7 is about it). Say that we
# know for every single output how much the loss grows if that output grows by 1. These numbers are
# called the **gradient** of the outputs. How much does the loss grow if a *bias* grows by 1?
#
# The bias of neuron o was repeated: it was added to output o of *every* example. So all of them
# grow by 1, and what each contributes adds up: the sum of column o of the gradient.

# %%
output_gradient = [
    [1.0, 0.0, 2.0],
    [0.5, -1.0, 0.0],
    [0.25, 0.0, 1.0],
    [1.0, 3.0, -1.0],
]
bias_gradient = linalg.sum(output_gradient, axis=0)
print(bias_gradient)

# %% [markdown]
# Let us try it out. A loss that has exactly this gradient is: each output times its number, all
# added up. We push one bias after the other up by 1, and look at what the loss does.

# %%
def weighted_sum(biases):
    """Return a loss that grows by output_gradient[r][o] per unit of output [r][o]."""
    outputs = linalg.add(products, biases)
    return linalg.item(linalg.sum(linalg.multiply(outputs, output_gradient)))


grown = []
for o in range(3):
    pushed = [list(biases[0])]
    pushed[0][o] += 1.0
    grown.append(weighted_sum(pushed) - weighted_sum(biases))
print("by pushing:", [grown])
print("by the sum:", bias_gradient)

# %% [markdown]
# Every layer has a `backward` beside its `forward`. It is told the gradient of the outputs, and
# leaves the gradient of the biases in `layer.biases.gradient`. The inputs make no difference to the
# biases, so any four examples will do. (What becomes of the weights is a matter for part 9.)

# %%
layer = Dense(2, 3, rng)
layer.forward([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [2.0, 0.5]])
layer.backward(output_gradient)
print("by Dense:  ", layer.biases.gradient)

# %% [markdown]
# So remember the pair: **what forward repeats, backward adds up**, along the same axis.

# %% [markdown]
# ## What to notice
#
# - Sizes go together if they are equal or one of them is 1. Nothing else is ever repeated.
# - The axis that you name becomes 1. Axis 0 leaves a number for each column, axis 1 one for each
#   row.
# - Because that 1 stays, means, sums and largest values fit onto the matrix they came from.
# - A bias is broadcast down the batch, so its gradient is summed down the batch.

# %% [markdown]
# ## What usually goes wrong
#
# **Sizes that do not fit.** Four biases for three neurons. The error names both shapes, and the
# columns, 3 and 4, are neither equal nor 1:

# %%
try:
    linalg.add(products, [[0.5, -1.0, 0.25, 0.0]])
except ShapeError as error:
    shape_message = str(error)
    print("ShapeError:", shape_message)

print("mended:", linalg.add(products, [[0.5, -1.0, 0.25]])[0])

# %% [markdown]
# **A row where a column is meant, on a square matrix.** Say we want the rows centred, but the means
# have got turned into a row. On a 2 × 3 matrix that is an error. On a square one both fit, and most
# numbers have the mean of some *other* row taken away:

# %%
square = [[1.0, 2.0, 3.0], [10.0, 20.0, 30.0], [100.0, 200.0, 300.0]]
row_means = linalg.mean(square, axis=1)

wrongly_centred = linalg.subtract(square, linalg.transpose(row_means))
rightly_centred = linalg.subtract(square, row_means)
for name, result in [("wrong", wrongly_centred), ("right", rightly_centred)]:
    print(f"{name}:")
    for one_row, [row_sum] in zip(result, linalg.sum(result, axis=1)):
        print(f"    {one_row}, sum {row_sum:g}")

# %% [markdown]
# In NumPy this happens easily, because its sums and means drop the axis, unless they are told not
# to by `keepdims=True`. What is left then counts as a row, whatever it was before.

# %%
numpy = import_module("numpy") if find_spec("numpy") else None

if numpy is None:
    print("NumPy is not installed here; nothing that follows needs it.")
else:
    array = numpy.array(square)
    dropped = (array - array.mean(axis=1)).tolist()
    kept = (array - array.mean(axis=1, keepdims=True)).tolist()
    print("the axis dropped, as wrong as before:", dropped == wrongly_centred)
    print("the axis kept, right:", kept == rightly_centred)

# %% [markdown]
# **The sum over the whole batch instead of each row.** This one is the classic. A **softmax** turns
# a row of scores into probabilities: take e to the power of each score, so that all are positive,
# and divide by the sum *of the row*, so that they add up to 1. (More on it in part 6.) Here
# `axis=1` was forgotten:

# %%
class_scores = [[2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [1.0, 4.0, 1.0]]
powers = linalg.exp(class_scores)

wrong = linalg.divide(powers, linalg.sum(powers))          # one sum over everything
right = linalg.divide(powers, linalg.sum(powers, axis=1))  # a sum for each row

colours = {"row_names": ["first", "second", "third"], "column_names": ["A", "B", "C"],
           "x_label": "class", "y_label": "example", "bar_label": "probability",
           "numbers": True, "limits": (0.0, 1.0)}
draw.show(draw.beside([
    draw.heatmap(wrong, title="over the whole batch: wrong", **colours),
    draw.heatmap(right, title="over each row: right", **colours),
], title="Softmax of three examples"))

# %% [markdown]
# The second example has three equal scores, so each class should get one third. The wrong version
# gives it next to nothing, because the third example has a large score. One example takes
# probability away from another, with which it has nothing to do. Add up the rows:

# %%
wrong_totals = [total for [total] in linalg.sum(wrong, axis=1)]
right_totals = [total for [total] in linalg.sum(right, axis=1)]
print("wrong:", [round(total, 3) for total in wrong_totals])
print("right:", [round(total, 3) for total in right_totals])

# %% [markdown]
# Why is it so often overlooked? Tried with a single example, both versions give the same. And the
# largest number of each row is still the largest, so even the decisions look right. Try code with
# two rows at the least, and check what must be true: here, that each row adds up to 1.

# %%
alone = linalg.exp([[2.0, 1.0, 0.0]])
alone_wrong = linalg.divide(alone, linalg.sum(alone))
alone_right = linalg.divide(alone, linalg.sum(alone, axis=1))
print("one example, no difference to see:", alone_wrong == alone_right)

differences = linalg.abs(linalg.subtract(right, softmax(class_scores)))
largest_gap = linalg.item(linalg.max(differences))
print("right is what the library computes:", largest_gap < 1e-12)

# %% [markdown]
# ## Exercises
#
# 1. `python3 -m purenn exercise 5` writes a file with holes for you to fill in, and
#    `python3 -m purenn check FILE` tells you how you did.
# 2. Without running it: what are the shapes of `sum(A, axis=0)`, of `subtract(A, max(A, axis=1))`
#    and of `add(sum(A, axis=0), sum(A, axis=1))`, if A is 5 × 2? The last one surprises most
#    people. (All four names are `linalg`'s.)
# 3. In a batch, divide each row by its largest number, so that the largest becomes 1. Then do it
#    for each column. How many characters did you have to change?

# %% [markdown]
# ## Where it comes from
#
# Kenneth Iverson's language APL let a single number meet a whole array in 1962. The rule with sizes
# of 1 came with Numeric, the forerunner of NumPy, in the 1990s, and PyTorch, TensorFlow and JAX
# have the same. (They go further: arrays there may have any number of axes, and the shorter shape
# is filled up with 1 on the left, which is why a dropped axis counts as a row.) Karl Pearson coined
# the word standard deviation in 1893. Edgar Anderson measured the irises on the Gaspé Peninsula;
# Ronald Fisher made them famous.
#
# - K. E. Iverson: *A Programming Language*. Wiley, 1962.
# - C. R. Harris and others: *Array programming with NumPy*. Nature 585, 2020.
# - R. A. Fisher: *The use of multiple measurements in taxonomic problems*. Annals of Eugenics 7,
#   1936.

# %% [markdown]
# ## Where the real thing lives
#
# - [`linalg`](../linalg.py): the docstring at its top states the rule;
#   [`add`](../linalg.py#add), [`sum`](../linalg.py#sum), [`mean`](../linalg.py#mean).
# - [`Dense`](../layers.py#Dense): the biases are added to every row (by
#   [`affine`](../linalg.py#affine), together with the dot products), and their gradient comes back
#   by `sum(…, axis=0)`.
# - [`softmax`](../activations.py#softmax), with both of its reductions along axis 1.
# - [`Standardizer`](../data/dataset.py#Standardizer) does what the four lines at the beginning do,
#   and remembers the means and spreads for data that come later.
# - Next: [part 6](part_06_activations.py), the nonlinearity that part 3 asked for.
