# %% [markdown]
# # Part 10: Accuracy and generalization
#
# A network can learn its examples by heart, as a pupil can learn the answers of last year's exam.
# What we want is that it is right about examples that it has never seen: that it **generalizes**.
# After this part you can measure honestly how well a network generalizes, see when it
# goes wrong, and do something about it. The data are real: digits that 13 people wrote by hand.

# %%
from random import Random

from purenn import (
    L1, L2, SGD, Adam, CosineDecay, Dense, Dropout, EarlyStopping, Network,
    ReLU, SoftmaxCrossEntropy, accuracy, confusion_matrix, draw, linalg,
    precision_recall_f1, train,
)
from purenn.data import Standardizer, digits, split
from purenn.initializers import normal_deviate, permutation
from purenn.metrics import classes_of

# %% [markdown]
# ## The finished thing first
#
# A network of 64 inputs, 32 hidden neurons and 10 scores learns from a thousand digits. Then it
# reads 288 others, which were put aside before it began. (`classes_of` takes the class with the
# highest score in each row; so that is what the network read.) A third part, the last fifth of the
# data, stays locked away until the end of this lesson.

# %%
data = digits()
rows = len(data.inputs) - 359
known = data._replace(inputs=data.inputs[:rows], targets=data.targets[:rows])
test = data._replace(inputs=data.inputs[rows:], targets=data.targets[rows:])
training, validation = split(known, 0.2, rng=Random(1))
loss = SoftmaxCrossEntropy()


def pixels(part):
    """Return the pixels, which go from 0 to 16, as numbers from 0 to 1."""
    return linalg.divide(list(part.inputs), 16.0)


def new_network(hidden, dropout=0.0):
    rng = Random(2)
    layers = [Dense(64, hidden, rng), ReLU(), Dense(hidden, 10, rng)]
    if dropout > 0:
        layers.insert(2, Dropout(dropout, rng))
    return Network(layers)


reader = new_network(32)
history = train(reader, pixels(training), training.targets, loss=loss,
                optimizer=Adam(0.01), epochs=6, metrics=[accuracy], rng=Random(3),
                validation=(pixels(validation), validation.targets))
read = classes_of(reader.predict(pixels(validation)))
validation_accuracy = accuracy(read, validation.targets)
print(f"{len(training.inputs)} digits to learn from, {len(validation.inputs)} put aside")
print(f"accuracy on digits that it has never seen: {validation_accuracy:.1%}")

# %%
wrong = [row for row in range(len(read)) if read[row] != validation.targets[row]]
draw.show(draw.images(
    [validation.inputs[row] for row in wrong[:20]], title="Digits that it misread",
    captions=[f"{validation.targets[row]} as {read[row]}" for row in wrong[:20]],
))

# %% [markdown]
# A caption like "8 as 1" means: an 8, taken for a 1. You may be unsure about some of them yourself;
# 8 × 8 pixels are not many.

# %% [markdown]
# ## Three parts of the data
#
# - The **training** part is what the network learns from.
# - The **validation** part is looked at on the way. *We* learn from it: which network, which
#   learning rate, when to stop.
# - The **test** part is used once, at the end. It gives the number that we tell others.
#
# Why is validation not enough? Whoever tries fifty settings and takes the one that is best on the
# validation part has chosen it also for its luck there. The test has not been in the game, so it
# cannot flatter.
#
# `split` shuffles the rows, and takes from each class its share. So it made training and validation
# out of the first four fifths of the data. The test part was *not* drawn at random, and that is on
# purpose: the rows stand in the order in which they were collected, and the last of them come from
# other people than the first. Nobody needs a network that reads only the hands it knows. If rows
# belong together (several from one person, one day, one machine), whole groups have to be put
# aside, or the test flatters. How much it flatters, we shall see at the end.

# %%
for name, part in (("training", training), ("validation", validation), ("test", test)):
    eights = classes_of(part.targets).count(8)
    print(f"{name:10} {len(part.inputs):4} rows, {eights:3} of them eights")
draw.show(draw.history(history, title="Learning to read"))

# %% [markdown]
# At first the validation loss lies *below* the training loss. That is no miracle: the training loss
# of an epoch is the mean over its batches, and in the first of them the network knew next to
# nothing. The validation part is looked at when the epoch is over.

