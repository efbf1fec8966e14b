"""What is saved comes back to the bit, what is broken gives one error, nothing is lost."""

import csv
import json
import math
import os
import struct
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import purenn
from purenn import (
    ELU,
    GELU,
    Dense,
    Dropout,
    Layer,
    LeakyReLU,
    Linear,
    Network,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from purenn.data import Standardizer
from purenn.store import safetensors, strict_json
from purenn.recipes import LAYERS
from purenn.store.architecture import digest
from purenn.store.errors import ModelFileError
from purenn.model import Model
from purenn.store.model import KEY, load_model, save_model

FORMS = ["model.safetensors", "model.json"]
CASES = int(os.environ.get("PURENN_FUZZ_CASES", "150"))

texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
labels = st.one_of(texts, st.integers(-10 ** 20, 10 ** 20), st.booleans(), st.none(),
                   st.floats(allow_nan=False, allow_infinity=False))
shapeless = st.sampled_from([
    Linear, ReLU, LeakyReLU, ELU, Softplus, Sigmoid, Tanh, GELU, SiLU, Softmax,
    lambda: LeakyReLU(0.2), lambda: ELU(0.5), lambda: Dropout(0.3, Random(1)),
])


@st.composite
def networks(draw):
    rng = Random(draw(st.integers(0, 1000)))
    widths = draw(st.lists(st.integers(1, 5), min_size=2, max_size=4))
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [Dense(inputs, outputs, rng), draw(shapeless)()]
    if draw(st.booleans()):
        layers = [Network(layers), Dense(widths[-1], 2, rng)]
    return Network(layers)


@st.composite
def models(draw):
    network = draw(networks())
    width = network.input_width
    numbers = st.floats(-1e6, 1e6, allow_nan=False)
    means = draw(st.lists(numbers, min_size=width, max_size=width))
    deviations = draw(st.lists(st.floats(1e-6, 1e6), min_size=width, max_size=width))
    outputs = network.output_width
    classes = draw(st.lists(labels, min_size=outputs, max_size=outputs,
                            unique_by=lambda label: (type(label), label)))
    return Model(
        network, draw(st.sampled_from(["network", "classifier"])), Standardizer(means, deviations),
        classes=classes, feature_names=draw(st.lists(texts, max_size=3)),
        provenance=draw(st.dictionaries(texts, texts, max_size=3)),
    )


def everything(model):
    """All that a model holds, bit by bit."""
    weights = [struct.pack(f"{len(row)}d", *row)
               for parameter in model.network.parameters() for row in parameter.value]
    return (repr(model.network), weights, model.kind, model.standardizer.means,
            model.standardizer.deviations, [(type(label), label) for label in model.classes],
            list(model.feature_names), dict(model.provenance))


def ours(seed=1):
    rng = Random(seed)
    network = Network([Dense(3, 4, rng), Tanh(), Dense(4, 2, rng)])
    return Model(network, "classifier", Standardizer([1.0, 2.0, 3.0], [0.5, 1.0, 2.0]),
                 classes=["no", "yes"], feature_names=["a", "b", "c"])


def saved(model, name):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        save_model(model, path)
        with open(path, "rb") as file:
            return file.read()


def opened(data, name="model"):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return load_model(path)


# ---- Round trips ----


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=60)
@given(model=models())
def test_what_is_saved_comes_back_to_the_bit(name, model):
    assert everything(opened(saved(model, name))) == everything(model)


def test_every_layer_that_purenn_has_can_be_saved():
    import purenn
    from purenn import sequences

    own = {name for package in (purenn, sequences) for name in package.__all__
           if isinstance(getattr(package, name), type)
           and issubclass(getattr(package, name), Layer)}
    assert own - {"Layer", "Activation", "Network", "Residual", "LanguageModel"} == set(LAYERS)


@pytest.mark.parametrize("name", FORMS)
def test_the_same_model_is_always_the_same_file(name):
    assert saved(ours(), name) == saved(ours(), name)


