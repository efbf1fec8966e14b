# %% [markdown]
# # Part 13: Embeddings, and a model of the next character
#
# Text is made of letters, and letters are no numbers. After this part you can turn letters into
# rows of numbers that a network learns by itself, called **embeddings**, and derive their gradient.
# You can build a **language model**, which says how likely each next character is: first by
# counting, then by a network. You know how to measure such models, and why they want to see more of
# what came before.

# %%
import math
from random import Random

from purenn import Adam, CosineDecay, Dense, Network, SoftmaxCrossEntropy, Tanh, draw, gradcheck
from purenn import linalg, train
from purenn.data import one_hot
from purenn.initializers import permutation
from purenn.lessons.recorded import RECORDS
from purenn.sequences import Embedding, characters, choose, names

# %% [markdown]
# ## The finished thing first
#
# Which letter comes after "ma"? And after "q"? The simplest way to know is to look: go through many
# names, and count. The library brings along 5,163 first names from the census of the United States
# of 1990. Each name gets an **edge** before it and behind it, written as a dot here, so that it can
# also be counted how names begin and that they end.

# %%
texts = names()
EDGE = "."
letters = [*characters(texts).pieces, EDGE]


def counts_after(length, names):
    """Return {the last characters: {the next one: how often}}, for that many last characters."""
    table = {}
    for name in names:
        text = EDGE * length + name + EDGE
        for place in range(length, len(text)):
            before = text[place - length:place]
            followers = table.setdefault(before, {})
            followers[text[place]] = followers.get(text[place], 0) + 1
    return table


def times_seen(followers):
    return int(math.fsum(followers.values()))


most_likely = {}
for before in ("ma", "ch", "q", "xz"):
    followers = counts_after(len(before), texts).get(before, {})
    ranked = sorted(followers, key=lambda letter: (-followers[letter], letter))
    most_likely[before] = ranked
    total = times_seen(followers)
    print(f"after {before!r}, seen {total} times: "
          + (", ".join(f"{one} {followers[one] / total:.0%}" for one in ranked[:5]) or "nothing"))

# %% [markdown]
# That is a model of names already. It can invent some: begin at the edge, draw a letter by its
# chance, look what may come after the last two, draw again, until the edge comes.

# %%
def invented(table, length, rng):
    text = EDGE * length
    while len(text) == length or text[-1] != EDGE:
        followers = table[text[len(text) - length:]]
        total = times_seen(followers)
        chances = [followers.get(letter, 0) / total for letter in letters]
        text += letters[choose(chances, rng)]
    return text.strip(EDGE)


rng = Random(3)
inventions = {}
for length in (0, 1, 2, 4):
    table = counts_after(length, texts)
    inventions[length] = [invented(table, length, rng) or "(empty)" for _ in range(200)]
    real = [name in texts for name in inventions[length]].count(True) / 200
    print(f"looking at {length}: {' '.join(inventions[length][:7])}   ({real:.0%} of 200 are real)")

# %% [markdown]
# Who looks at nothing gets letter soup. Who looks at two letters gets something that can be
# pronounced. Who looks at four gets mostly names that stand in the list: there the model begins to
# repeat what it has seen. Is that good or bad? To say it in numbers, we need a measure.

# %% [markdown]
# ## All pairs in one picture
#
# With one letter to look at, all counts fit into a table of 27 rows and 27 columns.

# %%
pairs = counts_after(1, texts)
chances = []
for before in letters:
    followers = pairs[before]
    total = times_seen(followers)
    chances.append([followers.get(letter, 0) / total for letter in letters])
draw.show(draw.heatmap(chances, title="What comes after which letter", row_names=letters,
                       column_names=letters, x_label="the next", y_label="the last",
                       bar_label="probability"))
after_q = max(zip(chances[letters.index("q")], letters))
print(f"after q comes {after_q[1]!r} with probability {after_q[0]:.2f}")

# %% [markdown]
# Vowels follow consonants and the other way round; q wants u. The last column says after which
# letters a name may end, the last row how names begin.

