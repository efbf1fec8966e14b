'''One Python file that predicts, for any Python: CPython 2.7 to the newest, PyPy, MicroPython.

The file that is written imports `math` and nothing else, and of `math` only `exp`, `log` and
`sqrt`: small builds of CircuitPython have no more. It is a module, with `predict`, `scores` and for
classes `predict_proba`, and a command that reads a table and prints the answers as `purenn predict`
does; only the command imports `sys`. What old and small Pythons lack is not used: no f-strings, no
annotations, no `csv`. The code is there to be read, too: only the functions that this model needs.

Formulas never take exp of a positive number and add up terms of one sign, so they also hold for the
32-bit floats of many boards, to about 6 digits.
'''

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from ...data.cells import MISSING, MISSING_AMONG_NUMBERS
from .portable import ExportError, Portable, printable

__all__ = ["CALLS", "MATH", "PARTS", "floats", "in_docstring", "remarks", "text_of", "write"]

# ---- The functions that are put into the file, each with what it calls ----

PARTS: Dict[str, str] = {
    "Dense": '''
def dense(weights, biases, x):
    """Return one sum for each neuron: its weights times the inputs, and its bias."""
    y = []
    for row, total in zip(weights, biases):
        for w, v in zip(row, x):
            total += w * v
        y.append(total)
    return y
''',
    "ReLU": '''
def relu(v):
    return v if v > 0.0 else 0.0
''',
    "LeakyReLU": '''
def leaky_relu(v, slope):
    return v if v > 0.0 else slope * v
''',
    "ELU": '''
def elu(v, alpha):
    return v if v > 0.0 else alpha * (exp(v) - 1.0)
''',
    "Sigmoid": '''
def sigmoid(v):
    small = exp(-abs(v))
    return 1.0 / (1.0 + small) if v >= 0.0 else small / (1.0 + small)
''',
    "SiLU": '''
def silu(v):
    return v * sigmoid(v)
''',
    "Softplus": '''
def softplus(v):
    return (v if v > 0.0 else 0.0) + log(1.0 + exp(-abs(v)))
''',
    "Tanh": '''
def tanh(v):
    small = exp(-2.0 * abs(v))
    return (1.0 - small) / (1.0 + small) * (1.0 if v >= 0.0 else -1.0)
''',
    "GELU": '''
def erf(v):
    """2/sqrt(pi) exp(-v^2) (v + 2 v^3 / 3 + 4 v^5 / 15 + ...); beyond 6 it is 1."""
    x = abs(v)
    if x >= 6.0:
        return 1.0 if v > 0.0 else -1.0
    term = total = x
    n = 1.0
    while term > 1e-17 * total:
        n += 2.0
        term *= 2.0 * x * x / n
        total += term
    total *= 2.0 / sqrt(3.141592653589793) * exp(-x * x)
    return total if v > 0.0 else -total


def gelu(v):
    return 0.5 * v * (1.0 + erf(v / sqrt(2.0)))
''',
    "Softmax": '''
def softmax(x):
    """Return positive numbers whose sum is 1, in the ratios of exp(x)."""
    top = max(x)
    x = [exp(v - top) for v in x]
    total = 0.0
    for v in x:
        total += v
    return [v / total for v in x]
''',
}

MATH = {"ELU": "exp", "Sigmoid": "exp", "SiLU": "exp", "Softplus": "exp log", "Tanh": "exp",
        "GELU": "exp sqrt", "Softmax": "exp"}

# How one step of `scores` reads; W0 and B0 are the numbers of the first dense layer.
CALLS: Dict[str, str] = {
    "Dense": "dense(W{number}, B{number}, x)",
    "ELU": "[elu(v, {alpha!r}) for v in x]",
    "GELU": "[gelu(v) for v in x]",
    "LeakyReLU": "[leaky_relu(v, {slope!r}) for v in x]",
    "ReLU": "[relu(v) for v in x]",
    "SiLU": "[silu(v) for v in x]",
    "Sigmoid": "[sigmoid(v) for v in x]",
    "Softmax": "softmax(x)",
    "Softplus": "[softplus(v) for v in x]",
    "Tanh": "[tanh(v) for v in x]",
}