# %% [markdown]
# ## Which are confused with which?
#
# Accuracy is one number. The **confusion matrix** says more: row a, column p counts how often
# class a was taken for class p. What is right stands on the diagonal.

# %%
counts = confusion_matrix(read, validation.targets, classes=10)
on_diagonal = sum(counts[digit][digit] for digit in range(10))
draw.show(draw.confusion(counts, class_names=data.class_names,
                         title="What was read as what"))

# %% [markdown]
# Two questions can be asked of each class. Of the digits that were called 8, how many were one?
# That is the **precision**, along the column. Of the digits that are an 8, how many were found?
# That is the **recall**, along the row.

# %%
of_eights = precision_recall_f1(read, validation.targets, classes=10)[8]
print(f"8: precision {of_eights.precision:.0%}, recall {of_eights.recall:.0%}, "
      f"of {of_eights.support} eights")

# %% [markdown]
# ## Overfitting, made visible
#
# Now we make it hard. Only 60 digits to learn from, a network with 3,610 numbers to choose, and a
# tired typist: every fifth of the 60 has the wrong label. Real data have mistakes too.

# %%
_, few = split(training, 60 / len(training.inputs), rng=Random(4))
_, unseen = split(validation, 100 / len(validation.inputs), rng=Random(4))
few_inputs, unseen_inputs = pixels(few), pixels(unseen)

typist = Random(5)
labels = classes_of(few.targets)
for row in range(0, 60, 5):
    labels[row] = (labels[row] + 1 + int(9 * typist.random())) % 10  # any other digit


def learn_few(
    dropout=0.0, penalty=None,
    callbacks=(),
):
    """Train a large network on the 60 digits; watch 100 unseen, rightly labelled ones."""
    network = new_network(48, dropout)
    return network, train(
        network, few_inputs, labels, loss=loss, optimizer=Adam(0.01), epochs=30,
        batch_size=10, validation=(unseen_inputs, unseen.targets), penalty=penalty,
        callbacks=callbacks, rng=Random(6))


plain, plain_history = learn_few()
by_heart = accuracy(plain.predict(few_inputs), labels)
plain_unseen = accuracy(plain.predict(unseen_inputs), unseen.targets)
plain_curve = plain_history.curve("validation_loss")
plain_best = min(plain_curve)
print(f"on what it learned from {by_heart:.0%}, on unseen digits {plain_unseen:.0%}")
print(f"validation loss: best {plain_best:.2f} "
      f"after epoch {plain_curve.index(plain_best) + 1}, "
      f"at the end {plain_curve[-1]:.2f}")
draw.show(draw.history(plain_history, title="Two curves that part"))

# %% [markdown]
# The training loss falls and falls; the network even learns the wrong labels, one by one. The loss
# on unseen digits falls too at first, while there is something to learn that is true in general.
# Then it turns. From there on, the network only gets better at remembering these 60 rows, and surer
# of its errors elsewhere. This is **overfitting**. You see it only if you look at examples that it
# does not learn from.
#
# What helps? More examples, above all: with a thousand of them, the same kind of network read more
# than nine in ten. When there are no more, there are four remedies. All of them keep the network
# from fitting each single row too closely.

# %% [markdown]
# ## Regularization: L2 and L1
#
# A network that fits wrong labels has to change its answer sharply around single examples, and
# sharp changes take large weights. So large weights are penalized: a **penalty** is added to the
# loss. This is called **regularization**; for L2 the word **weight decay** is used as well.
#
# ```formula
# L2:   strength · Σ w²      gradient:   2 · strength · w
# L1:   strength · Σ |w|     gradient:   strength · sign(w)
# ```
#
# (Σ means: added up over all weights; `$sign(w)$` is 1 for positive weights and −1 for negative
# ones.) L2 pulls large weights harder, L1 pulls all with equal force. Pulled towards 0 in each
# step, a weight stays large only where the examples pull it back, again and again. With L1 the pull
# does not get weaker near 0, so what is not needed goes all the way.

# %%
l2_network, l2_history = learn_few(penalty=L2(0.01))
l1_network, l1_history = learn_few(penalty=L1(0.003))

weights_of = {}
near_zero = {}
sum_of_squares = {}
for name, network in (("plain", plain), ("L2", l2_network), ("L1", l1_network)):
    weights = [w for parameter in network.parameters() if parameter.penalized
               for w in linalg.ravel(parameter.value)]
    weights_of[name] = weights
    sum_of_squares[name] = linalg.dot(weights, weights)
    near_zero[name] = sum(-0.01 < w < 0.01 for w in weights) / len(weights)
    print(f"{name:5} Σ w² = {sum_of_squares[name]:5.0f}, "
          f"within ±0.01: {near_zero[name]:.0%}")

