"""Three real data sets that come along: digits, iris and wine.

A network that only ever saw made-up points has not met the world yet. These three are the
classics of the trade: small enough to ship, and measured on real paper, flowers and bottles. They
lie beside this file as gzipped CSV with a line of names at the top, so they can also be opened
with a spreadsheet, or with `read_csv`.

           rows  features  classes   the question
    digits 1797        64       10   which digit did somebody write?
    iris    150         4        3   which species is this flower?
    wine    178        13        3   which grape is this wine made of?

The values stay as they were published: nothing is scaled here. `Standardizer` does that, or a
division (the pixels of the digits go from 0 to 16).

Licences: the UCI Machine Learning Repository distributes all three sets under Creative Commons
Attribution 4.0 International (CC BY 4.0). What was changed for this copy: the layout of the
files, names instead of numbers for the classes of iris and wine, and the two rows of iris that
are told of below.

Before this: toy. After this: csv_files, for data of your own.
"""

import os
from typing import Dict, List

from ..linalg import Matrix
from .dataset import DataSet

__all__ = ["digits", "iris", "wine"]


def digits() -> DataSet:
    """Return 1,797 handwritten digits: 8 × 8 pixels each, from 0 (white) to 16 (black).

    43 people wrote digits on forms. Each was scanned as 32 × 32 black or white dots, and the
    black ones were counted in blocks of 4 × 4, hence 0 to 16. Pixels go along the rows, from the
    top left. The rows are in the order of the original file, so the last ones are by other
    writers than the first, and harder; there are 174 to 183 of each digit. This is the test part
    of the set, by 13 of the writers; UCI also has 3,823 digits by the other 30.

    Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine
    Learning Repository, 1998; C. Kaynak, "Methods of Combining Multiple Classifiers and Their
    Applications to Handwritten Digit Recognition", MSc thesis, Bogazici University, 1995.
    Licence: CC BY 4.0.

    >>> data = digits()
    >>> len(data.inputs), len(data.inputs[0]), data.targets[:5]
    (1797, 64, [0, 1, 2, 3, 4])
    """
    names = [str(digit) for digit in range(10)]
    description = (
        "Optical recognition of handwritten digits (Alpaydin and Kaynak, UCI Machine Learning "
        "Repository, 1998, CC BY 4.0): 8 x 8 pixels from 0 to 16"
    )
    return _read("digits.csv.gz", names, description)


def iris() -> DataSet:
    """Return 150 iris flowers: length and width of sepals and petals, in cm; 50 per species.

    Setosa stands apart; versicolor and virginica overlap. The flowers were measured by Edgar
    Anderson and made famous by R. A. Fisher. The numbers are those of Fisher's paper. The copy
    at UCI differs from it in two rows, and here the paper is followed: flower 35 is 4.9 3.1 1.5
    0.2 (UCI: 0.1 at the end), flower 38 is 4.9 3.6 1.4 0.1 (UCI: 3.1 and 1.5 in the middle).

    Source: R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of
    Eugenics 7, 1936, pages 179–188; "Iris", UCI Machine Learning Repository, 1988.
    Licence: CC BY 4.0.

    >>> iris()
    DataSet(150 rows, 4 features, 3 classes: setosa, versicolor, virginica)
    >>> iris().inputs[34]
    [4.9, 3.1, 1.5, 0.2]
    """
    names = ["setosa", "versicolor", "virginica"]
    description = (
        "Iris flowers (Fisher, 1936; UCI Machine Learning Repository, CC BY 4.0), with the "
        "numbers of Fisher's paper: sepals and petals in cm"
    )
    return _read("iris.csv.gz", names, description)


def wine() -> DataSet:
    """Return 178 wines from Piedmont in Italy: 13 chemical measurements; 59, 71 and 48 per grape.

    The columns have very different sizes (proline up to 1680, hue around 1), so this is the set
    on which to see what a `Standardizer` is good for. UCI calls the classes 1, 2 and 3; the study
    that measured them names the wines: Barolo, Grignolino and Barbera.

    Source: S. Aeberhard and M. Forina, "Wine", UCI Machine Learning Repository, 1991; M. Forina,
    C. Armanino, M. Castino and M. Ubigli, "Multivariate data analysis as a discriminating method
    of the origin of wines", Vitis 25, 1986, pages 189–201.
    Licence: CC BY 4.0.

    >>> wine()
    DataSet(178 rows, 13 features, 3 classes: Barolo, Grignolino, Barbera)
    """
    names = ["Barolo", "Grignolino", "Barbera"]
    description = (
        "Wines of three grapes from Piedmont (Aeberhard and Forina, UCI Machine Learning "
        "Repository, 1991, CC BY 4.0): 13 chemical measurements"
    )
    return _read("wine.csv.gz", names, description)


def _read(file_name: str, class_names: List[str], description: str) -> DataSet:
    """Read one of our own files: no quotes, no gaps, names at the top, the class at the end."""
    import gzip  # here, not above: most of those who import purenn never need it

    with gzip.open(os.path.join(os.path.dirname(__file__), file_name)) as file:
        lines = file.read().decode("ascii").splitlines()
    header, *rows = [line.split(",") for line in lines]
    inputs = _as_floats([row[:-1] for row in rows])
    targets = [class_names.index(row[-1]) for row in rows]
    return DataSet(inputs, targets, header[:-1], class_names, description)


def _as_floats(rows: List[List[str]]) -> Matrix:
    # 115,008 pixels, but only 17 different values: each text is turned into a float once, and
    # the rows share the results.
    value: Dict[str, float] = {text: float(text) for row in rows for text in set(row)}
    return [[value[text] for text in row] for row in rows]
