"""The one exception that a bad model file gives, and the words it is told in.

A file from outside may be damaged in a thousand ways, and whoever opens it wants to handle
one exception, not a thousand. Everything in this folder that reads a file raises
`ModelFileError`, which says what is wrong and where. (A file that is not there, or that may
not be opened, stays an ordinary `OSError`: that is no fault of its contents.)

Names in a damaged file can be megabytes long or full of control characters that garble a
terminal. `shown` makes any text short and harmless before it goes into a message.

Next comes `strict_json.py`.
"""

LONGEST_SHOWN = 60


class ModelFileError(ValueError):
    """A model file says something impossible, or a value has no place in a model file.

    `problem` is what is wrong, `where` the place, from the outside in:

    >>> error = ModelFileError("begin 8 is past end 4", "tensor '0.weight'")
    >>> print(error)
    tensor '0.weight': begin 8 is past end 4
    >>> print(error.inside("spiral.safetensors"))
    spiral.safetensors: tensor '0.weight': begin 8 is past end 4
    """

    def __init__(self, problem: str, where: str = "") -> None:
        super().__init__(problem, where)
        self.problem = problem
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}" if self.where else self.problem

    def inside(self, place: str) -> "ModelFileError":
        """Return the same error, seen from one step further out."""
        return ModelFileError(self.problem, f"{place}: {self.where}" if self.where else place)


def shown(text: str) -> str:
    r"""Quote a text for a message: escaped, and cut when it is long.

    >>> print(shown("0.weight"), shown("\x1b[31mred"))
    '0.weight' '\x1b[31mred'
    >>> print(shown("na" * 1000))
    'nananananananananananananananananananananananananananananana'...
    """
    if len(text) <= LONGEST_SHOWN:
        return repr(text)
    return repr(text[:LONGEST_SHOWN]) + "..."


def kind(value: object) -> str:
    """Say in words what sort of JSON value this is.

    >>> print(kind([1, 2]), "and", kind(None))
    an array and null
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    names = {dict: "an object", list: "an array", tuple: "an array", str: "a string",
             int: "an integer", float: "a fraction"}
    return names.get(type(value), f"a value of type {type(value).__name__}")