ENCODE = '''
def number(cell):
    """Return a cell as a float, None if it is no finite number."""
    if hasattr(cell, "strip"):
        cell = {strip}
        for char in cell:
            if char not in "0123456789+-.eE":
                return None
    try:
        cell = float(cell)
    except (ValueError, TypeError):
        return None
    return cell if cell - cell == 0.0 else None


def missing(cell, among_numbers=True):
    """Return whether a cell is empty, or one of the words for that, or not-a-number."""
    if hasattr(cell, "strip"):
        cell = cell.strip().lower()
        return cell in MISSING or (among_numbers and cell in MISSING_AMONG_NUMBERS)
    return cell is None or cell != cell


def encode(row):
    """Return a row of cells, or a dict of them by the names of the columns, as numbers."""
    if hasattr(row, "keys"):
        row = [row[name] for name, _, _ in COLUMNS]
    try:
        width = 0 if hasattr(row, "strip") else len(row)
    except TypeError:
        width = 0
    if width == 0:
        raise ValueError("expected rows of cells, as in predict([[1, 2], [3, 4]]), got %r" % (row,))
    if width != len(COLUMNS):
        raise ValueError("expected %d cells, got %d" % (len(COLUMNS), width))
    x = []
    for (name, categories, fill), cell in zip(COLUMNS, row):
        if categories:
            word = fill if missing(cell, False) else str(cell).strip()
            if word is None or (word and word not in categories and not UNSEEN):
                raise ValueError("column %s: expected one of %s, got %r"
                                 % (name, ", ".join(categories), cell))
            x.extend([1.0 if word == category else 0.0 for category in categories])
        else:
            value = fill if missing(cell) else number(cell)
            if value is None:
                raise ValueError("column %s: expected a number, got %r" % (name, cell))
            x.append(value)
    return x
'''

POINTED = '''
def pointed(cell):
    """Return a number with a decimal point and nothing between thousands; "" for none."""
    parts = cell.split("{decimal}")
    if len(parts) > 2:
        return ""
    for mark in ("'", "\u2019", " ", "\u00a0", "\u202f"):
        parts[0] = parts[0].replace(mark, "{other}")
    groups = parts[0].split("{other}")
    if len(groups) > 1:
        sign = groups[0][:1] if groups[0][:1] in ("+", "-") else ""
        groups[0] = groups[0][len(sign):]
        for group in groups + parts[1:]:
            for char in group:
                if char not in "0123456789":
                    return ""
        lengths = [len(group) for group in groups[1:]]
        if groups[0][:1] in ("", "0") or len(groups[0]) > 3 or lengths != [3] * len(lengths):
            return ""
        parts[0] = sign + "".join(groups)
    return ".".join(parts)
'''

SCORES = '''
def scores(row):
    """Return what the network says of one row: {what}."""
    x = encode(row)
{steps}
    return x
'''

CLASSIFIER = '''
def predict_proba(rows):
    """Return for each row the probabilities of CLASSES."""
    return [softmax(scores(row)) for row in rows]


def predict(rows):
    """Return for each row the class with the largest score."""
    answers = []
    for row in rows:
        x = scores(row)
        answers.append(CLASSES[x.index(max(x))])
    return answers
'''

ONE_VALUE = '''
def predict(rows):
    """Return the value of each row."""
    return [scores(row)[0] for row in rows]
'''

VALUES = '''
def predict(rows):
    """Return the values of each row, a list of {outputs}."""
    return [scores(row) for row in rows]
'''

