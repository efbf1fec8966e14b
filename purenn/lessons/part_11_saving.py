# %% [markdown]
# # Part 11: Saving, loading, and your own data
#
# A trained network lives in the memory of a running program. In this last part it goes into a file
# and comes back the same, to the last bit; it answers questions about a table of your own; and it
# moves on to PyTorch. After this part you can keep a model, use it on data of your own, and say
# what can go wrong on the way and how one notices.

# %%
import contextlib
import csv
import io
import json
import os
import struct
import tempfile
from importlib import import_module
from random import Random

import purenn
from purenn import (
    Adam, Checkpoint, Classifier, Dense, ModelFileError, Network, ReLU, ShapeError,
    SoftmaxCrossEntropy, accuracy, draw, linalg, train,
)
from purenn.app.main import main
from purenn.data import Standardizer, iris, read_csv, spiral, split
from purenn.metrics import classes_of

# %% [markdown]
# ## The finished thing first
#
# On the left a network that has just learned the spiral. On the right one that was read from a
# file. All files of this part go into a folder that is thrown away at the end.

# %%
folder = tempfile.TemporaryDirectory()


def file_in_folder(name):
    return os.path.join(folder.name, name)


data = spiral(size=150, rng=Random(1))
inputs, targets = list(data.inputs), data.targets
loss = SoftmaxCrossEntropy()


def new_network():
    rng = Random(2)
    return Network([
        Dense(2, 16, rng), ReLU(), Dense(16, 16, rng), ReLU(), Dense(16, 3, rng),
    ])


network = new_network()
train(network, inputs, targets, loss=loss, optimizer=Adam(0.02), epochs=30, batch_size=30,
      rng=Random(3))

path = file_in_folder("spiral.safetensors")
purenn.save(network, path)
loaded = purenn.load(path)
assert isinstance(loaded, Network)

draw.show(draw.beside(
    [draw.regions(network, data, title="As it was trained"),
     draw.regions(loaded, data, title="As it came out of the file")],
    title="Saved and loaded", columns=2,
))

# %% [markdown]
# They look the same. Are they? Compare every score with `==`, which allows no difference at all.

# %%
same_scores = loaded.predict(inputs) == network.predict(inputs)
print("the same scores, to the bit:", same_scores)
print(f"{os.path.getsize(path):,} bytes for {network!r}")

# %% [markdown]
# ## What is in the file
#
# A network is its layers, in order, and its weights. Nothing of how it was trained is needed to use
# it. The file has a format that many programs know, **safetensors**: eight bytes that say how long
# the header is, the header as text, then the numbers, eight bytes each, just as the computer holds
# them. Therefore not a bit is lost.

# %%
with open(path, "rb") as file:
    header_length = int.from_bytes(file.read(8), "little")
    header = file.read(header_length).decode("utf-8")
for name, entry in json.loads(header).items():
    if name != "__metadata__":  # notes of the library's own
        print(f"{name:9} shape {str(entry['shape']):9} bytes {entry['data_offsets']}")

# %% [markdown]
# Each line is a parameter: its shape, and where its bytes begin and end. The names `0.weight` and
# `0.bias` are those that PyTorch would use; we shall come to that. A path that ends in `.json`
# gives text that people can read instead, about twice as large and just as exact.

# %%
json_path = file_in_folder("spiral.json")
purenn.save(network, json_path)
from_json = purenn.load(json_path)
assert isinstance(from_json, Network)
same_from_json = from_json.predict(inputs) == network.predict(inputs)
print(f"{os.path.getsize(json_path):,} bytes as JSON, the same scores: {same_from_json}")

# %% [markdown]
# ## A table of your own
#
# Most data come as a CSV file: lines of cells with commas between them, a line of names at the top.
# We write one, as if it came from a spreadsheet: iris flowers, measured in centimetres, and the
# name of the species. Some rows go into a second file, without the answer, as new flowers would
# come.

# %%
learn, new = split(iris(), 0.2, rng=Random(4))
names = learn.feature_names


def species_of(part):
    """Return the name of the class of each row."""
    return [part.class_names[number] for number in classes_of(part.targets)]


