# %% [markdown]
# # Part 15: A small language model
#
# Everything is there now: embeddings, attention, dense layers, cross-entropy, Adam. After this part
# you can put these layers together to a language model of the kind that large ones are, train it,
# let it write, and judge it honestly: against plain counting, which on little data wins, and
# against the large models, which have the same layers and are something else.

# %%
import math
import textwrap
import time
from random import Random

from purenn import (
    Adam, CosineDecay, Dense, SoftmaxCrossEntropy, accuracy, draw, gradcheck, linalg, train,
)
from purenn.initializers import permutation
from purenn.lessons.recorded import RECORDS
from purenn.sequences import (
    CausalSelfAttention, Continuation, Embedding, LanguageModel, NextToken, Residual, RMSNorm,
    Unpad, characters, generate, gpt, names, probabilities, questions,
)

# %% [markdown]
# ## The finished thing first
#
# The names of part 13, a tenth of them held out. A model of 4,240 parameters learns from four names
# at a time, 800 times, while you wait.

# %%
texts = names()
order = permutation(len(texts), Random(0))
held_out = [texts[k] for k in order[:len(texts) // 10]]
learning = [texts[k] for k in order[len(texts) // 10:]]
vocabulary = characters(texts)
edge = vocabulary.edge  # the token before and behind each name
inputs, targets = questions([vocabulary.with_edges(name) for name in learning])
held_out_questions = questions([vocabulary.with_edges(name) for name in held_out])

STEPS, BATCH = 800, 4
rng = Random(1)
model = gpt(len(vocabulary), context=16, width=16, heads=4, blocks=1, rng=rng)


def drawn(epoch):
    return [[int(rng.random() * len(inputs)) for _ in range(BATCH)] for _ in range(STEPS // 8)]


started = time.perf_counter()
history = train(model, inputs, targets, loss=NextToken(), optimizer=Adam(CosineDecay(0.01, STEPS)),
                epochs=8, batch_size=BATCH, rng=rng, sampler=drawn,
                validation=[rows[:120] for rows in held_out_questions])
training_seconds = time.perf_counter() - started


def held_out_loss(model):
    rows, answers = held_out_questions
    return NextToken()(model.predict(rows), answers)


model_loss = held_out_loss(model)
guessing = math.log(len(vocabulary))
print(f"{STEPS} steps of {BATCH} names: {training_seconds:.0f} s")
print(f"held-out loss per character {model_loss:.3f}, perplexity {math.exp(model_loss):.1f} "
      f"(guessing: {guessing:.3f}, {len(vocabulary)})")

# %% [markdown]
# And twelve names that it invents, at *temperature* 0.7 (see below). A star stands behind those
# that are in the census.

# %%
def written(model, count, seed, temperature=0.7, prompt=""):
    """Return texts that the model writes."""
    rng = Random(seed)
    start = [edge, *vocabulary.encode(prompt)]
    return [prompt + vocabulary.decode(generate(model, start, edge, rng, temperature))
            for _ in range(count)]


print(textwrap.fill(" ".join(
    name + "\u00a0*" * (name in texts) for name in written(model, 12, seed=1)), 80))
many = written(model, 200, seed=2)
in_census = [name in texts for name in many].count(True)
print(f"of {len(many)} names {in_census} stand in the census, {len(many) - in_census} do not")

# %% [markdown]
# ## What it consists of

# %%
def parameters_of(layer):
    """Return how many numbers a layer, or a whole model, learns."""
    return len([w for one in layer.parameters() for w in linalg.ravel(one.value)])


print(f"{'layer':<40}parameters")
for number, layer in enumerate(model.layers):
    inside = getattr(layer, "layers", [])
    name = type(layer).__name__ if inside else repr(layer)
    print(f"{number} {name:<38}{parameters_of(layer):>10,}")
    for part in inside:
        print(f"      {part}")
parameter_count = parameters_of(model)
print(f"{'total':<40}{parameter_count:>10,}")

# %% [markdown]
# You know nearly all of it. Row 0 takes the tokens of several names and stacks them, one below the
# other, without what a short name was filled up with. Row 1 is the embedding of part 13. Row 2 adds
# a row for the place of each token, since attention knows no order. The last layer is a dense one,
# with a score for each token that may come next. Between them stands one **block**, of two parts:
# attention, in which tokens hear from each other, and two dense layers with ReLU, in which each
# token works alone. Two things are new.
#
# **Residual.** Both parts only *add* to what they are given: `y = x + f(x)`. So x goes two ways,
# and the gradient comes back by both. As in part 14, dx is short for dL/dx, the gradient of the
# loss by x, shaped like x:
#
# ```formula g: output gradient
# dx  =  g + "what comes back through" f
# ```
#
# The first way has no factors in it. However many blocks there are, the gradient arrives at the
# first one undiminished.

# %% [markdown]
# **RMSNorm.** Rows to which something is added again and again would grow. Before each part they
# are brought to one size, a root mean square of 1:
#
# ```formula
# y[i] = s · x[i],      s = 1 / √m,      m = (x[0]² + x[1]² + …) / n
# ```
#
# (In the code a tiny number is added to m, so that a row of zeros does no harm.) Its gradient is
# worth deriving, since s is made of *all* numbers of the row. x[i] reaches the loss by two ways.
#
# Directly, in y[i], with slope s. And by s, which is in every y[j]. With g for dy:
#
# ```formula
# "slope of" s "by" x[i]  =  −1/2 · m^(−3/2) · 2 · x[i] / n  =  −s³ · x[i] / n
# ```
#
# ```formula g: output gradient
# dx[i] = s · g[i] + (Σ[j] g[j] · x[j]) · (−s³ · x[i] / n)
# dx[i] = s · (g[i] − y[i] · (g · y) / n)
# ```
#
# In the last line x is written as y / s, and `g · y` is the dot product of the two rows. The second
# term takes out of g what points along y. It must: a row twice as long gives the same y, so the
# loss does not change in that direction. In numbers:

# %%
def root_mean_square_norm(x):
    s = (math.fsum(one * one for one in x) / len(x)) ** -0.5
    return [s * one for one in x], s


def norm_backward(g, x):
    y, s = root_mean_square_norm(x)
    along = linalg.dot(g, y) / len(x)
    return [s * (gi - yi * along) for gi, yi in zip(g, y)]


x, g = [3.0, -1.0, 0.5, 2.0], [0.5, 1.0, -2.0, 1.5]
y, s = root_mean_square_norm(x)
norm_gradient = norm_backward(g, x)
h = 1e-5
norm_measured = []
for i in range(4):
    ends = [linalg.dot(g, root_mean_square_norm([*x[:i], x[i] + step, *x[i + 1:]])[0])
            for step in (h, -h)]
    norm_measured.append((ends[0] - ends[1]) / (2 * h))
without_second_term = [s * gi for gi in g]
print("y =", [round(one, 3) for one in y])
print("by formula:             ", [round(one, 6) for one in norm_gradient])
print("measured:               ", [round(one, 6) for one in norm_measured])
print("without the second term:", [round(one, 6) for one in without_second_term])
along_x = linalg.dot(norm_gradient, x)
print(f"the gradient along x: {abs(along_x):.0e}")

# %% [markdown]
# Two derivations are short. In the model each column of a normalized row is also multiplied by a
# number that is learned, its **gain**, 1 at first: z[i] = y[i] · gain[i]. The same gain multiplies
# column i of every row, and what goes several ways gets the sum:
#
# ```formula
# dy[i] = dz[i] · "gain"[i]
# "dgain"[i] = "sum over the rows of" dz[i] · y[i]
# ```
#
# And `Positions` adds one row of its table to the first token of every text, the next one to the
# second. So the gradient of a place's row is a sum, as that of a letter's row in part 13: of the
# gradients of all tokens that stood in this place. They go on to the embedding as they are.
#
# With that every layer of the model has its derivation, and the whole model can be checked, all of
# its parameters at once. A smaller one, on two names:

# %%
small = gpt(len(vocabulary), context=8, width=4, heads=2, blocks=2, rng=Random(3))
small_questions = questions([vocabulary.with_edges(name) for name in ("anna", "bo")])
model_report = gradcheck.check(small, NextToken(), *small_questions)
print(f"{model_report.compared:,} gradients compared,", "all right" if model_report.ok else "wrong")

# %% [markdown]
# ## Against counting
#
# Now the honest part. In part 13 tables of counts were a model of names, too, made in one pass over
# the names. Here they are again: after one, two and three letters, backing off.

# %%
def counts_after(length, names):
    table = {}
    for name in names:
        text = "." * length + name + "."
        for place in range(length, len(text)):
            followers = table.setdefault(text[place - length:place], {})
            followers[text[place]] = followers.get(text[place], 0) + 1
    return table


def backing_off(length, names, tokens):
    """Return the probability of a letter after the last few, as part 13 has it."""
    tables = [counts_after(k, names) for k in range(length + 1)]

    def probability(before, letter):
        p = 1 / tokens
        for k, table in enumerate(tables):
            followers = table.get(before[length - k:], {})
            if followers:
                d = len(followers)
                p = (followers.get(letter, 0) + d * p) / (math.fsum(followers.values()) + d)
        return p

    return probability


def loss_of_counts(length, names, others):
    probability = backing_off(length, names, len(vocabulary))
    losses = []
    for name in others:
        text = "." * length + name + "."
        losses += [-math.log(probability(text[k - length:k], text[k]))
                   for k in range(length, len(text))]
    return math.fsum(losses) / len(losses)


count_losses = {length: loss_of_counts(length, learning, held_out) for length in (1, 2, 3)}
best_counts = min(count_losses.values())
on_the_way = [(one.epoch * STEPS // 8, one.validation_loss) for one in history]
counts_on_the_same = {length: loss_of_counts(length, learning, held_out[:120])
                      for length in (1, 2, 3)}
draw.show(draw.lines(
    {"the model": on_the_way,
     **{f"counts after {length}": [(0, value), (STEPS, value)]
        for length, value in counts_on_the_same.items()}},
    title="A language model learns, and what counting gets", x_label="steps",
    y_label="held-out loss",
))
print(f"on all {len(held_out)} held-out names:")
for length, value in count_losses.items():
    print(f"counts after {length}: {value:.3f}")
print(f"the model: {model_loss:.3f}")

# %% [markdown]
# (The figure was made of 120 of the held-out names, the curve and the lines alike.) The model beats
# the table of pairs. It does not beat counts of two or three letters. Does it do so
# if it learns longer? This was recorded, with the same names held out. (The seconds are those of a
# processor that had other things to do as well. Only compare them with each other.)

# %%
rows = RECORDS["language"]["models"]
print(f"recorded on {RECORDS['language']['python']}, {RECORDS['language']['machine']}")
print(f"{'':<40}{'loss':>6}{'parameters':>12}{'seconds':>9}")
for row in rows:
    print(f"{row['model']:<40}{row['loss']:>6.3f}{row['parameters']:>12,}{row['seconds']:>9.0f}")
trained = [row for row in rows if row["model"].startswith("attention")]
best_recorded = min(row["loss"] for row in trained)
draw.show(draw.lines(
    {"attention": [(row["seconds"], row["loss"]) for row in trained],
     "dense": [(row["seconds"], row["loss"]) for row in rows if row["model"].startswith("dense")],
     "counts, backing off from 3": [(x, best_counts) for x in (5, 300)]},
    title="Loss against time", marks=True, log_x=True, x_label="seconds of training, recorded",
    y_label="held-out loss per character",
))
count_entries = len([1 for k in range(4) for followers in counts_after(k, learning).values()
                     for _ in followers])
print(f"best: {best_recorded:.3f}, counts {best_counts:.3f}, which are {count_entries:,} numbers")

# %% [markdown]
# **Counting wins**, also after minutes of training. Why?
#
# - The data are few. 33 thousand characters give a table of the last three letters nearly all that
#   it needs, and names are short: what matters stands close by.
# - The model has to find out by small steps what the table just copies. It begins by not even
#   knowing that a and e are alike.
#
# So if a table does what you need, take the table. It is the yardstick, and a model that is not
# compared with one has not been measured.

# %% [markdown]
# ## Where attention wins
#
# What can the model do that no table can? It can look for something, wherever it stands. Take the
# game of part 14: five letters, one of them a vowel, and behind the sign the vowel again. Counting
# gets a thousand words, and so does a model of the same kind.

# %%
def word_with_one_vowel(rng):
    word = ["bcdfgklmnrst"[int(12 * rng.random())] for _ in range(5)]
    vowel = "aeiou"[int(5 * rng.random())]
    word[int(5 * rng.random())] = vowel
    return "".join(word) + "=" + vowel


rng = Random(1)
words = [word_with_one_vowel(rng) for _ in range(1200)]
game_losses = {}
for length in (1, 2, 3, 4, 5, 6):
    probability = backing_off(length, words[:1000], 19)
    found = [-math.log(probability((("." * length) + word)[-length - 1:-1], word[-1]))
             for word in words[1000:]]
    game_losses[f"counts after {length}"] = math.fsum(found) / len(found)

rng = Random(5)
signs = characters(words)
game_inputs, game_targets = questions([signs.encode(word) for word in words[:1000]])
player = LanguageModel([
    Unpad(), Embedding(len(signs), 8, rng), Residual([RMSNorm(8), CausalSelfAttention(8, 1, rng)]),
    RMSNorm(8), Dense(8, len(signs), rng, bias=False)])
train(player, game_inputs, game_targets, loss=NextToken(), optimizer=Adam(0.02), epochs=1,
      batch_size=16, rng=rng,
      sampler=lambda epoch: [[int(1000 * rng.random()) for _ in range(16)] for _ in range(200)])
asked, answers = questions([signs.encode(word) for word in words[1000:]])
scores, right = player.predict(asked)[5::6], [int(row[-1]) for row in answers]
game_losses["attention"] = SoftmaxCrossEntropy()(scores, right)
game_accuracy = accuracy(scores, right)
player_size = parameters_of(player)
draw.show(draw.bars(game_losses, title="The vowel again: loss on words not seen",
                    y_label="loss"))
print(f"attention: {game_losses['attention']:.3f} with {player_size} parameters, "
      f"{game_accuracy:.0%} right")
print(f"best counts {min(list(game_losses.values())[:6]):.3f}; "
      f"guessing among five {math.log(5):.3f}")

# %% [markdown]
# Counting six letters would be enough in principle: the vowel is among them. But there are half a
# million such words, and a thousand were seen. Attention has learned *what to look for*, from the
# same thousand, with fewer parameters than there were words. Names are a place for tables;
# language, where a word on page one decides what is said on page three, is not.

# %% [markdown]
# ## Writing
#
# The model gives a score to each token that may come next. Softmax makes probabilities of them, and
# one is drawn. What may come after "mar"?

# %%
def next_probabilities(prompt, temperature=1.0):
    with Continuation(model) as text:
        return probabilities(text.feed([edge, *vocabulary.encode(prompt)]), temperature)


signs_shown = [*vocabulary.pieces, "(end)"]
by_model = dict(zip(signs_shown, next_probabilities("mar")))
by_counts = {letter: backing_off(3, learning, 27)("mar", "." if letter == "(end)" else letter)
             for letter in signs_shown}
likely = sorted(signs_shown, key=by_counts.__getitem__, reverse=True)[:8]
draw.show(draw.beside([
    draw.bars({letter: by_counts[letter] for letter in likely}, title="By counts",
              y_label="probability"),
    draw.bars({letter: by_model[letter] for letter in likely}, title="By the model",
              y_label="probability"),
], title="What comes after mar"))
rank_of_counts = max(by_model, key=by_model.__getitem__)
print(f"likeliest by counts: {likely[0]!r}, by the model: {rank_of_counts!r}")

# %% [markdown]
# **Temperature** divides the scores before softmax. Below 1 what is likely gets likelier still;
# above 1 all gets more even; at 0 the likeliest token is taken, always.

# %%
in_census_at, different_at = {}, {}
for temperature in (0.2, 0.7, 1.0, 1.5):
    samples = written(model, 200, seed=4, temperature=temperature)
    in_census_at[temperature] = [name in texts for name in samples].count(True)
    different_at[temperature] = len(set(samples))
    print(f"{temperature}: {' '.join(name or '(empty)' for name in samples[:8])}\n"
          f"     in the census: {in_census_at[temperature]} of 200, "
          f"different: {different_at[temperature]}")

# %% [markdown]
# The colder, the safer: more of the names are real ones, and they repeat. The warmer, the wilder.

# %% [markdown]
# ## One row for each new token
#
# To write the tenth letter, must the model compute the first nine again? No: since no row sees what
# stands behind it, all rows but the new one are what they were. Attention needs the *keys and
# values* of the rows before, so it keeps them, and a new token costs one row. Large models do the
# same, and call it the KV cache. A longer text, of 48 tokens, by a model that has learned nothing
# (its speed is the same):

# %%
long_model = gpt(len(vocabulary), context=64, width=16, heads=4, blocks=1, rng=Random(2))
rng = Random(3)
tokens = [int(27 * rng.random()) for _ in range(48)]

started = time.perf_counter()
slow_scores = [long_model.predict([[float(t) for t in tokens[:k + 1]]])[-1] for k in range(48)]
again = time.perf_counter() - started

started = time.perf_counter()
with Continuation(long_model) as text:
    quick_scores = [text.feed([token]) for token in tokens]
kept = time.perf_counter() - started
writing_difference = linalg.item(linalg.max(linalg.abs(linalg.subtract(slow_scores, quick_scores))))
print(f"everything again: {1000 * again / 48:.2f} ms a token; keys and values kept: "
      f"{1000 * kept / 48:.2f} ms")
print(f"largest difference of a score: {writing_difference:.0e}")

# %% [markdown]
# ## What separates it from the large ones
#
# The layers do not. A large language model is an embedding, places, blocks of attention and dense
# layers with residual connections and normalizations, and a last dense layer, trained by
# cross-entropy on the next token. Most of its parameters are in the blocks, and a block of width w
# has `4·w²` in attention and `8·w²` in its dense layers. Does that hold for GPT-3, whose numbers
# were published?

# %%
GPT_3 = {"blocks": 96, "width": 12_288, "context": 2048, "tokens": 50_257,
         "learned from": 300e9, "published": 175e9}
OURS = {"blocks": 1, "width": 16, "context": 16, "tokens": len(vocabulary),
        "learned from": STEPS * BATCH * (len("".join(learning)) + len(learning)) / len(learning)}


def parameters_in(one):
    in_blocks = one["blocks"] * 12 * one["width"] ** 2
    return in_blocks + (one["tokens"] + one["context"]) * one["width"]


by_formula = parameters_in(GPT_3)
print(f"GPT-3 by the formula: {by_formula / 1e9:.1f} thousand million parameters, "
      f"published: {GPT_3['published'] / 1e9:.0f}")
print(f"{'':<28}{'ours':>10}{'GPT-3':>20}{'times':>16}")
for what, mine, theirs in (
        ("parameters", parameter_count, GPT_3["published"]),
        ("tokens learned from", OURS["learned from"], GPT_3["learned from"]),
        ("blocks", 1, GPT_3["blocks"]), ("width", 16, GPT_3["width"]),
        ("context", 16, GPT_3["context"]), ("different tokens", 27, GPT_3["tokens"])):
    print(f"{what:<28}{mine:>10,.0f}{theirs:>20,.0f}{theirs / mine:>16,.0f}")

our_work = 6 * parameter_count * OURS["learned from"]
their_work = 6 * GPT_3["published"] * GPT_3["learned from"]
years = their_work / (our_work / training_seconds) / (365 * 24 * 3600)
print(f"operations to train: about {our_work:.1e} and {their_work:.1e} (6 for each parameter and "
      f"token)\nat the speed of this page that would take {years:,.0f} years")

# %% [markdown]
# So between this model and that one lie seven orders of magnitude in parameters, seven in text, and
# more than fourteen in work. That is the difference in *numbers*, and nobody who looked at ours
# would have guessed what the other can do: at some size models began to translate, to calculate and
# to answer questions, because all of that helps to predict the next token of enough text.
#
# Other differences are of kind. Ours was trained once, to continue texts. The large ones that
# people talk with were trained a second time, on examples of answers and on what people think of
# them. They read pieces of words (`byte_pairs` makes such tokens) and run on thousands of
# processors at once.
#
# And one thing they share. Nothing in our model knows what a name *is*, whether somebody bears it,
# or that it is lying when it invents one. It gives probabilities to tokens. Whether that, at the
# other end of the table above, should be called knowledge, is argued about; this page does not
# settle it.

# %% [markdown]
# ## What it looks at

# %%
attention = next(layer for layer in model.text_layers if isinstance(layer, CausalSelfAttention))
name = "caroline"
model.predict([[float(edge), *map(float, vocabulary.encode(name))]])
heads = attention.patterns[0]
draw.show(draw.attention(heads, [".", *name], title="Four heads read “caroline”"))
for number, head in enumerate(heads, start=1):
    print(f"head {number}, last letter: {head[-1][-1]:.2f} on itself, {head[-1][-2]:.2f} on the "
          f"letter before, {head[-1][0]:.2f} on the edge")

# %% [markdown]
# After so short a training the patterns are broad. Do not read too much into them: such pictures
# show where a head looks, and not what it does with it.

# %% [markdown]
# ## What usually goes wrong
#
# **Temperature 0 for invention.** The likeliest token, always: then every name is the same one.

# %%
always = written(model, 20, seed=5, temperature=0.0)
print(f"at temperature 0: {always[0]!r}, {len(set(always))} different of {len(always)}")

# %% [markdown]
# **Judging by samples.** Ten nice names say little: whoever copies from the data writes the nicest.
# Count how many stand in the data, and measure the loss on held-out text.

# %%
rng = Random(6)
copied = [learning[int(rng.random() * len(learning))] for _ in range(12)]
print("a model that copies writes:", " ".join(copied[:6]))
copied_in_held_out = [name in held_out for name in copied].count(True)
print(f"of these, names that it has not seen: {copied_in_held_out}")

# %% [markdown]
# **The loss of the training as the score.** The loss that runs along is that of single batches of
# four names, and of names that the model learns from. Batches differ among
# each other by more than all that the model has gained since the first hundred steps:

# %%
batch_losses = [NextToken()(model.predict([inputs[k] for k in four]), [targets[k] for k in four])
                for four in drawn(1)[:50]]
spread = max(batch_losses) - min(batch_losses)
gained = history[0].validation_loss - history[-1].validation_loss
print(f"the trained model on 50 batches of four names: from {min(batch_losses):.2f} to "
      f"{max(batch_losses):.2f}")
print(f"gained since step {STEPS // 8}: {gained:.2f}")

# %% [markdown]
# **A text longer than the places.** The table of `Positions` has a row for each of 16 places. A
# 17th has none, and the model says so; it does not guess.

# %%
too_long = ""
try:
    model.predict([[0.0] * 17])
except ValueError as error:
    too_long = str(error)
print(textwrap.fill(too_long, 80))

# %% [markdown]
# ## Exercises
#
# 1. RMSNorm and its way back, probabilities at a temperature, and the loss of padded texts:
#    `python3 -m purenn exercise 15` makes a file with holes, `python3 -m purenn check FILE` looks
#    at what you put into them.
# 2. Train for as long as you have patience: `python3 -m purenn gpt names --steps 3000 --batch 8`.
#    Then with `--layers 2`. Is the second block worth its time?
# 3. Give it a text of your own, a line for each entry: place names, recipes, verses.
#    `python3 -m purenn gpt FILE` finds out the rest.
# 4. The last dense layer has a row of 16 numbers for each token, and so has the embedding. Use one
#    table for both (GPT-2 does). It then reaches the loss by two ways: what becomes of its
#    gradient?
# 5. Can you find a text on which the model beats counting of any length? What must it be like?
#
# ## Where it comes from
#
# The transformer without its first half, trained to predict the next token, is GPT (Alec Radford
# and others, 2018); GPT-2 followed in 2019, GPT-3 in 2020. Residual connections are by Kaiming He
# and others (2015), RMSNorm by Biao Zhang and Rico Sennrich (2019). That loss falls with size, data
# and work by simple laws, Jared Kaplan and others found in 2020; the 6 operations for each
# parameter and token are theirs. The model of this part follows Andrej Karpathy's microgpt (2026),
# with gains in its normalizations and several names in a batch.
#
# - A. Radford and others: *Language models are unsupervised multitask learners*. OpenAI, 2019.
# - T. Brown and others: *Language models are few-shot learners*. 2020; its table 2.1 has the sizes.
# - K. He, X. Zhang, S. Ren, J. Sun: *Deep residual learning for image recognition*. 2015.
# - B. Zhang, R. Sennrich: *Root mean square layer normalization*. 2019.
# - J. Kaplan and others: *Scaling laws for neural language models*. 2020.
#
# ## Where the real thing lives
#
# - [`gpt`](../sequences/model.py#gpt) puts the layers together;
#   [`Residual`](../sequences/model.py#Residual), [`NextToken`](../sequences/model.py#NextToken).
# - [`RMSNorm`](../sequences/normalization.py#RMSNorm), and the derivation beside its line.
# - [`generate` and `Continuation`](../sequences/sampling.py#generate): writing, with keys and
#   values kept.
#
# This was the last part. You know now what happens in every line of a network that reads digits,
# and of one that writes. The source goes on from here: the second volume,
# [`purenn.sequences`](../sequences/__init__.py), has five modules, in reading order.
