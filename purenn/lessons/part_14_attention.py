# %% [markdown]
# # Part 14: Attention
#
# A network that reads text must bring together what belongs together, and that may stand anywhere.
# **Attention** does it: each token looks for other tokens that matter to it, and takes a mean of
# what they say. After this part you can compute attention by hand, derive how the gradient runs
# back through it, check each step, and read the picture of what a head looks at.

# %%
import math
from random import Random

from purenn import (
    Adam, Dense, Layer, MeanSquaredError, SoftmaxCrossEntropy, accuracy, draw, gradcheck, linalg,
    train,
)
from purenn.initializers import normal
from purenn.sequences import (
    CausalSelfAttention, Embedding, LanguageModel, NextToken, Residual, RMSNorm, Unpad, characters,
    questions,
)

# %% [markdown]
# ## The finished thing first
#
# A game: five letters, one of them a vowel and four consonants, then a sign, and then the vowel has
# to be said again. `lantk=a`, `gedrm=e`. Which vowel it is and where it stands is left to chance. A
# person needs one look. A model that looks at the last three letters cannot know it: in three cases
# of five the vowel stands before them.

# %%
VOWELS, CONSONANTS = "aeiou", "bcdfgklmnrst"


def word_with_one_vowel(rng):
    word = [CONSONANTS[int(12 * rng.random())] for _ in range(5)]
    vowel = VOWELS[int(5 * rng.random())]
    word[int(5 * rng.random())] = vowel
    return "".join(word) + "=" + vowel


rng = Random(1)
words = [word_with_one_vowel(rng) for _ in range(1200)]
learning, held_out = words[:1000], words[1000:]
vocabulary = characters(words)
inputs, targets = questions([vocabulary.encode(word) for word in learning])
held_out_inputs, held_out_targets = questions([vocabulary.encode(word) for word in held_out])
print(" ".join(words[:6]))

# %% [markdown]
# The model has an embedding (part 13), one layer of attention, and a dense layer that gives a score
# to each possible next letter. It has no table of places, so it cannot even know which letter
# stands where. We train it for 200 steps of 16 words. (What `Residual` and `RMSNorm` are, part 15
# says; in exercise 3 you leave the first of them out.)

# %%
rng = Random(5)
attention = CausalSelfAttention(8, heads=1, rng=rng)
model = LanguageModel([
    Unpad(), Embedding(len(vocabulary), 8, rng), Residual([RMSNorm(8), attention]), RMSNorm(8),
    Dense(8, len(vocabulary), rng, bias=False),
])


def drawn(epoch):
    return [[int(len(inputs) * rng.random()) for _ in range(16)] for _ in range(40)]


def answers(model):
    """Return the scores of the last token of each held-out word, and the right answers."""
    scores = model.predict(held_out_inputs)
    return scores[5::6], [int(row[-1]) for row in held_out_targets]


loss = SoftmaxCrossEntropy()
optimizer = Adam(0.02)
curve = []
for _ in range(5):
    train(model, inputs, targets, loss=NextToken(), optimizer=optimizer, epochs=1, batch_size=16,
          rng=rng, sampler=drawn)
    scores, right = answers(model)
    curve.append(loss(scores, right))
found_accuracy = accuracy(scores, right)
print("loss of the vowel:", " ".join(f"{value:.2f}" for value in curve),
      f"  (guessing among five: {math.log(5):.2f})")
print(f"the right vowel in {found_accuracy:.0%} of {len(held_out)} words it has not seen")

# %% [markdown]
# How does it do that? Here is where each letter of a new word looks. A row is a letter that looks,
# a column one that is looked at, and the rows add up to 1. Read the last row: it is the sign that
# has to know the vowel.

# %%
pictures = []
found_vowels = {}
for word in ("lantk=", "ktris=", "gflbo="):
    model.predict([[float(token) for token in vocabulary.encode(word)]])
    [[weights]] = attention.patterns
    pictures.append(draw.heatmap(weights, title=word, row_names=list(word),
                                 column_names=list(word), limits=(0.0, 1.0),
                                 x_label="looks at", y_label="letter", bar_label="weight"))
    looked_at = max(range(6), key=weights[-1].__getitem__)
    found_vowels[word] = word[looked_at], weights[-1][looked_at]
draw.show(draw.beside(pictures, title="Where each letter looks: read the last row"))
for word, (letter, weight) in found_vowels.items():
    print(f"{word} looks most at {letter!r}, with weight {weight:.2f}")