def write_table(name, rows):
    """Write rows into a CSV file in the folder and return its path."""
    with open(file_in_folder(name), "w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return file_in_folder(name)


table = write_table("flowers.csv", [
    [*names, "species"],
    *([*row, answer] for row, answer in zip(learn.inputs, species_of(learn))),
])
write_table("new.csv", [names, *new.inputs])

with open(table, encoding="utf-8") as stream:
    print("".join(stream.readlines()[:3]))

# %% [markdown]
# `read_csv` makes a data set of it. The last column is what is to be predicted, unless you name
# another one with `target=`. Words there become class numbers.

# %%
flowers = read_csv(table)
print(flowers)
print(flowers.inputs[0], "is class", flowers.targets[0], "-", species_of(flowers)[0])

# %% [markdown]
# Now one could standardize, build, and train as in parts 9 and 10. It is done the same way nearly
# every time, so there is a class for it. `Classifier` keeps together what belongs together: the
# standardizer, the network, and the names of the classes. Its methods are called as in the library
# scikit-learn, so you will recognise them elsewhere.

# %%
model = Classifier(hidden=(16,), epochs=60, validation_fraction=0.2, random_state=1)
model.fit(flowers.inputs, species_of(flowers))
draw.show(draw.history(model.history_, title="The classifier learns the flowers"))

true_species = species_of(new)
new_accuracy = model.score(new.inputs, true_species)
print("three new flowers:", model.predict(new.inputs)[:3])
print("what they truly are:", true_species[:3])
print(f"accuracy on {len(new.inputs)} new flowers: {new_accuracy:.0%}")

# %%
model_path = file_in_folder("flowers.safetensors")
model.save(model_path)
back = purenn.load(model_path)
assert isinstance(back, Classifier)
same_probabilities = back.predict_proba(new.inputs) == model.predict_proba(new.inputs)
print("after loading, the same probabilities to the bit:", same_probabilities)

# %% [markdown]
# ## The same without a line of Python
#
# Everything above can be done from a command line. `-o` says where the model goes.
#
# ```
# python3 -m purenn train flowers.csv --hidden 16 \
#     --epochs 40 -o model.safetensors
# python3 -m purenn show model.safetensors
# python3 -m purenn predict model.safetensors new.csv
# ```
#
# `main` is the function behind it: it takes the words of the command as a list, and returns the
# exit code, 0 for "done". `command` calls it inside of our folder, and returns what it printed.

# %%
def command(*words):
    """Do what `python3 -m purenn WORDS` would do in the folder; return what it prints."""
    printed, here = io.StringIO(), os.getcwd()
    os.chdir(folder.name)
    try:
        with contextlib.redirect_stdout(printed):
            code = main(words)
    finally:
        os.chdir(here)
    return printed.getvalue() if code == 0 else f"exit code {code}"


told = command("train", "flowers.csv", "--hidden", "16", "--epochs", "40", "--quiet",
               "-o", "model.safetensors")
print(told[told.index("On the held-out rows"):])

# %% [markdown]
# The tool has held out a fifth of the rows by itself. And what does it make of new flowers, of
# which it gets only the measurements?

# %%
answers = command("predict", "model.safetensors", "new.csv").split()
print(answers[:4], "…", len(answers), "lines")
tool_right = sum(said == truly for said, truly in zip(answers[1:], true_species))
print(f"{tool_right} of {len(true_species)} are right")

# %% [markdown]
# ## A long training, interrupted
#
# A model file is enough to *use* a network, but not to go on training where one stopped: Adam has
# its memory, the shuffle its random state. A **checkpoint** holds all of that. Here one training
# runs for 20 epochs. Another one is stopped after 8, as if the power had failed, and is taken up
# again from its checkpoint.

# %%
whole = new_network()
whole_history = train(whole, inputs, targets, loss=loss, optimizer=Adam(0.02), epochs=20,
                      rng=Random(5))

checkpoint_path = file_in_folder("run.checkpoint")
train(new_network(), inputs, targets, loss=loss, optimizer=Adam(0.02), epochs=8,
      rng=Random(5), callbacks=[Checkpoint(checkpoint_path)])

resumed = new_network()  # a new program would begin like this
resumed_history = train(resumed, inputs, targets, loss=loss, optimizer=Adam(0.02),
                        epochs=20, rng=Random(5),
                        callbacks=[Checkpoint(checkpoint_path, resume=True)])
same_after_resume = resumed.predict(inputs) == whole.predict(inputs)
print("epochs in the history:", len(resumed_history))
print("the same network:", same_after_resume)

# %% [markdown]
# What if we had just saved the weights, and started a new Adam and a new shuffle with them?

# %%
restarted = new_network()
first_half = train(restarted, inputs, targets, loss=loss, optimizer=Adam(0.02), epochs=8,
                   rng=Random(5))
second_half = train(restarted, inputs, targets, loss=loss, optimizer=Adam(0.02), epochs=12,
                    rng=Random(5))
restarted_curve = first_half.curve("loss") + second_half.curve("loss")
differs = restarted.predict(inputs) != whole.predict(inputs)
print("only the weights kept: another network?", differs)
draw.show(draw.lines(
    {
        "never stopped": whole_history.curve("loss"),
        "resumed from the checkpoint": resumed_history.curve("loss"),
        "only the weights kept": restarted_curve,
    },
    title="Stopped after epoch 8", x_label="epoch", y_label="loss",
))

# %% [markdown]
# The first two lines lie on each other. The third is not a worse training, only another one;
# whoever wants to repeat a result needs the same one.

# %% [markdown]
# ## Going on in PyTorch
#
# Plain Python is slow. When your data outgrow it, take the network along: PyTorch opens the same
# file. Its `Linear` keeps weights as our `Dense` does, one neuron per row, so nothing has to be
# turned around. If PyTorch and safetensors are installed where this runs, here is the proof.

# %%
torch_lines = """\
import torch, safetensors.torch
model = torch.nn.Sequential(
    torch.nn.Linear(2, 16), torch.nn.ReLU(),
    torch.nn.Linear(16, 16), torch.nn.ReLU(),
    torch.nn.Linear(16, 3),
).double()                       # 64-bit numbers, as ours
model.load_state_dict(safetensors.torch.load_file("spiral.safetensors"))
"""
torch_difference = 0.0
torch_ran = False
try:
    torch, tensor_files = import_module("torch"), import_module("safetensors.torch")
except ImportError:
    print("PyTorch or safetensors is not installed here. With them, these lines do it:\n")
    print(torch_lines)
else:
    in_torch = torch.nn.Sequential(
        torch.nn.Linear(2, 16), torch.nn.ReLU(), torch.nn.Linear(16, 16), torch.nn.ReLU(),
        torch.nn.Linear(16, 3),
    ).double()
    in_torch.load_state_dict(tensor_files.load_file(path))
    torch_scores = in_torch(torch.tensor(inputs, dtype=torch.float64)).tolist()
    torch_difference = linalg.item(
        linalg.max(linalg.abs(linalg.subtract(torch_scores, network.predict(inputs)))))
    torch_ran = True
    print(f"PyTorch's scores differ from ours by at most {torch_difference:.0e}")

# %% [markdown]
# For a `Classifier` the rows have to be standardized first, by *its* standardizer:
# `model.standardizer_.transform(rows)`. `python3 -m purenn show` prints the line that builds the
# network in PyTorch, for any model.

# %% [markdown]
# ## What to notice
#
# - To use a model you need more than weights: how inputs are prepared, which layers there are, what
#   the classes are called. Keep them in *one* file, or one of them gets lost.
# - "The same" means the same bits. A comparison that allows for small differences hides mistakes
#   that grow.
# - To go on training you need a checkpoint. To predict, a model.
# - The file holds numbers and names, no code. Opening one that a stranger sent you runs nothing.
#   (Many libraries keep models as **pickles**; opening such a file can run anything.)

# %% [markdown]
# ## What usually goes wrong
#
# **A damaged file.** A download broke off, a disk failed, one bit is another one. What would that
# do? A float has 64 bits: one for the sign, 11 for the exponent (how large), 52 for the digits. We
# flip single bits of one weight of the last layer, in memory:

# %%
def with_flipped_bit(number, bit):
    """Return the number with one of its 64 bits flipped; bit 0 is the last of its digits."""
    [bits] = struct.unpack("<Q", struct.pack("<d", number))
    return struct.unpack("<d", struct.pack("<Q", bits ^ (1 << bit)))[0]


parameter = list(network.parameters())[-2]
value = parameter.value
_, o, i = max((abs(w), o, i) for o, row in enumerate(value)
              for i, w in enumerate(row) if abs(w) < 1)
flipped_accuracy = {}
for bit, what in [(0, "last digit"), (51, "first digit"), (62, "exponent"), (63, "sign")]:
    parameter.value = [list(row) for row in value]
    parameter.value[o][i] = with_flipped_bit(value[o][i], bit)
    scores = network.predict(inputs)
    if linalg.all_finite(scores):
        flipped_accuracy[what] = f"accuracy {accuracy(scores, targets):.0%}"
    else:
        flipped_accuracy[what] = "some scores are infinite"
    print(f"{what:<12}{value[o][i]:.3f} becomes {parameter.value[o][i]:.3g}: "
          f"{flipped_accuracy[what]}")
parameter.value = value
print(f"undamaged: {accuracy(network.predict(inputs), targets):.0%}")

# %% [markdown]
# Most of the 64 bits are digits, and nobody would ever notice one of those. A bit of the exponent
# can ruin the network. Both are bad. So the file carries a fingerprint of its contents (a SHA-256),
# which is computed anew on loading. We flip one bit, in thirty places all over the file, and try to
# open each of them.

# %%
with open(path, "rb") as file:
    contents = file.read()

damaged_path = file_in_folder("damaged.safetensors")
messages = []
places = [len(contents) * number // 30 for number in range(30)]
for place in places:
    damaged = bytearray(contents)
    damaged[place] ^= 1  # the last bit of one byte
    with open(damaged_path, "wb") as damaged_file:
        damaged_file.write(damaged)
    try:
        purenn.load(damaged_path)
    except ModelFileError as error:
        messages.append(str(error).replace(damaged_path, "damaged.safetensors"))
print(f"{len(messages)} of {len(places)} damaged files were refused; two of the reasons:")
print("-", messages[0][:150])
print("-", messages[-1][:150])

# %% [markdown]
# An ordinary program wants *one* kind of error to catch for all of them. It is `ModelFileError`.
#
# **Rows that were not prepared.** A bare network knows nothing of centimetres. If it learned from
# standardized rows, it must be asked with standardized rows. Asked with raw ones, it does not
# complain. It is just wrong.

# %%
standardizer = Standardizer().fit(flowers.inputs)
prepared = standardizer.transform(flowers.inputs)
rng = Random(6)
bare = Network([Dense(4, 16, rng), ReLU(), Dense(16, 3, rng)])
train(bare, prepared, flowers.targets, loss=loss, optimizer=Adam(0.01), epochs=40, rng=rng)

raw_accuracy = accuracy(bare.predict(new.inputs), new.targets)
prepared_accuracy = accuracy(bare.predict(standardizer.transform(new.inputs)), new.targets)
draw.show(draw.bars(
    {"raw rows": raw_accuracy, "standardized": prepared_accuracy,
     "Classifier": new_accuracy},
    title="New flowers, asked in three ways", y_label="accuracy",
))
print(f"raw {raw_accuracy:.0%}, standardized {prepared_accuracy:.0%}, "
      f"and the Classifier, which does it by itself, {new_accuracy:.0%}")

# %% [markdown]
# **Other columns.** Too few or too many are an error. But columns in another *order* are still four
# numbers, and a list of numbers has no names: the answers are wrong without a word. The command
# line goes by the names in the first line of the table, in whatever order they come, so there it is
# safe.

# %%
too_few = ""
try:
    model.predict([[5.1, 3.5, 1.4]])
except ShapeError as error:
    too_few = str(error)
print("three columns:", too_few)

# Petals first, then sepals.
swapped = [[row[2], row[3], row[0], row[1]] for row in new.inputs]
swapped_accuracy = model.score(swapped, true_species)
print(f"columns in another order: no error, accuracy {swapped_accuracy:.0%}")

write_table("swapped.csv", [[names[2], names[3], names[0], names[1]], *swapped])
swapped_answers = command("predict", "model.safetensors", "swapped.csv").split()
print("the tool, which goes by the names, answers as before:", swapped_answers == answers)

# %% [markdown]
# **A checkpoint taken for a model**, or the other way round. The message says which is which.

# %%
mixed_up = ""
try:
    purenn.load(checkpoint_path)
except ModelFileError as error:
    mixed_up = str(error).replace(checkpoint_path, "run.checkpoint")
print(mixed_up)

# %%
folder.cleanup()

# %% [markdown]
# ## Exercises
#
# 1. Read floats from bytes, a header, a table, and class numbers: `python3 -m purenn exercise 11`
#    makes a file with holes, `python3 -m purenn check FILE` looks at what you put into them.
# 2. Make a table of your own: a question that you know the answer to for fifty rows. Train on it
#    with the command line, hold back ten rows, and look whether it beats always giving the most
#    frequent answer.
# 3. Save a network as `spiral.json` in a folder of your own, open the file in an editor, and change
#    a single digit of a weight. What does `purenn.load` say, and how could it know?
# 4. Save a `Classifier`, load it into PyTorch, and get the same scores for the flowers. What do you
#    have to do with the rows first?
#
# ## Where it comes from
#
# CSV is older than the personal computer, and was written down only in 2005 (RFC 4180). How floats
# are stored is the standard IEEE 754 of 1985. SHA-256 was published by NIST in 2001. The format
# safetensors was made by Hugging Face in 2022, since models had been passed around as pickles,
# which run what they contain.
#
# - Y. Shafranovich: *Common format and MIME type for comma-separated values (CSV) files*. RFC 4180,
#   2005.
# - NIST: *Secure hash standard*. FIPS 180-4, 2015.
# - Hugging Face: *Safetensors*, format description, huggingface.co/docs/safetensors.
#
# ## Where the real thing lives
#
# - [`save` and `load`](../estimators.py#save); [`model.py`](../store/model.py) says what is kept,
#   and how it is checked.
# - [`Checkpoint`](../store/checkpoint.py#Checkpoint): everything that a training needs to go on.
# - [`read_csv`](../data/csv_files.py#read_csv): from cells to numbers.
# - [`Classifier`](../estimators.py#Classifier) and its sibling
#   [`Regressor`](../estimators.py#Regressor), for targets that are numbers.
#
# You know now what happens in every line of a neural network that learns. The source of the library
# goes on from here: nine modules, in the order that [`purenn`](../__init__.py) names, none of them
# longer than a chapter.
#
# Next: [part 12](part_12_autograd.py): who finds the gradients, if nobody writes a formula? It is
# the first of four parts that lead to a language model.
