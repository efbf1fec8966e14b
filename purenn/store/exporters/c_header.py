"""A C header: C99 and C++, no allocation, nothing but the standard library.

What is written for `flowers.h` has names that begin with flowers_, so that several models fit into
one program:

    flowers_scores(row, scores)          one number for each output, before anything is made of it
    flowers_probabilities(row, p)        for classes: positive, their sum is 1
    flowers_predict(row)                 the number of the class, flowers_classes[…] is its name;
                                         for one value the value; for several (row, values)
    flowers_encode(cells, row)           where columns hold words: texts become the numbers of a row

All are `static inline`, and everything constant is `const`, so on a microcontroller the weights
stay in flash; memory is two rows of the widest layer, on the stack. `flowers_real` is double; with
`#define FLOWERS_FLOAT 1` before the header is included, or `bits=32`, it is float, and so are the
functions of <math.h>.

Before this: `portable.py`, `quantize.py`.
"""

from __future__ import annotations

import re
from typing import Dict, Iterable, List, Sequence

from ...linalg import Vector
from .portable import Column, ExportError, Portable, Step, printable, refuse_large
from .quantize import quantized

__all__ = ["remarks", "write"]

KEYWORDS = frozenset("auto break case char const continue default do double else enum extern float "
                     "for goto if inline int long register restrict return short signed sizeof "
                     "static struct switch typedef union unsigned void volatile while".split())

# Each activation as one expression of x, or for Softmax a function of a row. NAME stands for the
# model, REAL for its type, MATH(exp) for the function of <math.h> for this type.
FORMULAS: Dict[str, str] = {
    "ReLU": "x > 0 ? x : 0",
    "LeakyReLU": "x > 0 ? x : (REAL){slope} * x",
    "ELU": "x > 0 ? x : (REAL){alpha} * MATH(expm1)(x)",
    "Sigmoid": "x >= 0 ? 1 / (1 + MATH(exp)(-x)) : MATH(exp)(x) / (1 + MATH(exp)(x))",
    "SiLU": "x >= 0 ? x / (1 + MATH(exp)(-x)) : x * MATH(exp)(x) / (1 + MATH(exp)(x))",
    "Softplus": "(x > 0 ? x : 0) + MATH(log1p)(MATH(exp)(-MATH(fabs)(x)))",
    "Tanh": "MATH(tanh)(x)",
    "GELU": "(REAL)0.5 * x * (1 + MATH(erf)(x / (REAL)1.4142135623730951))",
}

DENSE = """
/* y[o] = biases[o] + the sum over i of weights[o][i] * x[i] */
static inline void NAME_dense(const REAL *weights, const REAL *biases, int inputs, int neurons,
                              const REAL *x, REAL *y)
{
    int o, i;
    for (o = 0; o < neurons; o++) {
        REAL total = biases[o];
        for (i = 0; i < inputs; i++)
            total += weights[o * inputs + i] * x[i];
        y[o] = total;
    }
}
"""

DENSE_INT8 = """
/* y[o] = biases[o] + scales[o] times the sum over i of weights[o][i] * x[i] */
static inline void NAME_dense(const signed char *weights, const REAL *scales, const REAL *biases,
                              int inputs, int neurons, const REAL *x, REAL *y)
{
    int o, i;
    for (o = 0; o < neurons; o++) {
        REAL total = 0;
        for (i = 0; i < inputs; i++)
            total += (REAL)weights[o * inputs + i] * x[i];
        y[o] = biases[o] + scales[o] * total;
    }
}
"""

SOFTMAX = """
/* Positive numbers whose sum is 1, in the ratios of exp(x). */
static inline void NAME_softmax(REAL *x, int count)
{
    REAL top = x[0], total = 0;
    int k;
    for (k = 1; k < count; k++)
        if (x[k] > top)
            top = x[k];
    for (k = 0; k < count; k++) {
        x[k] = MATH(exp)(x[k] - top);
        total += x[k];
    }
    for (k = 0; k < count; k++)
        x[k] /= total;
}
"""

