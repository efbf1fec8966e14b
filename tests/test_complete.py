"""Whoever adds an activation, layer, optimizer, data set or metric is told what else it needs.

The lists here are asked from the package: every class and function that is there must be exported,
be in the tables by which it is chosen and kept in files, have its gradient checked, run on NumPy,
be in the self-test, and say in its docstring what it does.
"""

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest
from strategies import ACTIVATIONS, LOSSES
from test_structure import CORE

import purenn
from purenn import data, metrics, recipes
from purenn.activations import Activation
from purenn.app import known_answers, selftest
from purenn.layers import Layer
from purenn.losses import Loss, MeanLoss
from purenn.network import Network
from purenn.optimizers import GradientDescent, Optimizer, RandomStrategy
from purenn.penalties import Penalty
from purenn.schedules import Schedule

# What other classes are derived from, and what is of use only inside of one module.
BASES = {Activation, GradientDescent, Layer, Loss, MeanLoss, Network, Optimizer, Penalty,
         RandomStrategy, Schedule}

for module in pkgutil.iter_modules(purenn.__path__):  # so that every class is there to be asked
    if not module.ispkg and not module.name.startswith("__"):
        importlib.import_module(f"purenn.{module.name}")


def classes(base):
    """Return all classes of the core that are derived from this one, but not the bases."""
    found, left = [], [base]
    while left:
        one = left.pop()
        left += one.__subclasses__()
        in_core = one.__module__ in {f"purenn.{name}" for name in CORE}
        if in_core and one not in BASES and not one.__name__.startswith("_"):
            found.append(one)
    return sorted(set(found), key=lambda one: one.__name__)


def named(found):
    return {"argvalues": found, "ids": [one.__name__ for one in found]}


EVERYTHING = sorted({one for base in (Layer, Loss, Optimizer, Penalty, Schedule)
                     for one in classes(base)}, key=lambda one: one.__name__)


def test_there_is_something_to_ask():
    assert len(EVERYTHING) >= 35 and len(classes(Activation)) >= 9


@pytest.mark.parametrize("one", **named(EVERYTHING))
def test_every_class_is_exported_and_says_what_it_does(one):
    assert one.__name__ in purenn.__all__, f"add {one.__name__} to __all__ of purenn/__init__.py"
    assert one.__name__ in importlib.import_module(one.__module__).__all__
    assert one.__doc__ and one.__doc__ is not one.__mro__[1].__doc__, "a docstring is missing"


@pytest.mark.parametrize("one", **named(classes(Activation)))
def test_every_activation_states_its_formula_and_shows_an_example(one):
    assert "f(x) =" in one.__doc__ and ">>> " in one.__doc__


@pytest.mark.parametrize("one", **named(classes(Layer)))
def test_every_layer_can_be_chosen_kept_checked_and_self_tested(one):
    if issubclass(one, Activation):
        chosen = [recipe.make for recipe in recipes.ACTIVATIONS.values()]
        assert one in chosen, "recipes.ACTIVATIONS: by which name is it chosen?"
        tried = [type(make()) for make in ACTIVATIONS.values()]
        assert one in tried, "tests/strategies.py: ACTIVATIONS, so that its gradient is checked"
    assert one in recipes.LAYERS.values(), "recipes.LAYERS, so that a model file can hold it"
    assert one in [type(layer) for layer in selftest._layers()], "app/selftest.py: _layers"


@pytest.mark.parametrize("one", **named(classes(Loss)))
def test_every_loss_is_checked_and_self_tested(one):
    tried = [type(make()) for make, _, _ in LOSSES.values()]
    assert one in tried, "tests/strategies.py: LOSSES, so that its gradient is checked"
    assert one in [type(loss) for loss, _, _ in selftest._losses()], "app/selftest.py: _losses"


@pytest.mark.parametrize("one", **named(classes(Optimizer)))
def test_every_optimizer_can_be_chosen_and_its_first_steps_are_known(one):
    chosen = [getattr(recipe.make, "__name__", "") for recipe in recipes.OPTIMIZERS.values()]
    assert one.__name__ in chosen, "recipes.OPTIMIZERS: by which name is it chosen?"
    if issubclass(one, GradientDescent):
        source = inspect.getsource(known_answers)
        assert f"{one.__name__}(" in source, "app/known_answers.py: its first steps, by hand"
        tests = (Path(__file__).parent / "test_optimizers.py").read_text(encoding="utf-8")
        assert f"{one.__name__}(" in tests, "tests/test_optimizers.py: steps worked out by hand"
        assert "Source:" in one.__doc__, "who has published it, and where?"


@pytest.mark.parametrize("one", **named(classes(Penalty) + classes(Schedule)))
def test_every_penalty_and_schedule_is_tested(one):
    texts = [(Path(__file__).parent / f"test_{name}.py").read_text(encoding="utf-8")
             for name in ("losses", "optimizers")]
    assert any(f"{one.__name__}(" in text for text in texts)


@pytest.mark.parametrize("name", [*data.toy.__all__, *data.bundled.__all__])
def test_every_data_set_has_a_recipe_and_is_tested(name):
    assert name in data.__all__, "purenn/data/__init__.py"
    assert name in recipes.DATA_SETS, "recipes.DATA_SETS, so that `train` knows it"
    tests = (Path(__file__).parent / "test_data_sets.py").read_text(encoding="utf-8")
    assert f"{name}(" in tests or f'"{name}"' in tests, "tests/test_data_sets.py"


@pytest.mark.parametrize("name", [
    name for name in metrics.__all__ if inspect.isfunction(getattr(metrics, name))
    and name != "classes_of"])
def test_every_metric_is_exported_and_tested(name):
    assert name in purenn.__all__, f"add {name} to __all__ of purenn/__init__.py"
    tests = (Path(__file__).parent / "test_metrics.py").read_text(encoding="utf-8")
    assert f"{name}(" in tests and getattr(metrics, name).__doc__