READING = '''
# ---- As a command: a table in, answers out ----


def cells_of(line):
    """Return the cells of one record of a table, None if a quoted cell goes on in the next line."""
    cells, cell, quoted, place = [], "", False, 0
    if DELIMITER == " ":
        line = " ".join(line.split())
    while place < len(line):
        char = line[place]
        if quoted and char == '"' and line[place + 1:place + 2] == '"':
            cell += char
            place += 1
        elif char == '"' and (quoted or not cell.strip()):
            quoted = not quoted
        elif char == DELIMITER and not quoted:
            cells.append(cell.strip())
            cell = ""
        else:
            cell += char
        place += 1
    return None if quoted else cells + [cell.strip()]


def records(lines):
    """Yield (number, cells) for each record that is not blank."""
    waiting, count = "", 0
    for line in lines:
        if not waiting and not count and line[:3] == b"\\xef\\xbb\\xbf":
            line = line[3:]
        if not isinstance(line, str):
            line = line.decode("utf-8")
        waiting += line
        cells = cells_of(waiting.rstrip("\\r\\n"))
        if cells is not None:
            waiting, count = "", count + 1
            if len(cells) > 1 or cells[0]:
                yield count, cells
    if waiting:
        raise ValueError("row %d: a quoted cell does not end" % (count + 1))


def layout(first):
    """Return whether the first record holds names, and the places of our columns in a record."""
    names = [name for name, _, _ in COLUMNS]
    known = HEADER and [name for name in names if name in first]
    words = [cell for cell in first if number(cell) is None and not missing(cell)]
    expects_numbers = [name for name, categories, _ in COLUMNS if not categories]
    has_names = bool(known or (expects_numbers and len(words) == len(first)))
    if HEADER and has_names:
        for name in names:
            if first.count(name) != 1:
                raise ValueError("row 1: expected one column %s, got %d"
                                 % (name, first.count(name)))
        return True, [first.index(name) for name in names]
    for table in TABLES:
        if len(table) == len(first):
            return has_names, [place for place, used in enumerate(table) if used]
    raise ValueError("row 1: expected %d cells, got %d" % (len(TABLES[0]), len(first)))


def quoted(cell):
    for char in ',"\\r\\n':
        if char in cell:
            return '"' + cell.replace('"', '""') + '"'
    return cell
'''

MAIN = '''
def answer_lines(lines, probabilities, complain):
    """Yield the answers to a table line by line, as CSV; an empty one where there is none."""
    places = None
    for count, cells in records(lines):
        if places is None:
            width = len(cells)
            has_names, places = layout(cells)
            yield heading(probabilities)
            if has_names:
                continue
        try:
            if len(cells) != width:
                raise ValueError("expected %d cells, got %d" % (width, len(cells)))
            yield ",".join(answer([cells[place] for place in places], probabilities))
        except ValueError as error:
            complain("row %d: %s" % (count, error))
            yield NOTHING[len(NOTHING) - 1 if probabilities else 0]


def main():
    import sys
    words = [word for word in sys.argv[1:] if word != "--probabilities"]
    usage = "usage: %s TABLE%s   (- for standard input)" % (
        sys.argv[0], " [--probabilities]" if CLASSES else "")
    if "-h" in words or "--help" in words:
        print(usage)
        return
    if len(words) != 1 or words[0][:2] == "--" or (len(sys.argv) > 2 and not CLASSES):
        sys.exit(usage)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    bad, count = [], -1

    def complain(text):
        bad.append(text)
        if len(bad) <= 10:
            sys.stderr.write(words[0] + ", " + text + "\\n")

    try:
        stream = getattr(sys.stdin, "buffer", sys.stdin)
        if words[0] != "-":
            stream = open(words[0], "rb")
        for line in answer_lines(stream, len(sys.argv) > 2, complain):
            print(line)
            count += 1
        if hasattr(sys.stdout, "flush"):
            sys.stdout.flush()
        if len(bad) > 10:
            sys.stderr.write("%d rows could not be answered\\n" % len(bad))
        if bad and len(bad) == count:
            sys.exit(1)
    except (OSError, IOError, ValueError) as error:
        if getattr(error, "errno", None) != 32:
            sys.exit("%s: %s" % (words[0], error))
        try:  # the other end of a pipe has read enough: close it, or Python complains at its end
            sys.stdout.close()
        except (OSError, IOError):
            pass


if __name__ == "__main__":
    main()
'''