# %% [markdown]
# It looks at the vowel, wherever it stands. Nobody told it what a vowel is, or that one has to
# look. The rest of this part takes apart how it looks, and how it could learn to.

# %% [markdown]
# ## Looking, by hand
#
# Four tokens, and for each a row of two numbers. Attention makes three rows out of each row, by
# three dense layers without biases:
#
# - a **query**: what this token looks for,
# - a **key**: what it can be found by,
# - a **value**: what it has to say.
#
# ```formula W: weight; X: the tokens' rows
# Q = X · W[q]ᵀ      K = X · W[k]ᵀ      V = X · W[v]ᵀ
# ```
#
# With T tokens and d columns these three are T × d matrices. To keep the numbers small, say that
# these layers are done already, and this is what they gave:

# %%
Q = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0]]
K = [[2.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 2.0]]
V = [[1.0, 0.0], [0.0, 1.0], [4.0, 4.0], [-1.0, 2.0]]

# %% [markdown]
# **Scores.** How well does what token i looks for fit what token j is found by? Part 2 has the
# answer: the dot product says how alike two rows are. All with all is one `inner`, and S is T × T.
# Then all scores are divided by `√d`, where d is the number of columns of a query, here 2; a little
# later we see why. (With several heads, further below, it is the number of columns of *one* head.)
#
# ```formula
# S[i][j] = q[i] · k[j] / √d
# ```

# %%
d = 2
S = linalg.divide(linalg.inner(Q, K), math.sqrt(d))
for row in S:
    print("  ".join(f"{score:6.3f}" for score in row))

# %% [markdown]
# **The mask.** The model has to say what comes next. A token must not look at what stands behind
# it, or it would read the answer. So token i may look at tokens 0 to i, itself among them, and what
# is behind counts as a score of minus infinity. This is called **causal**.
#
# **Softmax.** Each row of scores becomes weights that add up to 1, as in part 6.

# %%
def softmax(scores):
    exponentials = [math.exp(score - max(scores)) for score in scores]
    total = math.fsum(exponentials)
    return [one / total for one in exponentials]


A = [softmax(row[:i + 1]) + [0.0] * (len(row) - i - 1) for i, row in enumerate(S)]
for row in A:
    print("  ".join(f"{weight:.3f}" for weight in row))

# %% [markdown]
# **The mean.** What token i gets is the mean of the values, weighted so:
#
# ```formula
# y[i] = Σ[j] A[i][j] · v[j]
# ```

# %%
Y = linalg.matmul(A, V)
for i, row in enumerate(Y):
    parts = " + ".join(f"{A[i][j]:.2f}·v[{j}]" for j in range(i + 1))
    print(f"y[{i}] = {parts} = [{row[0]:.3f}, {row[1]:.3f}]")
draw.show(draw.heatmap(A, title="The weights of four tokens", numbers=True, limits=(0.0, 1.0),
                       row_names=["0", "1", "2", "3"], column_names=["0", "1", "2", "3"],
                       x_label="looks at", y_label="token", bar_label="weight"))

# %% [markdown]
# That is all. The library's layer does the same with four dense layers around it: three that make
# queries, keys and values, and one for the output. If we let the first three make just our numbers
# (one-hot rows go in, so each row of inputs picks a column of weights), it must come to the same:

# %%
layer = CausalSelfAttention(4, heads=1, rng=Random(0))
layer.scale = 1 / math.sqrt(d)  # two of its four columns stay empty here
identity = linalg.one_hot(range(4), 4)
for dense, rows in ((layer.queries, Q), (layer.keys, K), (layer.values, V)):
    dense.weights.value = linalg.transpose([[*row, 0.0, 0.0] for row in rows])
layer.output.weights.value = identity
from_library = [row[:2] for row in layer.forward(identity)]
by_hand_difference = linalg.item(linalg.max(linalg.abs(linalg.subtract(from_library, Y))))
print("largest difference to the library's:", by_hand_difference)

# %% [markdown]
# ## Why divide by √d
#
# Suppose queries and keys are rows of d independent numbers of mean 0 and variance 1. Each product
# has variance 1, too, and a sum of d of them has variance d: its standard deviation is √d. With 64
# columns, scores of ±8 are usual, and softmax turns such differences into one weight of nearly 1
# and nothings. Its slope is nearly 0 there (part 6), and the layer could hardly learn any more.
# Division by √d brings the variance back to 1.