def test_a_json_model_is_json_with_every_float_exact():
    facts = json.loads(saved(ours(), "model.json").decode("utf-8"))
    first = ours().network.layers[0]
    assert facts["tensors"]["0.weight"]["rows"] == first.weights.value


def test_tensors_have_the_names_and_shapes_of_pytorch():
    tensors, _ = safetensors.read(saved(ours(), "model.safetensors"))
    assert {name: tensor.shape for name, tensor in tensors.items()} == {
        "0.weight": (4, 3), "0.bias": (4,), "2.weight": (2, 4), "2.bias": (2,)}


# ---- Broken files ----


@pytest.mark.slow
@settings(max_examples=CASES)
@given(data=st.data(), name=st.sampled_from(FORMS))
def test_a_flipped_byte_gives_the_one_error_or_the_very_same_model(data, name):
    whole = saved(ours(), name)
    place = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytes([whole[place] ^ data.draw(st.integers(1, 255))])
    try:
        model = opened(whole[:place] + flipped + whole[place + 1:])
    except ModelFileError as error:
        assert "model: " in str(error)
    else:
        assert everything(model) == everything(ours())


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_cut_off_at_any_byte_it_is_refused(name):
    whole = saved(ours(), name)
    for length in range(len(whole.rstrip())):
        with pytest.raises(ModelFileError):
            opened(whole[:length])


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 10 ** 12), st.floats(allow_nan=False,
              allow_infinity=False), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)