draw.show(draw.histogram(
    {name: [max(-0.6, min(0.6, w)) for w in weights]
     for name, weights in weights_of.items()},
    bins=41, title="What a penalty does to the weights",
    x_label="weight (the ends: and beyond)",
))

# %%
plain_loss = loss(plain.predict(few_inputs), labels)
l2_loss = loss(l2_network.predict(few_inputs), labels)
l1_loss = loss(l1_network.predict(few_inputs), labels)
print(f"loss on the 60 digits: plain {plain_loss:.3f}, L2 {l2_loss:.3f}, L1 {l1_loss:.3f}")

# %% [markdown]
# With a penalty the network no longer learns everything by heart: its loss on the 60 rows stays
# larger. That is the intention. Whether it pays on *unseen* digits depends on the strength, and
# that is a thing to be tried on the validation part.

# %% [markdown]
# ## Dropout
#
# `Dropout(0.5)` decides in every training step, for each hidden number of each example by itself,
# whether it is set to 0; the probability of that is the rate, here one half. No neuron can rely on
# a certain other one being there, so each has to be useful by itself. When the network is used, all
# are on.
#
# Then a neuron of the next layer would get twice as much as it is used to. So in training what is
# left is made larger, by the factor `1 / (1 − rate)`, and the *mean* stays what it was. A row of
# ones shows it:

# %%
dropout = Dropout(0.25, Random(8))
dropped = dropout.forward([[1.0] * 10_000], training=True)[0]
mean_after_dropout = linalg.item(linalg.mean([dropped]))
print("what comes out:", sorted(set(dropped)), f"mean {mean_after_dropout:.3f}")
print("in use:", dropout.forward([[1.0] * 4]))

# %%
dropout_network, dropout_history = learn_few(dropout=0.5)
dropout_end = dropout_history.curve("validation_loss")[-1]
print(f"validation loss at the end: plain {plain_curve[-1]:.2f}, "
      f"with dropout {dropout_end:.2f}")

# %% [markdown]
# ## Early stopping
#
# The simplest remedy: stop when the validation loss has not fallen for some epochs (that is called
# **patience**), and go back to the weights that were best. (`train` asks its `callbacks` after
# every epoch.)

# %%
stopped_network, stopped_history = learn_few(callbacks=[EarlyStopping(patience=5)])
stopped_loss = loss(stopped_network.predict(unseen_inputs), unseen.targets)
print(stopped_history.stopped, f"- epochs: {len(stopped_history)} instead of 30")
print(f"validation loss of what it kept: {stopped_loss:.2f}, the best of the plain run: "
      f"{plain_best:.2f}")

draw.show(draw.lines(
    {
        "plain": plain_curve,
        "L2": l2_history.curve("validation_loss"),
        "L1": l1_history.curve("validation_loss"),
        "dropout": dropout_history.curve("validation_loss"),
        "stopped early": stopped_history.curve("validation_loss"),
    },
    title="Unseen digits, with four remedies", x_label="epoch", y_label="validation loss",
))

# %% [markdown]
# The line "stopped early" lies on the plain one: it *is* the plain run, ended in time.

# %% [markdown]
# ## A learning rate that falls
#
# A different trouble: a large learning rate gets on quickly, but may jump out of what it has found;
# a small one is calm, and takes long. Why not begin large and end small? A **schedule** is a
# learning rate that changes from step to step. `CosineDecay` falls along half a cosine wave to 0.
# One training is no proof, so each of the three rates gets three, with the rows shuffled in three
# ways.