# %%
rng = Random(5)
largest_weights = {}
for d in (4, 16, 64, 256):
    found = {"as they are": [], "divided by √d": []}
    for _ in range(100):
        query, keys = normal(rng, 1, d, deviation=1.0), normal(rng, 8, d, deviation=1.0)
        [scores] = linalg.inner(query, keys)
        found["as they are"].append(max(softmax(scores)))
        found["divided by √d"].append(max(softmax([s / math.sqrt(d) for s in scores])))
    largest_weights[d] = {name: math.fsum(ones) / 100 for name, ones in found.items()}
draw.show(draw.lines(
    {name: [(d, ones[name]) for d, ones in largest_weights.items()] for name in found},
    title="The largest of eight weights, when nothing has been learned", marks=True, log_x=True,
    x_label="columns", y_label="largest weight, mean of 100"))
for d, ones in largest_weights.items():
    print(f"{d:>3} columns: {ones['as they are']:.2f} as they are, "
          f"{ones['divided by √d']:.2f} divided by √d")

# %% [markdown]
# ## The way back, step by step
#
# Now the gradient. From here on dX is short for dL/dX, the gradient of the loss by X, which has the
# shape of X. Let g[i] be the gradient of the loss by y[i], given from behind. What reaches the
# values, the keys and the queries? As in part 7 each step is derived and then measured, by
# central differences. For that we need some loss; take L = Σ g·y with fixed numbers g, whose
# gradient by Y is just g.

# %%
G = [[0.5, -1.0], [1.0, 0.25], [-0.5, 0.5], [2.0, 1.0]]


def attended(Q, K, V):
    """Return the weights and the outputs of causal attention."""
    S = linalg.divide(linalg.inner(Q, K), math.sqrt(len(Q[0])))
    A = [softmax(row[:i + 1]) + [0.0] * (len(row) - i - 1) for i, row in enumerate(S)]
    return A, linalg.matmul(A, V)


def total(outputs):
    return math.fsum(x for row in linalg.multiply(outputs, G) for x in row)


def measured(function, M, h=1e-5):
    """Return the slope of function(M) in each number of M, by central differences."""
    slopes = []
    for r in range(len(M)):
        slopes.append([])
        for c in range(len(M[0])):
            ends = []
            for step in (h, -h):
                moved = [list(row) for row in M]
                moved[r][c] += step
                ends.append(function(moved))
            slopes[r].append((ends[0] - ends[1]) / (2 * h))
    return slopes


def apart(A, B):
    """Return the largest difference between two matrices."""
    return linalg.item(linalg.max(linalg.abs(linalg.subtract(A, B))))


A, Y = attended(Q, K, V)

# %% [markdown]
# **Step 1: from Y = A·V back to V and A.** Value j goes into *every* row i that looked at it, times
# A[i][j]. What goes several ways gets the sum:
#
# ```formula
# dV[j] = Σ[i] A[i][j] · g[i]      "so" dV = Aᵀ · G
# ```
#
# And weight A[i][j] multiplies the whole row v[j] on its way into y[i], so its gradient is a dot
# product. It is positive where what token j says points along the gradient of row i: there a larger
# weight makes the loss larger.
#
# ```formula
# dA[i][j] = g[i] · v[j]      "so" dA = G · Vᵀ
# ```

# %%
dV = linalg.matmul(linalg.transpose(A), G)
dA = linalg.inner(G, V)
step_1 = {"dV": apart(dV, measured(lambda M: total(linalg.matmul(A, M)), V)),
          "dA": apart(dA, measured(lambda M: total(linalg.matmul(M, V)), A))}
print({name: f"{difference:.0e}" for name, difference in step_1.items()})

# %% [markdown]
# **Step 2: through softmax.** One row of weights a, made of scores s: `a[j] = exp(s[j]) / Z`, where
# Z is the sum of all exp. When s[i] grows, the numerator of a[i] grows, and the denominator
# of all. The quotient rule gives two cases:
#
# ```formula
# i = j:   ∂a[j]/∂s[i] = a[i] · (1 − a[i])
# i ≠ j:   ∂a[j]/∂s[i] = −a[i] · a[j]
# ```
#
# All these slopes together are a square matrix, the **Jacobian** of softmax. Here it is for the
# last row of A. Blue raises, red lowers: one more unit of score lifts its own weight and lowers all
# others, and since weights always add up to 1, each row adds up to 0.