# %% [markdown]
# ## How good is it?
#
# A model gives each possible next character a probability. Part 7 says how to judge that: by
# −log p of the character that came. The mean over all characters of all names, their ends among
# them, is the **loss per character**. Whoever guesses among the 27 blindly has log 27, about 3.296.
# Since a loss says little to most people, it is often given as **perplexity**, `exp(loss)`: a model
# with perplexity 8 is as surprised as somebody who guesses among 8 letters.
#
# And part 10 says on *which* names: on those that were not counted. A tenth is put aside.

# %%
order = permutation(len(texts), Random(0))
held_out = [texts[k] for k in order[:len(texts) // 10]]
learning = [texts[k] for k in order[len(texts) // 10:]]
held_out_characters = len("".join(held_out)) + len(held_out)  # the ends count, too
print(f"{len(learning):,} names to learn from, {len(held_out)} held out "
      f"({held_out_characters:,} characters with their ends)")


def loss_per_character(probability, length, names):
    """Return the mean of −log p; probability(last characters, next) is the model."""
    total, count = 0.0, 0
    for name in names:
        text = EDGE * length + name + EDGE
        for place in range(length, len(text)):
            p = probability(text[place - length:place], text[place])
            if p == 0:
                return math.inf
            total -= math.log(p)
            count += 1
    return total / count


def counted_model(length, names):
    """Return the model that goes by plain counts."""
    table = counts_after(length, names)

    def probability(before, letter):
        followers = table.get(before, {})
        return followers.get(letter, 0) / max(1, times_seen(followers))

    return probability


blind_loss = math.log(27)
plain_losses = {}
for length in (0, 1, 2, 3):
    model = counted_model(length, learning)
    plain_losses[length] = (loss_per_character(model, length, learning),
                            loss_per_character(model, length, held_out))
    print(f"looking at {length}: loss on counted names {plain_losses[length][0]:.3f}, "
          f"on others {plain_losses[length][1]:.3f}")

# %% [markdown]
# Infinity! In the held-out names there is a pair of letters, or three in a row, that was never seen
# among the counted ones. The model called it impossible, and it happened. One such case is enough.
# No model that is honest may say 0.
#
# The oldest remedy: pretend that every letter has been seen a little, here 0.1 times, after
# anything.

# %%
def softened_model(length, names, extra=0.1):
    """Return the model by counts, each letter counted `extra` times more than it was seen."""
    table = counts_after(length, names)

    def probability(before, letter):
        followers = table.get(before, {})
        return (followers.get(letter, 0) + extra) / (times_seen(followers) + 27 * extra)

    return probability


softened_losses = {}
for length in range(6):
    model = softened_model(length, learning)
    softened_losses[length] = (loss_per_character(model, length, learning),
                               loss_per_character(model, length, held_out))
best_softened = min(one for _, one in softened_losses.values())
draw.show(draw.lines(
    {"names that were counted": [(k, one) for k, (one, _) in softened_losses.items()],
     "names held out": [(k, one) for k, (_, one) in softened_losses.items()]},
    title="Looking further back, by counts alone", marks=True,
    x_label="characters looked at", y_label="loss per character",
))
for length, (on_learned, on_others) in softened_losses.items():
    print(f"{length}: {on_learned:.3f} on counted names, {on_others:.3f} on others "
          f"(perplexity {math.exp(on_others):.1f}); "
          f"{len(counts_after(length, learning)):,} different contexts")

# %% [markdown]
# Here is the overfitting of part 10, without any network. With a longer context the counted names
# are predicted better, almost to the end. For the others the loss turns up again after three
# letters. The number of possible contexts is 27 to the power of their length, and no list of names
# is long enough for that. (It is called the **curse of dimensionality**.) How often does a held-out
# name come to a place where nothing was ever counted?

# %%
unseen = {}
for length in range(1, 6):
    table = counts_after(length, learning)
    asked = [before for before, followers in counts_after(length, held_out).items()
             for _ in range(times_seen(followers))]
    unseen[length] = [before in table for before in asked].count(False) / len(asked)
    print(f"looking at {length}: {unseen[length]:.1%} of the places were never seen")

# %% [markdown]
# ## Falling back
#
# Better than to pretend that every letter was seen equally often is to pretend that they were seen
# as a *shorter* context says. If "rost" was seen twice, believe it a little, and "ost" for the
# rest, and that in turn with "st", and so on:
#
# ```formula c: how often the letter came; n: how often anything came
# p  =  (c + d · q) / (n + d)      "q: the same with one character less"
# ```
#
# Where n is large, the counts decide; where it is 0, q alone. This is called **backing off**. The
# number d says how soon to believe the counts. A good choice that needs no trying out is the number
# of *different* letters that were seen in this place: where always the same one came, the counts
# can be trusted early.

# %%
def backing_off_model(length, names):
    tables = [counts_after(k, names) for k in range(length + 1)]

    def probability(before, letter):
        p = 1 / 27
        for k, table in enumerate(tables):
            followers = table.get(before[length - k:], {})
            if followers:
                d = len(followers)
                p = (followers.get(letter, 0) + d * p) / (times_seen(followers) + d)
        return p

    return probability


backed_off_losses = {}
for length in range(6):
    model = backing_off_model(length, learning)
    backed_off_losses[length] = loss_per_character(model, length, held_out)
    print(f"looking at {length}, backing off: {backed_off_losses[length]:.3f} "
          f"(perplexity {math.exp(backed_off_losses[length]):.1f})")

# %% [markdown]
# The best loss is lower than without, and too long a context does less harm: contexts that were
# seen once are still believed a little too much. Keep these numbers in mind. They are what every
# network from here on is to be compared with: a few tables, and one line of school arithmetic.

# %% [markdown]
# ## Letters as rows of numbers
#
# Why then a network? Because a table knows nothing of *likeness*. It has seen "anna" and "hanna",
# and what it learns from them about "n" helps it nothing with "m". Each context stands alone. If
# letters were rows of numbers, similar letters could have similar rows, and what is learned for one
# would hold a bit for the other.
#
# Which numbers? Nobody has to say. Begin with chance, and learn them like all weights. Such a table
# with a row for each letter is called an **embedding**. What it does is nothing but looking up:

# %%
table = Embedding(3, 2, Random(1))  # 3 letters, 2 numbers for each
table.weights.value = [[0.5, 1.0], [2.0, -1.0], [4.0, 0.25]]
word = [2, 0, 2, 1]  # four letters, by their numbers
rows = table.forward([[token] for token in word])
for token, row in zip(word, rows):
    print(f"letter {token}: {row}")

# %% [markdown]
# It can be written as a layer that we know. Write each letter one-hot, as classes are in part 7: a
# row of zeros with a 1 in its place. A dense layer without biases gives X·Wᵀ (part 4). So let the
# table be Wᵀ, a row for each letter where W has a column. 0 times everything is nothing, and what
# is left is the row of the table:
#
# ```formula
# one-hot(t) · table  =  "row t of the table"
# ```

# %%
by_matrix = linalg.matmul(one_hot(word, 3), table.weights.value)
print("the same by a matrix product:", by_matrix == rows)

# %% [markdown]
# ## Its gradient
#
# Let g be the gradient of the loss by what comes out, one row for each letter of the word. Row k
# of the output *is* row t[k] of the table, unchanged: their slope is 1. A row of the table that was
# looked up twice reaches the loss by two ways, and what goes several ways gets the sum. A row that
# was not looked up has no part in the loss: its gradient is 0.
#
# ```formula
# "gradient of row" t  =  "sum of" g[k] "over all" k "with" t[k] = t
# ```
#
# In the word above letter 2 stands twice.

# %%
g = [[1.0, 0.0], [0.5, 0.5], [2.0, -1.0], [0.0, 3.0]]
table_gradient = linalg.zeros(3, 2)
for token, row in zip(word, g):
    table_gradient[token] = [total + x for total, x in zip(table_gradient[token], row)]

table.backward(g)
by_product = linalg.matmul(linalg.transpose(one_hot(word, 3)), g)  # Xᵀ·G: dW = Gᵀ·X, transposed
print("by hand:     ", table_gradient)
print("the layer's: ", table.weights.gradient)
print("by a product:", by_product)

# %% [markdown]
# And the gradient of the *inputs*? Letter number 2 is a name, no quantity: there is no letter 2.1
# whose loss one could ask for. Nothing stands before an embedding that could learn from it;
# `backward` returns zeros, for it has to return something of that shape.

# %% [markdown]
# ## A network for the next letter
#
# Now put the rows of the last three letters side by side, and let a hidden layer and an output
# layer work on them. It is a classifier like those of part 10, with 27 classes.
#
# ```
# letters       rows of the table          hidden        scores
#   m  ──►  [ 8 numbers ]  ┐
#   a  ──►  [ 8 numbers ]  ├──► 24 numbers ──► 48 Tanh ──► 27, one for each next letter
#   r  ──►  [ 8 numbers ]  ┘
# ```
#
# All three places use the same table: an "a" is an "a" wherever it stands.

# %%
def windows(names, length):
    """Return the last `length` letters before each letter, as numbers, and the letter itself."""
    number = {letter: k for k, letter in enumerate(letters)}
    inputs, targets = [], []
    for name in names:
        text = [number[letter] for letter in EDGE * length + name + EDGE]
        for place in range(length, len(text)):
            inputs.append([float(k) for k in text[place - length:place]])
            targets.append(text[place])
    return inputs, targets


def next_letter_network(length, width, rng):
    return Network([Embedding(27, width, rng, per_row=length), Dense(length * width, 48, rng),
                    Tanh(), Dense(48, 27, rng)])


loss = SoftmaxCrossEntropy()
inputs, targets = windows(learning, 3)
print(f"{len(inputs):,} questions; the first of {learning[0]!r}:")
for before, letter in list(zip(inputs, targets))[:4]:
    print("   ", " ".join(letters[int(k)] for k in before), "→", letters[letter])

rng = Random(1)
network = next_letter_network(3, 8, rng)
print(network.summary())
check_report = gradcheck.check(network, loss, inputs[:5], targets[:5])
print("gradient check:", "all right" if check_report.ok else check_report)

# %% [markdown]
# We train for 480 steps of 32 questions, each drawn anew, and look at the held-out names four times
# on the way.

# %%
STEPS = 480
other_inputs, other_targets = windows(held_out, 3)


def train_on_questions(network, inputs, targets, steps, rng, validation=None):
    def drawn(epoch):
        return [[int(rng.random() * len(inputs)) for _ in range(32)] for _ in range(steps // 4)]

    return train(network, inputs, targets, loss=loss, optimizer=Adam(CosineDecay(0.01, steps)),
                 epochs=4, batch_size=32, rng=rng, sampler=drawn, validation=validation)


history = train_on_questions(network, inputs, targets, STEPS, rng, (other_inputs, other_targets))
dense_loss = loss(network.predict(other_inputs), other_targets)
draw.show(draw.lines(
    {"the network, held out": [(STEPS // 4 * one.epoch, one.validation_loss) for one in history],
     "pairs": [(x, softened_losses[1][1]) for x in (0, STEPS)],
     "backing off from 3": [(x, backed_off_losses[3]) for x in (0, STEPS)]},
    title="A network learns the next letter", x_label="steps", y_label="loss per character",
))
dense_weights = len([w for one in network.parameters() for w in linalg.ravel(one.value)])
table_entries = len([1 for k in range(4) for one in counts_after(k, learning).values()
                     for _ in one])
print(f"network: {dense_loss:.3f} with {dense_weights:,} weights; "
      f"backing off: {backed_off_losses[3]:.3f} with {table_entries:,} counts")

# %% [markdown]
# The network is better than the table of pairs, and it is smaller than the tables that back off.
# But it is not as good as they are, and it needs hundreds of steps where they need one pass over
# the names. That must be said plainly: on a few thousand short names, counting is hard to beat.
#
# Does it help to train longer, and to look further back? These are recorded, 1,875 steps each:

# %%
recorded = {row["model"]: row for row in RECORDS["language"]["models"]}
dense_recorded = {k: recorded[f"dense, last {k}"] for k in (1, 3, 8)}
print(f"recorded on {RECORDS['language']['python']}, {RECORDS['language']['machine']}")
for k, row in dense_recorded.items():
    print(f"looking at {k}: loss {row['loss']:.3f}, perplexity {math.exp(row['loss']):.1f}, "
          f"{row['parameters']:,} weights, {row['seconds']:.0f} s")

# %% [markdown]
# Here is what a table cannot do. The network looks at eight letters, of which there are 282
# thousand million possible rows, and it gets *better*. It needs no context to have been seen
# before; it is enough that a similar one was.
#
# And here is where it ends. Each further letter costs 8 · 48 more weights, and each of these
# weights belongs to one *place*: what the network has learned about an "r" three letters back, it
# does not know about an "r" four letters back. A sentence, where the word that matters may stand
# anywhere, has no place for that. What is wanted is something that *looks for* what matters,
# wherever it stands. That is part 14.

# %% [markdown]
# ## What is in the table
#
# With two numbers for each letter the table can be drawn. A network that looks at two letters
# learns for a while; then we draw where it has put the letters. Vowels have a mark of their own.

# %%
rng = Random(4)
flat = next_letter_network(2, 2, rng)
flat_inputs, flat_targets = windows(learning, 2)
train_on_questions(flat, flat_inputs, flat_targets, 400, rng)
places = flat.layers[0].weights.value
kinds = [1 if letter in "aeiouy" else 2 if letter == EDGE else 0 for letter in letters]
draw.show(draw.scatter(places, kinds, title="Where the network has put the letters",
                       class_names=["consonants", "vowels and y", "the edge"],
                       x_label="first number", y_label="second number"))

# %% [markdown]
# Here is the same plane with the letters themselves, the edge as a dot. Where a place is taken
# already, the letter stands to the right of it.

# %%
lowest, highest = ([of(column) for column in zip(*places)] for of in (min, max))
plane = [[" "] * 44 for _ in range(18)]
for letter, place in zip(letters, places):
    across, up = ((x - low) / (high - low) for x, low, high in zip(place, lowest, highest))
    row, column = round(17 * (1 - up)), round(40 * across)
    while plane[row][column] != " ":
        column += 1
    plane[row][column] = letter
print("\n".join("".join(line).rstrip() for line in plane))


# %%
def mean_distance(some, others):
    """Return the mean distance of different letters, one of each group."""
    distances = [math.dist(places[letters.index(a)], places[letters.index(b)])
                 for a in some for b in others if a != b]
    return math.fsum(distances) / len(distances)


among_vowels = mean_distance("aeiou", "aeiou")
to_consonants = mean_distance("aeiou", [one for one in letters[:26] if one not in "aeiouy"])
print(f"mean distance from vowel to vowel {among_vowels:.2f}, "
      f"from vowel to consonant {to_consonants:.2f}")

# %% [markdown]
# Nobody has told the network what a vowel is. Vowels are followed by similar letters, so it paid to
# give them similar numbers.

# %% [markdown]
# ## What to notice
#
# - A language model is a classifier. Its classes are the characters, its examples every place in
#   every text, and its targets come for free: the text itself is the answer.
# - An embedding is a dense layer whose inputs are one-hot, without the multiplications by zero.
# - The gradient of the table is a sum into the rows that were used. In one step most rows of a
#   large table get nothing.
# - The loss is per character, on names that nobody counted, and beside it stands what simple
#   counting gets.

# %% [markdown]
# ## What usually goes wrong
#
# **Numbers taken for quantities.** Why not give the network the number of the letter itself, a as
# 0, b as 1, … z as 25? Because then b lies halfway between a and c, and z is 25 times b. The
# network must undo that before it can begin. Here it is, with one column for each of three letters
# (divided by 27, which is kind to it), the same hidden layer, as many steps:

# %%
rng = Random(1)
misled = Network([Dense(3, 48, rng), Tanh(), Dense(48, 27, rng)])


def as_quantities(inputs):
    return linalg.divide(inputs, 27.0)


train_on_questions(misled, as_quantities(inputs), targets, STEPS, rng)
quantities_loss = loss(misled.predict(as_quantities(other_inputs)), other_targets)
print(f"letters as quantities: {quantities_loss:.3f}; as rows of a table: {dense_loss:.3f}; "
      f"pairs: {softened_losses[1][1]:.3f}")

# %% [markdown]
# It is worse than counting pairs, although it sees three letters.

# %% [markdown]
# **A name on both sides.** If the names are not made different before they are split, copies of
# held-out names are among those that are learned. The bundled list has each name once. Here we put
# every held-out name back among the counted ones, as a list with copies would have it:

# %%
leaking = backing_off_model(5, [*learning, *held_out])
leaked_loss = loss_per_character(leaking, 5, held_out)
print(f"looking at 5, names on both sides: {leaked_loss:.3f}; honest: {backed_off_losses[5]:.3f}")

# %% [markdown]
# A wonderful number, and it says nothing about new names. (Similar names, such as maryann and
# maryanne, are on both sides in our list as well. That cannot be helped, and it favours counting.)

# %% [markdown]
# **A loss per name.** The mean of −log p can be taken over characters, over names, over words or
# over pieces of words. All are in use, and they cannot be compared:

# %%
per_name = backed_off_losses[3] * held_out_characters / len(held_out)
print(f"the same model: {backed_off_losses[3]:.3f} per character, {per_name:.2f} per name, "
      f"{backed_off_losses[3] / math.log(2):.2f} bits per character")

# %% [markdown]
# **A network that never heard of the edge.** Leave the edges out, and the model can neither begin a
# name nor end one: it would write for ever. In the data each name must have one before it and one
# behind it; and the loss must count the end, too.

# %%
without_edges = counts_after(1, ["".join(texts)])
ends = [followers.get(EDGE, 0) for letter, followers in without_edges.items() if letter != EDGE]
print(f"all names written in one line: an end was seen {ends.count(1)} time, after "
      f"{len(''.join(texts)):,} letters")

# %% [markdown]
# ## Exercises
#
# 1. Perplexity, backing off, looking up rows and the gradient of an embedding:
#    `python3 -m purenn exercise 13` makes a file with holes, `python3 -m purenn check FILE` looks
#    at what you put into them.
# 2. In `softened_model` each letter counts 0.1 times more. Try 0.01 and 1. You choose by the
#    held-out loss: why must you not report that loss afterwards, and what would you need (part 10)?
# 3. Draw the embedding of a network that looks at one letter only. What should be close to what, if
#    only the next letter matters?
# 4. How many weights has `next_letter_network` for 8 letters, for 64, for 1,000? How many of them
#    belong to one place?
#
# ## Where it comes from
#
# In 1913 Andrei Markov counted 20,000 letters of Pushkin's *Eugene Onegin* by hand, to show that
# letters which depend on each other obey laws, too: models that look at the last few are called
# *Markov chains*. Shannon (part 7) wrote English by such tables in 1948. To believe counts the less
# the more different things came is the method of Ian Witten and Timothy Bell (1991). A network for
# the next word, with an embedding that is learned, is by Yoshua Bengio and others (2003), and the
# network of this part is theirs in small. That such tables put similar words beside each other made
# word2vec famous in 2013.
#
# - C. E. Shannon: *A mathematical theory of communication*. Bell System Technical Journal 27, 1948.
# - I. H. Witten, T. C. Bell: *The zero-frequency problem*. IEEE Transactions on Information Theory
#   37, 1991.
# - Y. Bengio, R. Ducharme, P. Vincent, C. Jauvin: *A neural probabilistic language model*. Journal
#   of Machine Learning Research 3, 2003.
# - T. Mikolov and others: *Efficient estimation of word representations in vector space*. 2013.
#
# ## Where the real thing lives
#
# - [`Embedding`](../sequences/embedding.py#Embedding): looking up, and the sum into rows.
# - [`characters`](../data/tokens.py#characters) and [`byte_pairs`](../data/tokens.py#byte_pairs):
#   which pieces of text get a number. The second joins frequent pairs to longer pieces.
# - [`names`](../data/names.py#names): the list, and where it comes from.
# - [`choose`](../sequences/sampling.py#choose): drawing by chances.
#
# Next: [part 14](part_14_attention.py): looking for what matters, wherever it stands.