CLASSIFIER = """
/* The probabilities of NAME_classes. */
static inline void NAME_probabilities(const REAL row[INPUTS], REAL p[OUTPUTS])
{
    NAME_scores(row, p);
    NAME_softmax(p, OUTPUTS);
}

/* The number of the class with the largest score; NAME_classes[...] is its name. */
static inline int NAME_predict(const REAL row[INPUTS])
{
    REAL scores[OUTPUTS];
    int k, best = 0;
    NAME_scores(row, scores);
    for (k = 1; k < OUTPUTS; k++)
        if (scores[k] > scores[best])
            best = k;
    return best;
}
"""

ONE_VALUE = """
/* The value of a row. */
static inline REAL NAME_predict(const REAL row[INPUTS])
{
    REAL value[1];
    NAME_scores(row, value);
    return value[0];
}
"""

VALUES = """
/* The values of a row. */
static inline void NAME_predict(const REAL row[INPUTS], REAL values[OUTPUTS])
{
    NAME_scores(row, values);
}
"""

ENCODE = """
/* Turn the texts of COLUMNS cells into the INPUTS numbers of a row. Returns 0, or the number of the
   column, counted from 1, whose cell is neither a number nor one of its words. A cell has no white
   space around it, an empty one is "". The decimal point is that of the locale, which is "." until
   setlocale is called. */
static inline int NAME_encode(const char *const cells[COLUMNS], REAL row[INPUTS])
{
    char *end;
    int k;
    (void)end;
    (void)k;
BODY    return 0;
}
"""

ENCODE_NUMBER = """    if (cells[{place}][strspn(cells[{place}], "0123456789+-.eE")] != 0)
        return {column};
    row[{first}] = (REAL)strtod(cells[{place}], &end);
    if (end == cells[{place}] || *end != 0 || row[{first}] - row[{first}] != 0)
        return {column};
"""

ENCODE_FILLED = """    if (cells[{place}][0] == 0) {{
        row[{first}] = (REAL){fill};
    }} else {{
{number}    }}
"""

ENCODE_WORD = """    for (k = 0; k < {width}; k++)
        row[{first} + k] = strcmp(cells[{place}], NAME_words{column}[k]) == 0;
    for (k = 0; k < {width} && row[{first} + k] == 0; k++)
        ;
    if (k == {width}{unless})
        return {column};
"""


# ---- The file ----


def remarks(portable: Portable) -> List[str]:
    """Return what the header does otherwise than purenn."""
    if not portable.has_words:
        return []
    said = ["an empty cell is \"\" only; words such as \"NA\" are not taken for one"]
    if portable.reading.decimal:
        said.append("numbers are read with a decimal point, and nothing between thousands")
    return said


def write(portable: Portable, name: str, bits: int = 64, int8: bool = False) -> bytes:
    """Return the header; `name` becomes the beginning of every name in it."""
    if bits == 32:
        refuse_large(portable)
    name = identifier(name)
    parts = [_head(portable, name, bits, int8), *_tables(portable, name, int8),
             *(_named(portable, name, code) for code in _functions(portable, int8)), "\n#endif\n"]
    return "".join(parts).encode("ascii")


def identifier(name: str) -> str:
    """Return a name that C takes, as near to this one as can be.

    >>> identifier("flowers-2"), identifier("2 flowers"), identifier("double")
    ('flowers_2', 'model_2_flowers', 'model_double')
    """
    word = re.sub("[^a-z0-9_]", "_", name.lower())
    return word if re.match("[a-z]", word) and word not in KEYWORDS else f"model_{word}"


def _named(portable: Portable, name: str, code: str) -> str:
    """Put names and sizes into a piece of code that holds no foreign text."""
    words = {"INPUTS": str(portable.inputs), "OUTPUTS": str(portable.outputs),
             "COLUMNS": str(len(portable.columns)), "MATH(": f"{name.upper()}_MATH(",
             "REAL": f"{name}_real", "NAME": name}
    return re.sub("|".join(map(re.escape, words)), lambda found: words[found.group()], code)