# %%
a = A[3]
jacobian = [[a[i] * ((1.0 if i == j else 0.0) - a[j]) for j in range(4)] for i in range(4)]
jacobian_measured = measured(lambda M: softmax(M[0])[0], [S[3]])
rounded = [[round(slope, 2) for slope in row] for row in jacobian]
draw.show(draw.heatmap(rounded, title="What one more unit of score does to the weights",
                       numbers=True, row_names=[f"s[{i}]" for i in range(4)],
                       column_names=[f"a[{j}]" for j in range(4)], x_label="weight",
                       y_label="score", bar_label="slope"))
row_sums = [math.fsum(row) for row in jacobian]
print("slopes of a[0], by formula:", [round(row[0], 6) for row in jacobian])
print("slopes of a[0], measured:  ", [round(slope, 6) for slope in jacobian_measured[0]])
print(f"the rows add up to 0: {max(map(abs, row_sums)):.0e}")

# %% [markdown]
# Score i reaches the loss by every weight a[j], whose gradient is da[j]. The sum over all ways is
# the Jacobian times da. Written out, most of it falls together:
#
# ```formula
# ds[i] = Σ[j] da[j] · ∂a[j]/∂s[i]
#       = a[i] · da[i] − Σ[j] da[j] · a[i] · a[j]
#       = a[i] · (da[i] − m),      m = Σ[j] a[j] · da[j]
# ```
#
# m is the mean of da in this row, weighted by how it looks now. Read it so: **the gradient of a
# score is positive where its weight harms more than the mean of the row.** The step goes against
# the gradient: it lowers that score, and raises those whose weights harm less. The Jacobian is
# never built: for T tokens it would have T² numbers for *each* row. And where a[i] is 0, behind the
# mask, ds[i] is 0 as well; the way back needs no mask.

# %%
def softmax_backward(dA, A):
    dS = []
    for da, a in zip(dA, A):
        m = linalg.dot(a, da)
        dS.append([weight * (slope - m) for weight, slope in zip(a, da)])
    return dS


dS = softmax_backward(dA, A)
by_jacobian = linalg.matmul([dA[3]], linalg.transpose(jacobian))[0]


def loss_of_scores(scores):
    weights = [softmax(row[:i + 1]) + [0.0] * (3 - i) for i, row in enumerate(scores)]
    return total(linalg.matmul(weights, V))


step_2 = apart(dS, measured(loss_of_scores, S))
print("last row, by the Jacobian:    ", [round(slope, 6) for slope in by_jacobian])
print("last row, by the short formula:", [round(slope, 6) for slope in dS[3]])
print(f"all rows, difference to what is measured: {step_2:.0e}")

# %% [markdown]
# **Step 3: from the scores back to queries and keys.** S = Q·Kᵀ / √d is a product, and we know how
# to go back through it: query i meets every key j, with slope k[j] / √d, and key j meets every
# query.
#
# ```formula
# dQ = dS · K / √d      dK = dSᵀ · Q / √d
# ```

# %%
root = math.sqrt(2)
dQ = linalg.divide(linalg.matmul(dS, K), root)
dK = linalg.divide(linalg.matmul(linalg.transpose(dS), Q), root)
step_3 = {"dQ": apart(dQ, measured(lambda M: total(attended(M, K, V)[1]), Q)),
          "dK": apart(dK, measured(lambda M: total(attended(Q, M, V)[1]), K)),
          "dV": apart(dV, measured(lambda M: total(attended(Q, K, M)[1]), V))}
print({name: f"{difference:.0e}" for name, difference in step_3.items()})

# %% [markdown]
# **Step 4: the weights, and three ways into one row.** Queries, keys and values came out of dense
# layers, and part 9 has the rule for the weights of these. Each token's row x made its query, its
# key and its value. So three gradients come back to it, and they add up:
#
# ```formula W: weight
# dW[q] = dQᵀ · X
# dW[k] = dKᵀ · X
# dW[v] = dVᵀ · X
# dX = dQ · W[q] + dK · W[k] + dV · W[v]
# ```
#
# Put together, a layer of one head, and all of its numbers checked at once:

