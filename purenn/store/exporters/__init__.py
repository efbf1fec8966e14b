"""Exporters: a trained model as one file that runs without purenn.

| format | suffix | runs |
|---|---|---|
| python | .py | on CPython 2.7 to the newest, PyPy, MicroPython, CircuitPython |
| c | .h | in C99 and C++ programs, down to microcontrollers |
| javascript | .mjs .js | in Node and in browsers |
| onnx | .onnx | in ONNX Runtime and whatever else reads that format |

Each file holds everything that an answer needs: the standardizers, how the cells of a table become
numbers, the weights, the names of the classes. So raw rows go in and answers come out, the same as
those of purenn: to 1e-12 where the numbers have 64 bits.

>>> import os, tempfile
>>> from purenn import Classifier, export
>>> model = Classifier(hidden=(8,), epochs=50).fit([[1.0], [2.0], [8.0], [9.0]], list("aabb"))
>>> path = os.path.join(tempfile.mkdtemp(), "letters.py")
>>> export(model, path)
[]
>>> names = {"__name__": "letters"}
>>> exec(open(path, encoding="utf-8").read(), names)
>>> names["predict"]([[0.5], [9.5]])
['a', 'b']

Modules, each building on those before it: `portable.py`, the parts of a model as plain names and
numbers; `python_file.py`, `c_header.py`, `javascript.py`, `onnx.py`, one for each language;
`quantize.py`, weights as whole numbers of 8 bits; `language_file.py`, a language model as a Python
file with its sampler.
"""

from __future__ import annotations

import os
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ...atomic import Path, replace_file
from ..weights import HasModel, model_in
from . import c_header, javascript, language_file, onnx, python_file
from .portable import ExportError, portable_of

__all__ = ["FORMATS", "ExportError", "export", "format_of"]


class Format(NamedTuple):
    """A language that a model can be written in.

    `module` has `write(portable, name, **options) -> bytes` and `remarks(portable) -> list of what
    it does otherwise than purenn`; `options` are those that it takes.
    """

    suffixes: Tuple[str, ...]
    module: Any
    options: Tuple[str, ...] = ()


FORMATS: Dict[str, Format] = {
    "python": Format((".py",), python_file),
    "c": Format((".h",), c_header, ("bits", "int8")),
    "javascript": Format((".mjs", ".js"), javascript),
    "onnx": Format((".onnx",), onnx, ("bits",)),
}


def export(
    thing: HasModel, path: Path, to: Optional[str] = None, *, bits: int = 64,
    int8: bool = False,
) -> List[str]:
    """Write a model to `path` in another language; return what it does otherwise than purenn.

    thing  a Network, a fitted Classifier or Regressor, or a Model
    to     a name in FORMATS; without it the suffix of the path decides
    bits   64, or 32 for the smaller floats (C and ONNX): half the size, about 6 digits
    int8   C only: weights as whole numbers of 8 bits, an eighth of the size

    The file is replaced in one step, and only if everything can be expressed. Raises ExportError
    (a ValueError) for what the format cannot express, OSError when the file cannot be written.
    """
    portable = portable_of(model_in("export", thing))
    form = FORMATS[format_of(path, to)]
    options = _options(form, to or os.fsdecode(path), bits, int8)
    module = form.module
    if portable.is_language_model:
        if module is not python_file:
            raise ExportError(f"{os.fsdecode(path)}: a language model can be exported as python "
                              f"only")
        module = language_file
    name = os.path.splitext(os.path.basename(os.fsdecode(path)))[0]
    contents = module.write(portable, name, **options)
    replace_file(path, lambda file: file.write(contents))
    remarks: List[str] = module.remarks(portable)
    return remarks


def format_of(path: Path, to: Optional[str] = None) -> str:
    """Return the name of the format: `to`, or what the suffix of the path says.

    >>> format_of("flowers.h"), format_of("flowers.txt", "python")
    ('c', 'python')
    """
    if to is not None and to not in FORMATS:
        raise ExportError(f"export: to: expected one of {', '.join(FORMATS)}, got {to!r}")
    suffix = os.path.splitext(os.fsdecode(path))[1].lower()
    for name, form in FORMATS.items():
        if to == name or (to is None and suffix in form.suffixes):
            return name
    known = ", ".join(suffix for form in FORMATS.values() for suffix in form.suffixes)
    raise ExportError(f"{os.fsdecode(path)}: expected a name that ends in one of {known}; for "
                      f"another name say the format: {', '.join(FORMATS)}")


def _options(form: Format, where: str, bits: int, int8: bool) -> Dict[str, Any]:
    """Return the options that were asked for; ExportError for those that the format lacks."""
    if bits not in (32, 64):
        raise ExportError(f"export: bits: expected 32 or 64, got {bits!r}")
    asked: Dict[str, Any] = {"bits": bits} if bits != 64 else {}
    if int8:
        asked["int8"] = True
    for option in asked:
        if option not in form.options:
            able = [name for name, other in FORMATS.items() if option in other.options]
            raise ExportError(f"{where}: {option} is for {' and '.join(able)} only")
    return asked
