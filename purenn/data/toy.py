"""Data sets made up on the spot: small worlds whose rule we know.

The first things to show a new network are problems that fit on a page, because there one can see
what it does: two numbers per example are a point on paper, the class is its colour. Each of these
sets asks for something that the one before it did not:

    gaussians   clouds of points        a straight line between them is enough
    vertical    bands side by side      straight lines, one after the other
    xor         opposite corners        no single line can do it: the smallest problem that
                                        needs a hidden layer
    circle      a disc inside a ring    the border has to close
    moons       two hooked crescents    the border has to bend twice
    spiral      arms wound together     the border has to wind; a hard one
    sine        a wave                  not a class but a value: regression

All of them are called in the same way: `size` is the number of rows altogether, dealt out to the
classes as evenly as it goes; `noise` is the deviation of the normal noise that blurs the points;
`rng` is the random.Random that makes it, so the same seed gives the same points.

>>> spiral(size=90, classes=3, noise=0.2, rng=Random(1))
DataSet(90 rows, 2 features, 3 classes: arm 0, arm 1, arm 2)

Rows come class after class. `split` and the training mix them.

Before this: dataset. After this: bundled, with measurements from the real world.
"""

import math
from random import Random
from typing import Iterator, List, Tuple

from ..checks import (
    explains_arguments, number_between, positive_integer, random_generator,
)
from ..initializers import normal_deviate
from ..linalg import Matrix, Vector
from .dataset import DataSet

__all__ = ["circle", "gaussians", "moons", "sine", "spiral", "vertical", "xor"]


@explains_arguments
def gaussians(
    size: int = 300, *, classes: int = 3, noise: float = 0.25, rng: Random
) -> DataSet:
    """Make round clouds whose centres stand evenly on a circle of radius 1.

    noise  the deviation of each cloud, in both directions

    Raises TypeError or ValueError for fewer rows than classes, negative noise, or no rng.

    >>> gaussians(size=2, classes=2, noise=0.0, rng=Random(1)).inputs[0]
    [1.0, 0.0]
    """
    _check("gaussians", size, classes, noise, rng)
    inputs: Matrix = []
    targets: List[int] = []
    for label, _ in _dealt(size, classes):
        angle = 2.0 * math.pi * label / classes
        inputs.append(_blurred([math.cos(angle), math.sin(angle)], noise, rng))
        targets.append(label)
    names = [f"cloud {label}" for label in range(classes)]
    return _points(inputs, targets, names, f"gaussians: {classes} clouds, noise {noise:g}")


@explains_arguments
def vertical(size: int = 300, *, classes: int = 3, noise: float = 0.1, rng: Random) -> DataSet:
    """Make vertical bands, one beside the other: class c around x = c/3, all around y = 1/2.

    noise  the deviation in both directions; the bands are 1/3 apart

    Raises TypeError or ValueError for fewer rows than classes, negative noise, or no rng.
    Source: Kinsley and Kukieła, "Neural Networks from Scratch in Python", 2020, "vertical data".

    >>> vertical(size=3, noise=0.0, rng=Random(1)).inputs[0]
    [0.0, 0.5]
    """
    _check("vertical", size, classes, noise, rng)
    inputs: Matrix = []
    targets: List[int] = []
    for label, _ in _dealt(size, classes):
        inputs.append(_blurred([label / 3.0, 0.5], noise, rng))
        targets.append(label)
    names = [f"band {label}" for label in range(classes)]
    return _points(inputs, targets, names, f"vertical: {classes} bands, noise {noise:g}")


@explains_arguments
def xor(size: int = 4, *, noise: float = 0.0, rng: Random) -> DataSet:
    """Make points at the corners of a square; the class is the exclusive or of x and y.

        y = 1   1 · 0        (0, 0) and (1, 1) are of class 0, (0, 1) and (1, 0) of class 1:
        y = 0   0 · 1        one or the other, but not both
              x = 0   1

    size   rows, going round the four corners; 4 is the truth table of xor itself
    noise  the deviation of the points around their corner; the class stays the corner's

    Raises TypeError or ValueError for fewer than 2 rows, negative noise, or no rng.
    Source: Minsky and Papert, "Perceptrons", 1969, showed that a single layer cannot learn it.

    >>> data = xor(rng=Random(1))
    >>> data.inputs
    [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    >>> data.targets
    [0, 1, 1, 0]
    """
    _check("xor", size, 2, noise, rng)
    inputs: Matrix = []
    targets: List[int] = []
    for number in range(size):
        x, y = divmod(number % 4, 2)
        inputs.append(_blurred([float(x), float(y)], noise, rng))
        targets.append(x ^ y)
    return _points(inputs, targets, ["equal", "different"], f"xor: noise {noise:g}")


@explains_arguments
def circle(size: int = 300, *, noise: float = 0.05, rng: Random) -> DataSet:
    """Make a disc of radius 0.5 (class 1) inside a ring of radius 0.7 to 1 (class 0).

    Radius and angle are drawn evenly, so the middle of the disc is denser than its rim.
    noise  the deviation that blurs the points; from 0.1 on, disc and ring touch

    Raises TypeError or ValueError for fewer than 2 rows, negative noise, or no rng.
    Source: the "circle" of TensorFlow Playground (Smilkov and Carter, 2016), at a fifth of its
    size.
    """
    _check("circle", size, 2, noise, rng)
    inputs: Matrix = []
    targets: List[int] = []
    for label, _ in _dealt(size, 2):
        radius = 0.5 * rng.random() if label == 1 else 0.7 + 0.3 * rng.random()
        angle = 2.0 * math.pi * rng.random()
        point = [radius * math.cos(angle), radius * math.sin(angle)]
        inputs.append(_blurred(point, noise, rng))
        targets.append(label)
    return _points(inputs, targets, ["outside", "inside"], f"circle: noise {noise:g}")