# %%
class OneHead(Layer):
    """Causal attention with one head, from the formulas above."""

    def __init__(self, width, rng):
        self.input_width = self.output_width = width
        self.makers = [Dense(width, width, rng, bias=False) for _ in range(3)]

    def parameters(self):
        for maker in self.makers:
            yield maker.weights

    def forward(self, inputs, training=False):
        self.kept = [maker.forward(inputs) for maker in self.makers]
        self.A, outputs = attended(*self.kept)
        return outputs

    def backward(self, output_gradient):
        Q, K, V = self.kept
        root = math.sqrt(len(Q[0]))
        dV = linalg.matmul(linalg.transpose(self.A), output_gradient)
        dS = linalg.divide(softmax_backward(linalg.inner(output_gradient, V), self.A), root)
        dQ, dK = linalg.matmul(dS, K), linalg.matmul(linalg.transpose(dS), Q)
        back = [maker.backward(one) for maker, one in zip(self.makers, (dQ, dK, dV))]
        return self.join(back)

    def join(self, back):
        return linalg.add(linalg.add(back[0], back[1]), back[2])


rng = Random(6)
own_layer, own_inputs = OneHead(4, rng), normal(rng, 5, 4, deviation=1.0)
own_targets = normal(rng, 5, 4, deviation=1.0)
own_report = gradcheck.check(own_layer, MeanSquaredError(), own_inputs, own_targets)
print(own_report)

# %% [markdown]
# That is backpropagation through attention. The library's `CausalSelfAttention` is the same, with
# several heads and several texts, and a fourth dense layer behind them.

# %% [markdown]
# ## Several heads
#
# One row of weights adds up to 1: the more of it goes to one token, the less to the others. So let
# several **heads** look side by side, each with a share of the columns: of 8 columns, head 1 has
# the first four, head 2 the others. In each d is 4, the width divided by the heads. Their outputs
# stand side by side again, as Y, and the fourth layer mixes them: `Z = Y · W[o]ᵀ`. The number of
# weights stays the same.
#
# On the way back the fourth layer gives `dY = dZ · W[o]`, and for its weights `dW[o] = dZᵀ · Y`.
# Each head gets its columns of dY and goes through steps 1 to 3. Then the dQ, dK and dV of all
# heads stand side by side again, as wide as X, and step 4 follows.
#
# Before anything is learned, both look about everywhere (rows of random numbers here, 0 to 4):

# %%
two_heads = CausalSelfAttention(8, heads=2, rng=Random(7))
two_heads.forward(normal(Random(8), 5, 8, deviation=1.0))
draw.show(draw.attention(two_heads.patterns[0], list("01234"), title="Two heads, not trained"))
untrained_rows = [row for head in two_heads.patterns[0] for row in head]
farthest = max(abs(weight - 1 / (i % 5 + 1)) for i, row in enumerate(untrained_rows)
               for weight in row[:i % 5 + 1])
print(f"no weight is further from an even share than {farthest:.3f}")

# %% [markdown]
# ## What attention does not know
#
# Order. Look at the formulas: where a token stands occurs nowhere but in the mask. Mix the letters
# before the last one, and the last one sees the same keys and the same values; the weights travel
# along, and their sum stays what it was.

# %%
mixed_words = {}
for word in ("lantk=", "knalt=", "tlakn="):
    scores = model.predict([[float(token) for token in vocabulary.encode(word)]])
    mixed_words[word] = scores[-1]
    print(word, [round(score, 4) for score in scores[-1][:4]])

# %% [markdown]
# For our game that is just right: it does not matter where the vowel stands. For names it matters a
# lot. So a language model adds a row for the *place* of each token to its embedding, learned like
# the embedding itself. This is the layer `Positions`, and it comes in part 15.

# %% [markdown]
# ## What to notice
#
# - A dense layer has one weight for each pair of places, and they are fixed when it has learned.
#   Attention makes its weights anew for every text. What it has learned is *how to make them*.
# - The number of its parameters does not depend on the length of the text, but its work does: every
#   token with every token before it. Twice the length, four times the scores.
# - All tokens are computed at once, in a few products of matrices. Nothing has to be read from left
#   to right. That is why this, and not an older way, became the layer of large models.
# - The Jacobian of softmax fits into one line, since only its product with a row is needed.

# %% [markdown]
# ## What usually goes wrong
#
# **The mask after softmax.** Somebody sets the weights behind the token to 0, after softmax has
# spread them over all. What is left does not add up to 1.

# %%
masked_late = [[weight if j <= i else 0.0 for j, weight in enumerate(softmax(row))]
               for i, row in enumerate(S)]
late_sums = [math.fsum(row) for row in masked_late]
print("the rows add up to", [round(one, 2) for one in late_sums])