def _head(portable: Portable, name: str, bits: int, int8: bool) -> str:
    upper = name.upper()
    count = sum(len(row) for step in portable.dense for row in step.weights)
    others = sum(len(step.biases) for step in portable.dense) * (2 if int8 else 1)
    others += 2 * len(portable.means) + 2 * len(portable.target_means)
    small, large = (count + others * size if int8 else (count + others) * size for size in (4, 8))
    stack = 2 * _widest(portable)
    includes = "#include <math.h>\n"
    if portable.has_words:
        includes += "#include <stdlib.h>\n#include <string.h>\n"
    columns = "".join(f"     {_comment(column.name)}{_words_in_comment(column.categories)}\n"
                      for column in portable.columns)
    return f"""/* A neural network, written by purenn: {_comment(portable.summary)}

   {_usage(portable, name)}

   Columns of a row, in this order:
{columns}
   Constants: {large:,} bytes, {small:,} as float. Stack: about {stack * 8:,} bytes,
   {stack * 4:,} as float. Nothing is allocated; only what is handed in to be filled changes. */
#ifndef {upper}_H
#define {upper}_H

{includes}
/* Numbers are double; #define {upper}_FLOAT 1 before this file is included for float. */
#ifndef {upper}_FLOAT
#define {upper}_FLOAT {int(bits == 32)}
#endif
#if {upper}_FLOAT
typedef float {name}_real;
#define {upper}_MATH(function) function##f
#else
typedef double {name}_real;
#define {upper}_MATH(function) function
#endif
"""


def _comment(text: str) -> str:
    r"""Return a text that does no harm in a comment of C: ASCII, no end and no beginning of one.

    >>> print(_comment("a*/b"), _comment("caf\u00e9"))
    a* /b caf\u00e9
    """
    return printable(text, only_ascii=True).replace("*/", "* /").replace("/*", "/ *").replace(
        "??", "? ?")


def _usage(portable: Portable, name: str) -> str:
    """Return the line that predicts one row."""
    row = f"{name}_real row[{portable.inputs}] = {{...}};  "
    if portable.kind == "classifier":
        return f"{row}{name}_classes[{name}_predict(row)]"
    if portable.kind == "regressor" and portable.outputs == 1:
        return f"{row}{name}_predict(row)"
    return f"{row}{name}_real values[{portable.outputs}];  {name}_predict(row, values);"


def _words_in_comment(words: Sequence[str]) -> str:
    return ": one of " + ", ".join(f'"{_comment(word)}"' for word in words) if words else ""


def _widest(portable: Portable) -> int:
    return max([portable.inputs, *(len(step.weights) for step in portable.dense)])


# ---- Tables: names and numbers ----


def _tables(portable: Portable, name: str, int8: bool) -> Iterable[str]:
    """Yield every constant table."""
    if portable.labels:
        yield _array("const char *const", f"{name}_classes", map(_text, portable.label_texts))
    for number, column in enumerate(portable.columns, start=1):
        if column.categories:
            yield _array("const char *const", f"{name}_words{number}",
                         map(_text, column.categories))
    for what in ("means", "deviations", "target_means", "target_deviations"):
        if getattr(portable, what):
            yield _reals(name, what, getattr(portable, what))
    for number, step in enumerate(portable.dense):
        flat = [weight for row in step.weights for weight in row]
        if int8:
            whole, scales = quantized(step.weights)
            yield _array("signed char", f"{name}_weights{number}",
                         [str(weight) for row in whole for weight in row])
            yield _reals(name, f"scales{number}", scales)
        else:
            yield _reals(name, f"weights{number}", flat)
        yield _reals(name, f"biases{number}", step.biases)


def _reals(name: str, what: str, numbers: Vector) -> str:
    return _array(f"{name}_real", f"{name}_{what}", map(repr, map(float, numbers)))


def _array(kind: str, name: str, values: Iterable[str]) -> str:
    """Return a table as C reads it, a few values on a line."""
    values, line = list(values), ""
    lines: List[str] = []
    for value in values:
        if len(line) + len(value) > 90:
            lines, line = [*lines, line], ""
        line += f" {value},"
    kind = kind if kind.startswith("const") else f"const {kind}"
    body = "\n   ".join([*lines, line])
    return f"\nstatic {kind} {name}[{len(values)}] = {{\n   {body}\n}};\n"