CLASS_LINES = '''
NAMES = {names}
NOTHING = ['""', "," * len(CLASSES)]  # an answer that there is none


def heading(probabilities):
    names = ["p(%s)" % name for name in NAMES] if probabilities else []
    return ",".join([quoted(name) for name in ["prediction"] + names])


def answer(row, probabilities):
    x = scores(row)
    said = quoted(NAMES[x.index(max(x))])
    return [said] + [repr(p) for p in softmax(x)] if probabilities else [said]
'''

VALUE_LINES = '''
NOTHING = ['{nothing}']  # an answer that there is none


def heading(_):
    return ",".join([quoted(name) for name in {names}])


def answer(row, _):
    return [repr(value) for value in scores(row)]
'''


# ---- Putting them together ----


def write(portable: Portable, name: str) -> bytes:
    """Return the file, UTF-8; `name` is how it is called in its examples."""
    return (_head(portable, name) + _numbers(portable) + _functions(portable)).encode("utf-8")


def remarks(portable: Portable) -> List[str]:
    """Return what the file does otherwise than purenn."""
    return []


def _head(portable: Portable, name: str) -> str:
    used = sorted({word for step in _all_steps(portable) for word in
                   MATH.get(step, "").split()})
    imports = f"from math import {', '.join(used)}\n" if used else ""
    cells, name = ", ".join(_example(portable)), in_docstring(name)
    return f'''# -*- coding: utf-8 -*-
"""A neural network, written by purenn. It needs this file and any Python, from 2.7 on.

    import {name}
    {name}.predict([[{cells}]])

    python {name}.py table.csv > answers.csv

Layers: {in_docstring(portable.summary)}
"""

{imports}'''


def _example(portable: Portable) -> List[str]:
    """Return cells that can be predicted: means, and the first word of each column."""
    cells, place = [], 0
    for column in portable.columns:
        mean = portable.means[place] if portable.means else 0.0
        cells.append(text_of(column.categories[0]) if column.categories else f"{mean:.3g}")
        place += column.width
    return [in_docstring(cell) for cell in cells]