@explains_arguments
def moons(size: int = 300, *, noise: float = 0.1, rng: Random) -> DataSet:
    """Make two half circles that reach into each other, like two hooks.

        upper (class 0):  x = cos t,      y = sin t
        lower (class 1):  x = 1 − cos t,  y = 1/2 − sin t       with t from 0 to π

    noise  the deviation that blurs the points; the moons are about 0.5 apart

    Raises TypeError or ValueError for fewer than 2 rows, negative noise, or no rng.
    Source: `make_moons` of scikit-learn (Pedregosa et al., JMLR 12, 2011).

    >>> moons(size=2, noise=0.0, rng=Random(1)).inputs
    [[1.0, 0.0], [0.0, 0.5]]
    """
    _check("moons", size, 2, noise, rng)
    inputs: Matrix = []
    targets: List[int] = []
    for label, along in _dealt(size, 2):
        x, y = math.cos(math.pi * along), math.sin(math.pi * along)
        point = [x, y] if label == 0 else [1.0 - x, 0.5 - y]
        inputs.append(_blurred(point, noise, rng))
        targets.append(label)
    return _points(inputs, targets, ["upper", "lower"], f"moons: noise {noise:g}")


@explains_arguments
def spiral(size: int = 300, *, classes: int = 3, noise: float = 0.2, rng: Random) -> DataSet:
    """Make arms that start in the middle and wind outwards, each into the gap between others.

        radius  r = from 0 to 1 along the arm
        angle   t = 4 · class + 4 · r + noise
        point   x = r · sin t,  y = r · cos t

    noise  the deviation of the angle, in radians: the arms blur more the farther out

    The arms start 4 radians apart, a little less than two thirds of a turn, so three of them
    stand almost evenly. (Eleven times 4 radians is almost exactly 7 turns: from the twelfth arm
    on, arms would lie on each other, and more than 11 classes are refused.)
    Raises TypeError or ValueError for fewer rows than classes, negative noise, or no rng.
    Source: Karpathy and others, notes of the Stanford course CS231n, "Putting it together:
    Minimal Neural Network Case Study", 2015.

    >>> spiral(size=3, classes=3, noise=0.0, rng=Random(1)).inputs[0]
    [0.0, 0.0]
    """
    _check("spiral", size, classes, noise, rng)
    if classes > 11:
        raise ValueError(f"spiral: classes: expected at most 11, got {classes}")
    inputs: Matrix = []
    targets: List[int] = []
    for label, radius in _dealt(size, classes):
        angle = 4.0 * label + 4.0 * radius + noise * normal_deviate(rng)
        inputs.append([radius * math.sin(angle), radius * math.cos(angle)])
        targets.append(label)
    names = [f"arm {label}" for label in range(classes)]
    return _points(inputs, targets, names, f"spiral: {classes} arms, noise {noise:g}")


@explains_arguments
def sine(size: int = 300, *, noise: float = 0.1, rng: Random) -> DataSet:
    """Make one wave to be learned as a curve:  y = sin(2π x) + noise,  x evenly from 0 to 1.

    Inputs and targets both have one column: this is regression, there are no classes.
    noise  the deviation of y

    Raises TypeError or ValueError for a size below 1, negative noise, or no rng.

    >>> data = sine(size=5, noise=0.0, rng=Random(1))
    >>> data.inputs
    [[0.0], [0.25], [0.5], [0.75], [1.0]]
    >>> data.targets[1]
    [1.0]
    """
    _check("sine", size, 1, noise, rng)
    inputs: Matrix = []
    targets: Matrix = []
    for _, x in _dealt(size, 1):
        inputs.append([x])
        targets.append(_blurred([math.sin(2.0 * math.pi * x)], noise, rng))
    return DataSet(inputs, targets, ["x"], [], f"sine: one wave, noise {noise:g}")


# ---- What they share ----


def _check(who: str, size: int, classes: int, noise: float, rng: Random) -> None:
    positive_integer(who, "size", size)
    positive_integer(who, "classes", classes)
    number_between(who, "noise", noise, 0)
    random_generator(who, rng)
    if size < classes:
        raise ValueError(
            f"{who}: size: expected at least one row for each of {classes} classes, got {size}"
        )


def _dealt(size: int, classes: int) -> Iterator[Tuple[int, float]]:
    """Yield (class, place) for each of `size` rows; place goes from 0 to 1 within each class."""
    for label in range(classes):
        count = size // classes + (1 if label < size % classes else 0)
        for number in range(count):
            yield label, number / max(1, count - 1)


def _blurred(point: Vector, noise: float, rng: Random) -> Vector:
    return [coordinate + noise * normal_deviate(rng) for coordinate in point]


def _points(
    inputs: Matrix, targets: List[int], class_names: List[str], description: str
) -> DataSet:
    return DataSet(inputs, targets, ["x", "y"], class_names, description)