def _text(text: str) -> str:
    r"""Return a text as a C literal: ASCII, other bytes of its UTF-8 as three octal digits.

    >>> print(_text('say "no"'), _text("caf\u00e9"))
    "say \"no\"" "caf\303\251"
    """
    chars = []
    for byte in text.encode("utf-8", "surrogatepass"):
        char = chr(byte)
        chars.append("\\" + char if char in '"\\?' else
                     char if 32 <= byte < 127 else f"\\{byte:03o}")
    return '"' + "".join(chars) + '"'


# ---- Functions ----


def _functions(portable: Portable, int8: bool) -> Iterable[str]:
    """Yield the code, each function before those that call it."""
    names = {step.name for step in portable.steps}
    if names:
        yield DENSE_INT8 if int8 else DENSE
    if "Softmax" in names or portable.kind == "classifier":
        yield SOFTMAX
    yield _scores(portable, int8)
    if portable.kind == "classifier":
        yield CLASSIFIER
    elif portable.kind == "regressor" and portable.outputs == 1:
        yield ONE_VALUE
    else:
        yield VALUES
    if portable.has_words:
        yield ENCODE.replace("BODY", "".join(_encoding(portable)))


def _scores(portable: Portable, int8: bool) -> str:
    """Return the function that puts a row through all layers, from one buffer to the other."""
    here, there, width, number = "a", "b", portable.inputs, 0
    lines = [_each(width, "a[i] = " + (
        "(row[i] - NAME_means[i]) / NAME_deviations[i]" if portable.means else "row[i]"))]
    for step in portable.steps:
        if step.name == "Dense":
            scales = f" NAME_scales{number}," if int8 else ""
            neurons = len(step.weights)
            lines.append(f"    NAME_dense(NAME_weights{number},{scales} NAME_biases{number}, "
                         f"{width}, {neurons}, {here}, {there});\n")
            here, there, width, number = there, here, neurons, number + 1
        elif step.name == "Softmax":
            lines.append(f"    NAME_softmax({here}, {width});\n")
        else:
            lines.append(_each(width, f"{here}[i] = {_formula(step, here)}"))
    back = "scores[i] = " + (
        f"{here}[i] * NAME_target_deviations[i] + NAME_target_means[i]"
        if portable.target_means else f"{here}[i]")
    return f"""
/* What the network says of the numbers of one row. */
static inline void NAME_scores(const REAL row[INPUTS], REAL scores[OUTPUTS])
{{
    REAL a[{_widest(portable)}], b[{_widest(portable)}];
    int i;
    (void)b;
{"".join(lines)}{_each(width, back)}}}
"""


def _each(width: int, action: str) -> str:
    return f"    for (i = 0; i < {width}; i++)\n        {action};\n"


def _formula(step: Step, buffer: str) -> str:
    if step.name not in FORMULAS:
        raise ExportError(f"layer {step.name}: the C header cannot express it")
    formula = FORMULAS[step.name].format(**step.settings)
    return re.sub(r"\bx\b", f"{buffer}[i]", formula)


def _unless(portable: Portable, column: Column, place: int) -> str:
    """Return what else must hold for a cell that is none of the words to be an error."""
    first = f"cells[{place}][0]"
    if portable.reading.unseen:
        return " && 0" if column.fill is not None else f" && {first} == 0"
    return f" && {first} != 0" if column.fill is not None else ""


def _encoding(portable: Portable) -> Iterable[str]:
    """Yield the lines that turn each cell into numbers."""
    first = 0
    for place, column in enumerate(portable.columns):
        where = {"place": place, "column": place + 1, "first": first, "width": column.width}
        number = ENCODE_NUMBER.format(**where)
        if column.categories:
            yield ENCODE_WORD.format(unless=_unless(portable, column, place), **where)
        elif column.fill is not None:
            inner = "".join(f"    {line}\n" for line in number.splitlines())
            yield ENCODE_FILLED.format(fill=repr(column.fill), number=inner, **where)
        else:
            yield number
        first += column.width