def places_in(value, path=()):
    """Yield the path of everything inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, item in inner:
        yield (*path, name)
        if isinstance(item, (dict, list)):
            yield from places_in(item, (*path, name))


@pytest.mark.slow
@settings(max_examples=CASES)
@given(data=st.data())
def test_anything_in_the_place_of_anything_gives_the_one_error(data):
    """An attacker can recompute the SHA-256, so what stands behind it must hold by itself."""
    tensors, metadata = safetensors.read(saved(ours(), "model.safetensors"))
    facts = json.loads(metadata[KEY])
    path = data.draw(st.sampled_from(sorted(places_in(facts), key=str)))
    holder = facts
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = data.draw(json_values)
    try:
        text = strict_json.serialize(facts).decode("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "model")
            safetensors.write(name, tensors, {KEY: text, "sha256": digest(facts, tensors)})
            load_model(name)
    except ModelFileError:
        pass


def edited(change, name="model.json"):
    facts = json.loads(saved(ours(), name).decode("utf-8"))
    change(facts)
    return strict_json.serialize(facts)


def put(*path_and_value):
    *path, last, value = path_and_value

    def change(facts):
        for name in path:
            facts = facts[name]
        facts[last] = value

    return change


@pytest.mark.parametrize("change, reason", [
    (put("layers", 0, "layer", "os.system"), "layer 0: expected a layer out of .*Dense"),
    (put("layers", 0, "neurons", 10 ** 9), "its layer asks for"),
    (put("layers", 0, "neurons", True), "neurons should be an integer"),
    (put("layers", 0, "extra", 1), "expected the settings"),
    (put("layers", []), "1 to 1000 layers"),
    (put("layers", 1, {"layer": "Dropout", "rate": 1.5}), "expected 0 <= rate < 1"),
    (put("layers", 1, {"layer": "Network", "layers": []}), "1 to 1000 layers"),
    (put("tensors", "0.weight", "rows", [[1.0]]), "shape .* but 1 rows of 1"),
    (put("tensors", "0.weight", "rows", [["x", 1, 1]] * 4), "expected a number, got \"'x'\""),
    (put("tensors", "9.weight", {"shape": [1, 1], "rows": [[1.0]]}), "belongs to none"),
    (put("standardizer", "deviations", [1, 1, 0]), "deviations must be above 0"),
    (put("standardizer", "means", [1, 1]), "2 means and 3 deviations"),
    (put("classes", ["only one"]), "1 labels for 2 outputs"),
    (put("classes", ["twice", "twice"]), "a label appears twice"),
    (put("classes", [[], "b"]), "labels are texts"),
    (put("kind", "oracle"), "expected one of network, classifier, regressor"),
    (put("feature_names", [1]), "'feature_names': expected texts"),
    (put("format", "PNG"), "'format' is not 'purenn model'"),
    (put("new", 1), "none that this version knows"),
    (put("classes", ["no", "maybe"]), "do not match their SHA-256"),
    (lambda facts: facts.pop("samples"), "'samples': is missing"),
])
def test_each_fault_is_named(change, reason):
    with pytest.raises(ModelFileError, match=reason):
        opened(edited(change))


def test_samples_that_come_out_differently_are_noticed():
    tensors, metadata = safetensors.read(saved(ours(), "model.safetensors"))
    facts = json.loads(metadata[KEY])
    facts["samples"]["outputs"][2][1] += 1e-11
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model")
        safetensors.write(path, tensors, {KEY: json.dumps(facts), "sha256": digest(facts, tensors)})
        with pytest.raises(ModelFileError, match="outputs differ .* by "):
            load_model(path)


@pytest.mark.parametrize("data, reason", [
    (b"", "bytes"), (b"<html><body>", "web page"), (b"\x80\x04pickled" * 4, "pickle"),
    (b"{}", "'format' is not"), (b"[1]", "bytes"), (b'{"a":1,"a":2}', "appears twice"),
])
def test_what_is_no_model_is_told_so(data, reason):
    with pytest.raises(ModelFileError, match=reason):
        opened(data)


def test_tensors_of_another_program_are_told_from_a_model():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "theirs.safetensors")
        safetensors.write(path, {"x": safetensors.from_rows([[1.0]])})
        with pytest.raises(ModelFileError, match="another program"):
            load_model(path)


# ---- What cannot be saved leaves everything as it was ----


class Own(Layer):
    def forward(self, inputs, training=False):
        return inputs


@pytest.mark.parametrize("model, reason", [
    (lambda: Model(Network([Own()])), "none of purenn's own layers"),
    (lambda: Model(Network([type("Dense", (Dense,), {})(1, 1, Random(1))])), "none of purenn's"),
    (lambda: ours()._replace(classes=["a", (1, 2)]), "labels that are texts"),
    (lambda: with_a_weight(math.nan), "not finite"),
    (lambda: with_a_weight(math.inf), "not finite"),
], ids=["own layer", "subclass", "tuple as label", "nan", "infinity"])
@pytest.mark.parametrize("name", FORMS)
def test_what_no_file_can_hold_leaves_the_old_file_alone(model, reason, name, tmp_path):
    path = str(tmp_path / name)
    save_model(ours(), path)
    with pytest.raises(ModelFileError, match=reason):
        save_model(model(), path)
    assert everything(load_model(path)) == everything(ours())
    assert os.listdir(str(tmp_path)) == [name]


def with_a_weight(value):
    model = ours()
    model.network.layers[0].weights.value[1][2] = value
    return model


@example(scale=1e300)
@given(scale=st.floats(1e-300, 1e300))
@settings(max_examples=20)
def test_weights_of_any_size_come_back(scale):
    model = ours()
    for parameter in model.network.parameters():
        parameter.value = [[scale * number for number in row] for row in parameter.value]
    assert everything(opened(saved(model, "model.safetensors"))) == everything(model)


# ---- Versions ----

OLD = Path(__file__).resolve().parent / "saved_by_0_1"


def answers_of_0_1():
    with open(OLD / "answers.csv", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def sticks():
    with open(OLD / "sticks.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_table_model_of_0_1_still_gives_the_answers_of_then():
    model = purenn.load(OLD / "table.safetensors")
    then = answers_of_0_1()
    assert model.predict(sticks()) == [row[0] for row in then]
    for now, row in zip(model.predict_proba(sticks()), then):
        assert now == pytest.approx(list(map(float, row[1:])), abs=1e-12)


@pytest.mark.parametrize("name", sorted(path.name for path in OLD.glob("*.[sj][as]*[sn]")))
def test_models_of_0_1_load_and_are_saved_again_in_the_present_format(name, tmp_path):
    model = purenn.load(OLD / name)
    purenn.save(model, tmp_path / name)
    again = load_model(tmp_path / name)
    before = load_model(OLD / name)
    assert again._replace(network=None, encoding=None, standardizer=None, target_standardizer=None,
                          parameters=None) == before._replace(
        network=None, encoding=None, standardizer=None, target_standardizer=None, parameters=None)
    assert (again.encoding and again.encoding.to_dict()) == (
        before.encoding and before.encoding.to_dict())
    probe = [[0.5] * before.width]
    assert again.outputs(probe) == before.outputs(probe)


def newer(name):
    def change(facts):
        facts["format_version"], facts["version"] = 99, "9.9"

    return refacted(saved(ours(), name), change)


def refacted(data, change):
    facts = json.loads(data)
    change(facts)
    return json.dumps(facts).encode()


def test_a_newer_format_is_refused_by_name():
    with pytest.raises(ModelFileError, match="by purenn '9.9' in format 99; .* up to 2: a newer"):
        opened(newer("model.json"), "model.json")


@pytest.mark.parametrize("version", [0, -1, True, "2", None, 2.0])
def test_what_is_no_version_is_refused(version):
    data = refacted(saved(ours(), "model.json"), lambda facts: facts.update(format_version=version))
    with pytest.raises(ModelFileError):
        opened(data, "model.json")


# ---- A loaded table model loses nothing ----


def test_rows_come_as_the_table_had_them_also_after_loading_and_saving(tmp_path):
    model = purenn.load(OLD / "table.safetensors")
    purenn.save(model, tmp_path / "again.json")
    again = purenn.load(tmp_path / "again.json")
    dicts = sticks()[:9]
    cells = [[row["length"], row["colour"], row["weight"]] for row in dicts]
    whole = [list(row.values()) for row in dicts]
    mixed = [[float(row["length"]), row["colour"],
              float(row["weight"]) if row["weight"] else None] for row in dicts]
    expected = model.predict_proba(dicts)
    for rows in (dicts, cells, whole, mixed):
        assert again.predict_proba(rows) == expected
    assert again.score(dicts, [row["kind"] for row in dicts]) == model.score(
        dicts, [row["kind"] for row in dicts])


@pytest.mark.interop
def test_a_frame_of_the_table_is_read_by_the_names_of_its_columns():
    pandas = pytest.importorskip("pandas")
    model = purenn.load(OLD / "table.safetensors")
    frame = pandas.read_csv(OLD / "sticks.csv")
    answers = model.predict(frame[["weight", "kind", "length", "colour"]])
    assert list(answers) == [row[0] for row in answers_of_0_1()]


def test_words_that_the_table_did_not_have_are_named():
    model = purenn.load(OLD / "table.safetensors")
    with pytest.raises(purenn.DataError, match="'colour': expected one of .*, got 'pink'"):
        model.predict([{"length": 1, "colour": "pink", "weight": 1}])
    with pytest.raises(purenn.DataError, match="expected a value for 'weight'"):
        model.predict([{"length": 1, "colour": "red"}])


def test_the_digest_is_of_names_and_shapes_as_well_as_of_numbers():
    from purenn.store.architecture import digest
    from purenn.store.safetensors import from_rows

    row = from_rows([[1.0, 2.0]])
    others = [{"a": from_rows([[1.0], [2.0]])}, {"b": row}, {"a": from_rows([[1.0, 3.0]])},
              {"a": row, "b": row}]
    assert digest({}, {"a": row}) == digest({}, {"a": from_rows([[1.0, 2.0]])})
    assert len({digest({}, tensors) for tensors in [{"a": row}, *others]}) == 5
    assert digest({"kind": "x"}, {"a": row}) != digest({}, {"a": row})