def in_docstring(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace('"""', "'''")


def _numbers(portable: Portable) -> str:
    """Return the tables of names and numbers."""
    reading = portable.reading
    columns = "".join(
        f"    ({text_of(column.name)}, {_tuple(map(text_of, column.categories))}, "
        f"{_label(column.fill)}),\n"
        for column in portable.columns)
    lines = [f"# Each column: its name, the words it may hold (none: numbers), what an empty cell "
             f"becomes.\nCOLUMNS = [\n{columns}]\n"]
    if portable.means:
        lines += [f"MEANS = {floats(portable.means)}\n",
                  f"DEVIATIONS = {floats(portable.deviations)}\n"]
    if portable.target_means:
        lines += [f"TARGET_MEANS = {floats(portable.target_means)}\n",
                  f"TARGET_DEVIATIONS = {floats(portable.target_deviations)}\n"]
    lines += [f"CLASSES = {_tuple(map(_label, portable.labels))}\n",
              f"HEADER, DELIMITER = {reading.header}, {text_of(reading.delimiter)}\n",
              "# Whether words that the training did not have are none of those known, or errors.\n"
              f"UNSEEN = {reading.unseen}\n",
              f"MISSING = {_tuple(map(text_of, sorted(MISSING)))}\n"
              f"MISSING_AMONG_NUMBERS = {_tuple(map(text_of, sorted(MISSING_AMONG_NUMBERS)))}\n",
              "# Which cells of a record without names are our columns: with the target, without.\n"
              f"TABLES = {_tables(portable)}\n"]
    for number, step in enumerate(portable.dense):
        rows = "".join(f"    {floats(row)},\n" for row in step.weights)
        lines += [f"\n# Dense layer {number}: a row of weights for each neuron, and its bias.\n",
                  f"W{number} = [\n{rows}]\nB{number} = {floats(step.biases)}\n"]
    return "\n" + "".join(lines)


def _tables(portable: Portable) -> str:
    kinds = portable.reading.kinds
    whole = [1 if kind in ("number", "text") else 0 for kind in kinds]
    without = [used for used, kind in zip(whole, kinds) if kind not in ("class", "value")]
    return f"[{whole}, {without}]"


def _all_steps(portable: Portable) -> List[str]:
    """Return the names of all parts that are needed, each before those that call it."""
    names = {step.name for step in portable.steps}
    names |= {"Sigmoid"} if "SiLU" in names else set()
    names |= {"Softmax"} if portable.kind == "classifier" else set()
    for name in names:
        if name not in PARTS:
            raise ExportError(f"layer {name}: the Python file cannot express it")
    return [name for name in PARTS if name in names]


def _functions(portable: Portable) -> str:
    predict, heading = VALUES.format(outputs=portable.outputs), _heading(portable)
    if portable.kind == "classifier":
        predict = CLASSIFIER
    elif portable.kind == "regressor" and portable.outputs == 1:
        predict = ONE_VALUE
    encode = ENCODE.replace("{strip}", "cell.strip()")
    if portable.reading.decimal is not None:
        other = "." if portable.reading.decimal == "," else ","
        pointed = POINTED.replace("{decimal}", portable.reading.decimal).replace("{other}", other)
        encode = pointed + "\n" + ENCODE.replace("{strip}", "pointed(cell.strip())")
    parts = [encode, *(PARTS[name] for name in _all_steps(portable)), _scores(portable), predict,
             READING, heading, MAIN]
    return "\n" + "\n".join(parts)


def _heading(portable: Portable) -> str:
    """Return the functions that make the lines of the command's answers."""
    if portable.kind == "classifier":
        plain = portable.label_texts == [str(label) for label in portable.labels]
        texts = _tuple(map(text_of, portable.label_texts))
        return CLASS_LINES.replace(
            "{names}", "[str(label) for label in CLASSES]" if plain else texts)
    names = portable.answer_names
    return VALUE_LINES.replace("{names}", f"[{', '.join(map(text_of, names))}]").replace(
        "{nothing}", "," * (len(names) - 1) or '""')


def _scores(portable: Portable) -> str:
    lines, number = [], 0
    if portable.means:
        lines.append("[(v - m) / d for v, m, d in zip(x, MEANS, DEVIATIONS)]")
    for step in portable.steps:
        lines.append(CALLS[step.name].format(number=number, **step.settings))
        number += step.name == "Dense"
    if portable.target_means:
        lines.append("[v * d + m for v, m, d in zip(x, TARGET_MEANS, TARGET_DEVIATIONS)]")
    what = "a score for each of CLASSES" if portable.labels else f"a list of {portable.outputs}"
    return SCORES.format(what=what, steps="\n".join(f"    x = {line}" for line in lines))


# ---- Values as Python writes them ----


def _tuple(parts: Any) -> str:
    parts = list(parts)
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def floats(values: Sequence[float]) -> str:
    return _tuple(map(repr, map(float, values)))


def _label(label: Any) -> str:
    return text_of(label) if isinstance(label, str) else repr(label)


def text_of(text: str) -> str:
    r"""Return a text as a literal that every Python reads alike.

    Printable letters stay as they are: in Python 2 such a literal holds the bytes of UTF-8, as do
    the cells that it reads. Others, such as those that turn the direction of writing around, are
    escaped with a prefix that Python 2 needs.

    >>> print(text_of("caf\u00e9"), text_of('say "no"\n'), text_of("\u202e"))
    "café" "say \"no\"\n" u"\u202e"
    """
    parts = []
    prefix = ""
    for char in text:
        if char in '"\\':
            parts.append("\\" + char)
        elif char.isprintable() or char in "\u200c\u200d":
            parts.append(char)
        elif ord(char) < 0x80:
            parts.append(repr(char)[1:-1])
        else:
            parts.append(f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")
            prefix = "u"
    return f'{prefix}"{"".join(parts)}"'