# %% [markdown]
# And worse: the sum in the denominator holds the scores of tokens that it must not know. A little
# of the answer leaks through.

# %% [markdown]
# **No mask at all.** Then the model reads the answer during training, and has nothing to read when
# it is used. The sign of it: a loss that is too good to be true. Here each row of a causal layer is
# asked whether it changes when the *last* token changes:

# %%
rows, changed_rows = normal(Random(9), 4, 4, deviation=1.0), normal(Random(9), 4, 4, deviation=1.0)
changed_rows[3] = [x + 1.0 for x in changed_rows[3]]
causal = OneHead(4, Random(10))
moves = [max(abs(x - y) for x, y in zip(one, other))
         for one, other in zip(causal.forward(rows), causal.forward(changed_rows))]
print("how far each row moves:", [round(move, 3) for move in moves])

# %% [markdown]
# **Softmax down the columns.** Then the *columns* add up to 1, each token is looked at equally much
# in total, and the rows may have any sum. With a square matrix no shape gives it away.

# %%
columns = linalg.transpose([softmax(column) for column in linalg.transpose(S)])
column_row_sums = [math.fsum(row) for row in columns]
print("the rows add up to", [round(one, 2) for one in column_row_sums])

# %% [markdown]
# **One of the three ways forgotten.** The gradients of keys and values come back to X, and the one
# of the queries is not added. All the layer's own gradients are right; only what goes to the layers
# *before* it is wrong. Training does not complain. The checker says where to look.

# %%
class OneWayForgotten(OneHead):
    def join(self, back):
        return linalg.add(back[1], back[2])


forgetful = OneWayForgotten(4, Random(6))
forgotten_report = gradcheck.check(forgetful, MeanSquaredError(), own_inputs, own_targets)
wrong_names = sorted({one.name for one in forgotten_report.disagreements})
print("wrong:", wrong_names)

# %% [markdown]
# **Texts glued together.** Several texts in one batch are rows below each other. A layer that is
# not told where one ends takes them for one long text, and looks into its neighbours. `lengths`
# tells it:

# %%
glued, apart_texts = CausalSelfAttention(4, 1, Random(11)), CausalSelfAttention(4, 1, Random(11))
apart_texts.lengths = [2, 3]
rows = normal(Random(12), 5, 4, deviation=1.0)
glued.forward(rows)
apart_texts.forward(rows)
seen_in_neighbour = linalg.item(linalg.sum([row[:2] for row in glued.patterns[0][0][2:]]))
print(f"weight of three tokens on the text before theirs: {seen_in_neighbour:.2f} of 3")
print(f"with lengths the patterns are {len(apart_texts.patterns)} matrices, one for each text")

# %% [markdown]
# ## Exercises
#
# 1. Causal attention, the product with softmax's Jacobian, and the way back through a head:
#    `python3 -m purenn exercise 14` makes a file with holes, `python3 -m purenn check FILE` looks
#    at what you put into them.
# 2. What are the weights of the first token always? What gradient do its query and key get from its
#    own row?
# 3. Train the game with `Residual` left out: `RMSNorm(8), attention` directly in the list. Take the
#    seed 5 of this page and then 1, 2 and 3. Does it still learn, how fast, and how surely?
# 4. Change the game: the *first* consonant has to be said again. Can it be learned without places?
#
# ## Where it comes from
#
# Attention was made for translation: in 2014 Dzmitry Bahdanau and others let a network that writes
# a sentence look back at the words that it translates. In 2017 Ashish Vaswani and others left out
# everything else; their *transformer* is attention and dense layers, with the division by √d and
# with heads. The causal form is the one of GPT (2018).
#
# - D. Bahdanau, K. Cho, Y. Bengio: *Neural machine translation by jointly learning to align and
#   translate*. ICLR, 2015.
# - A. Vaswani and others: *Attention is all you need*. Advances in Neural Information Processing
#   Systems 30, 2017.
#
# ## Where the real thing lives
#
# - [`CausalSelfAttention`](../sequences/attention.py#CausalSelfAttention), with
#   [`softmax_backward`](../sequences/attention.py#softmax_backward) and
#   [`head_backward`](../sequences/attention.py#head_backward): the derivations beside the lines.
# - [`attention`](../draw/patterns.py#attention): the heatmaps.
#
# Next: [part 15](part_15_language_model.py): the layers put together to a small language model.