# %%
_, some = split(training, 200 / len(training.inputs), rng=Random(7))
steps = 13 * 12  # 200 examples in batches of 16 are 13 steps; 12 epochs
schedule = CosineDecay(0.7, steps)
print("the rate at the beginning, in the middle, and at the end:",
      [round(schedule(step), 3) for step in (0, steps // 2, steps)])

by_rate, rate_end = {}, {}
for name, rate in {"0.7": 0.7, "0.07": 0.07, "from 0.7 down to 0": schedule}.items():
    rate_end[name] = []
    for seed in (8, 10, 9):
        by_rate[name] = train(new_network(32), pixels(some), some.targets, loss=loss,
                              optimizer=SGD(rate), epochs=12, batch_size=16,
                              rng=Random(seed))
        rate_end[name].append(by_rate[name][-1].loss)
    print(f"{name:<19} loss of the last epoch", [round(end, 2) for end in rate_end[name]])
draw.show(draw.history(by_rate, title="Three learning rates, the third shuffle", log_y=True))

# %% [markdown]
# The large rate is the quickest, if all goes well; in one of the three it does not. The small one
# never jumps, and is not there yet. The falling one is nearly as quick as the large one, and calm
# at the end.

# %% [markdown]
# ## What to notice
#
# - The two curves belong together. Training loss alone tells you nothing about unseen examples;
#   validation loss alone does not tell you whether the network is too small or too large.
# - Both high: it cannot even learn the examples. Larger network, longer, better learning rate.
#   Training low, validation high: overfitting. More data, or one of the four remedies.
# - The remedies are for training only. Neither penalty nor dropout takes part in the validation
#   loss or in `predict`.
# - Loss and accuracy may disagree. When a network gets surer of the errors it makes anyway, the
#   loss rises and the accuracy stays.

# %% [markdown]
# ## What usually goes wrong
#
# **Testing on what was learned.** How much is 100% worth? Give the 60 digits labels out of a hat.
# There is nothing to be learned from them.

# %%
hat = Random(9)
random_labels = [int(10 * hat.random()) for _ in range(60)]
parrot = new_network(48)
train(parrot, few_inputs, random_labels, loss=loss, optimizer=Adam(0.01), epochs=50,
      batch_size=10, rng=Random(10))
parrot_training = accuracy(parrot.predict(few_inputs), random_labels)
parrot_unseen = accuracy(parrot.predict(unseen_inputs), unseen.targets)
print(f"random labels: {parrot_training:.0%} right on the rows it learned from, "
      f"{parrot_unseen:.0%} on unseen ones")

# %% [markdown]
# On unseen digits it is hardly better than a guess at one of ten classes. If rows stand twice in
# the data, once in the training part and once in the test, you measure the same nonsense without
# noticing.
#
# **Leakage: the test helps to prepare the training.** Here is a table of pure noise: 60 rows of a
# thousand random numbers, and labels by the toss of a coin. Somebody keeps just the ten columns
# that go best with the labels, *then* splits, trains, and tests on rows that were not used in
# training.

# %%
def best_columns(rows, answers, count=10):
    """Return the columns that go best with the answers 0 and 1, in these rows."""
    signs = [1.0 if answer == 1 else -1.0 for answer in answers]
    fits = [abs(linalg.dot(column, signs)) for column in linalg.transpose(rows)]
    return sorted(range(len(fits)), key=lambda column: -fits[column])[:count]


def score_of_noise(seed, rows_to_choose_by):
    """Choose columns by the first rows, train on 40 rows, return accuracy on the last 20."""
    rng = Random(seed)
    noise = linalg.generate(60, 1000, lambda: normal_deviate(rng))
    coins = [number % 2 for number in permutation(60, rng)]
    columns = best_columns(noise[:rows_to_choose_by], coins[:rows_to_choose_by])
    rows = [[row[column] for column in columns] for row in noise]
    neurons = Network([Dense(10, 2, Random(1))])
    train(neurons, rows[:40], coins[:40], loss=loss, optimizer=Adam(0.05), epochs=30)
    return accuracy(neurons.predict(rows[40:]), coins[40:])


leaky = linalg.item(linalg.mean([[score_of_noise(seed, 60) for seed in range(4)]]))
honest = linalg.item(linalg.mean([[score_of_noise(seed, 40) for seed in range(4)]]))
print(f"columns chosen before the split: accuracy {leaky:.0%}; after it: {honest:.0%}")

# %% [markdown]
# There is *nothing* in this table, and still the first number looks like a success. Among a
# thousand columns of noise a few happen to fit all 60 rows, the 20 test rows included. The rule is
# short: **split first. Whatever is learned from data, is learned from the training rows.**
#
# **Standardizing**, which part 5 began with, is the everyday case of that rule. Columns of
# different size are brought to mean 0 and standard deviation 1, so that one learning rate suits all
# weights: `z = (x − mean) / deviation`. Mean and deviation are learned too, so they come from the
# training rows, and the test rows are transformed *with the same numbers*. What happens to somebody
# who fits a new standardizer to whatever comes in, say one digit at a time?

# %%
standardizer = Standardizer().fit(training.inputs)
prepared = standardizer.transform(training.inputs)
on_standard = new_network(32)
train(on_standard, prepared, training.targets, loss=loss, optimizer=Adam(0.01), epochs=2,
      rng=Random(11))

rightly = standardizer.transform(unseen.inputs)
one_by_one = [Standardizer().fit([row]).transform_row(row) for row in unseen.inputs]
rightly_accuracy = accuracy(on_standard.predict(rightly), unseen.targets)
one_by_one_accuracy = accuracy(on_standard.predict(one_by_one), unseen.targets)
print("a digit standardized by itself:", sorted(set(linalg.ravel(one_by_one))))
print(f"accuracy {one_by_one_accuracy:.0%}; with the standardizer of the training rows: "
      f"{rightly_accuracy:.0%}")

# %% [markdown]
# A single row is its own mean, so it becomes all zeros, whatever was written. Keep the standardizer
# with the network. Part 11 shows how.

# %% [markdown]
# ## The test, once
#
# All choices have been made. Now the locked part is opened, for the reader of the beginning, and
# its number is the one to report:

# %%
test_accuracy = accuracy(reader.predict(pixels(test)), test.targets)
print(f"validation, the same hands: {validation_accuracy:.1%}; "
      f"test, other hands: {test_accuracy:.1%}")

# %% [markdown]
# On hands that it has not seen, the network makes several times as many mistakes. Nothing in the
# curves above could have told us so: training and validation come from the same people. Had we
# drawn the test part at random, we would have reported the first number, and been wrong about
# everybody who is going to use it. Which rows belong together is a question about the world, and no
# function call answers it.
#
# And now the part is used up. Whoever improves the network after this look needs a new one.

# %% [markdown]
# ## Exercises
#
# 1. Split, standardize, count confusions, decide when to stop: `python3 -m purenn exercise 10`
#    makes a file with holes, `python3 -m purenn check FILE` looks at what you put into them.
# 2. Try L2 with the strengths 0.001, 0.01 and 0.1 in `learn_few`. Which one is best on the unseen
#    digits? And why must you not report *that* accuracy as your result?
# 3. How many examples are enough? Train with 30, 100, 300 and all rows of `training`, and draw the
#    accuracy on `validation` over the number of rows, with `log_x=True`.
#
# ## Where it comes from
#
# The digits were collected by Ethem Alpaydin and Cevdet Kaynak in 1998, who wrote that the test set
# must come from other writers. Penalizing squares is Arthur Hoerl's and Robert Kennard's *ridge
# regression* (1970), absolute values Robert Tibshirani's *lasso* (1996). Dropout is of 2012 to
# 2014. That large networks can learn random labels by heart was shown on a large scale in 2016, and
# made the question why they generalize at all a new one. The trap of choosing columns before
# splitting has fooled published studies of genes.
#
# - A. E. Hoerl, R. W. Kennard: *Ridge regression*. Technometrics 12, 1970.
# - N. Srivastava and others: *Dropout: a simple way to prevent neural networks from overfitting*.
#   Journal of Machine Learning Research 15, 2014.
# - L. Prechelt: *Early stopping, but when?* In: Neural Networks: Tricks of the Trade, Springer,
#   1998.
# - C. Zhang and others: *Understanding deep learning requires rethinking generalization*. ICLR,
#   2017.
# - C. Ambroise, G. J. McLachlan: *Selection bias in gene extraction on the basis of microarray
#   gene-expression data*. Proceedings of the National Academy of Sciences 99, 2002.
#
# ## Where the real thing lives
#
# - [`split` and `Standardizer`](../data/dataset.py#split), [`digits`](../data/bundled.py#digits).
# - [`accuracy`, `confusion_matrix`, `precision_recall_f1`](../metrics.py#accuracy).
# - [`L1` and `L2`](../penalties.py#L2), [`Dropout`](../layers.py#Dropout).
# - [`EarlyStopping`](../callbacks.py#EarlyStopping), [`CosineDecay`](../schedules.py#CosineDecay)
#   and the other schedules.
#
# Next: [part 11](part_11_saving.py). The network is trained. How do we keep it?
