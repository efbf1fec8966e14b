"""A JavaScript module without dependencies, for Node and browsers.

    import { predict } from "./flowers.mjs";
    predict([[5.1, 3.5, 1.4, 0.2]])          // ["setosa"]

It exports `predict(rows)` and `scores(row)`, for classes `probabilities(rows)` and `classes`, and
`columns`. A row is an array of cells in the order of `columns`, or an object with their names; a
cell is a number or the text of one, or a word where the column holds words. Everything in it is
ASCII, so it can be served, pasted or stored anywhere.

Before this: `portable.py`.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List

from ...data.cells import MISSING, MISSING_AMONG_NUMBERS
from .portable import ExportError, Portable, printable

__all__ = ["remarks", "write"]

# Each activation as one expression of v, or for Softmax a function of a row.
FORMULAS: Dict[str, str] = {
    "ReLU": "v > 0 ? v : 0",
    "LeakyReLU": "v > 0 ? v : {slope} * v",
    "ELU": "v > 0 ? v : {alpha} * Math.expm1(v)",
    "Sigmoid": "sigmoid(v)",
    "SiLU": "v * sigmoid(v)",
    "Softplus": "Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))",
    "Tanh": "Math.tanh(v)",
    "GELU": "0.5 * v * (1 + erf(v / Math.SQRT2))",
}

PARTS: Dict[str, str] = {
    "Dense": """
function dense(weights, biases, x) {
  return weights.map((row, o) => {
    let total = biases[o];
    for (let i = 0; i < row.length; i++) total += row[i] * x[i];
    return total;
  });
}
""",
    "Sigmoid": """
function sigmoid(v) {
  const small = Math.exp(-Math.abs(v));
  return v >= 0 ? 1 / (1 + small) : small / (1 + small);
}
""",
    "GELU": """
// 2/sqrt(pi) exp(-v^2) (v + 2 v^3 / 3 + 4 v^5 / 15 + ...); beyond 6 it is 1.
function erf(v) {
  const x = Math.abs(v);
  if (x >= 6) return Math.sign(v);
  let term = x, total = x;
  for (let n = 3; term > 1e-17 * total; n += 2) {
    term *= 2 * x * x / n;
    total += term;
  }
  return Math.sign(v) * total * 2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
}
""",
    "Softmax": """
// Positive numbers whose sum is 1, in the ratios of exp(x).
function softmax(x) {
  const top = x.reduce((a, b) => Math.max(a, b));
  const powers = x.map(v => Math.exp(v - top));
  const total = powers.reduce((a, b) => a + b);
  return powers.map(v => v / total);
}
""",
}

POINTED = r"""
// A number with its decimal sign as a point and nothing between thousands, "" if it is none.
function pointed(cell) {
  if (/^[+-]?[1-9]\d{0,2}([OTHER'\u2019 \u00a0\u202f]\d{3})+(\DECIMAL\d*)?$/.test(cell)) {
    cell = cell.replace(/[OTHER'\u2019 \u00a0\u202f]/g, "");
  } else if (cell.includes("OTHER")) {
    return "";
  }
  return cell.replace("DECIMAL", ".");
}
"""

ENCODE = """
function missing(cell, words) {
  if (typeof cell === "string") return words.includes(cell.trim().toLowerCase());
  return cell === null || cell === undefined || Number.isNaN(cell);
}

function number(cell) {
  if (typeof cell === "object") return null;
  if (typeof cell === "string") cell = POINTED;
  if (typeof cell === "string" && !/^[-0-9+.eE]+$/.test(cell)) return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

// Turn a row of cells, or an object of them by the names of the columns, into numbers.
function encode(row) {
  if (typeof row !== "object" || row === null) {
    throw new RangeError(`expected rows of cells, as in predict([[1, 2], [3, 4]]), got ${row}`);
  }
  const inOrder = Array.isArray(row) || ArrayBuffer.isView(row);
  if (!inOrder) row = columns.map(column => row[column.name]);
  if (row.length !== columns.length) {
    throw new RangeError(`expected ${columns.length} cells, got ${row.length}`);
  }
  return columns.flatMap(({ name, categories, fill }, place) => {
    const cell = row[place];
    if (categories) {
      const word = missing(cell, MISSING) ? fill : String(cell).trim();
      if (word === null || (word && !categories.includes(word) && !UNSEEN)) {
        const known = categories.join(", ");
        throw new RangeError(`column ${name}: expected one of ${known}, got ${cell}`);
      }
      return categories.map(category => (category === word ? 1 : 0));
    }
    const value = missing(cell, MISSING_IN_NUMBERS) ? fill : number(cell);
    if (value === null) throw new RangeError(`column ${name}: expected a number, got ${cell}`);
    return [value];
  });
}
"""

CLASSIFIER = """
// The probabilities of the classes, for each row.
export function probabilities(rows) {
  return rows.map(row => softmax(scores(row)));
}

// The class with the largest score, for each row.
export function predict(rows) {
  return rows.map(row => {
    const x = scores(row);
    return classes[x.indexOf(x.reduce((a, b) => Math.max(a, b)))];
  });
}
"""

ONE_VALUE = """
// The value of each row.
export function predict(rows) {
  return rows.map(row => scores(row)[0]);
}
"""

VALUES = """
// The values of each row.
export function predict(rows) {
  return rows.map(scores);
}
"""


def remarks(portable: Portable) -> List[str]:
    """Return what the module does otherwise than purenn."""
    return []


def write(portable: Portable, name: str) -> bytes:
    """Return the module; `name` is how it is called in its example."""
    names = {step.name for step in portable.steps}
    names |= {"Sigmoid"} if "SiLU" in names else set()
    names |= {"Softmax"} if portable.kind == "classifier" else set()
    predict = VALUES
    if portable.kind == "classifier":
        predict = CLASSIFIER
    elif portable.kind == "regressor" and portable.outputs == 1:
        predict = ONE_VALUE
    encode = ENCODE.replace("POINTED", "cell.trim()")
    if portable.reading.decimal is not None:
        other = "." if portable.reading.decimal == "," else ","
        pointed = POINTED.replace("DECIMAL", portable.reading.decimal).replace("OTHER", other)
        encode = pointed + ENCODE.replace("POINTED", "pointed(cell.trim())")
    parts = [_head(portable, name), _tables(portable), encode,
             *(PARTS[part] for part in PARTS if part in names), _scores(portable), predict]
    return "".join(parts).encode("ascii")


def _head(portable: Portable, name: str) -> str:
    cells = ", ".join(_comment(column.name) for column in portable.columns)
    return (f"// A neural network, written by purenn: {_comment(portable.summary)}\n//\n"
            f"//     import {{ predict }} from {_comment(_json(f'./{name}.mjs'))};\n"
            f"//     predict([[{cells}]])\n")


def _comment(text: str) -> str:
    return printable(text, only_ascii=True)


def _tables(portable: Portable) -> str:
    columns = "".join(
        f"  {{ name: {_json(column.name)}, categories: {_json(list(column.categories) or None)}, "
        f"fill: {_json(column.fill)} }},\n" for column in portable.columns)
    reading = portable.reading
    lines = ["// Each column: its name, the words that it may hold (null: numbers), what an empty "
             "cell becomes.", f"export const columns = [\n{columns}];"]
    lines += ["// What stands for an empty cell, in any case.",
              f"const MISSING = {_json(sorted(MISSING))};",
              f"const MISSING_IN_NUMBERS = {_json(sorted(MISSING | MISSING_AMONG_NUMBERS))};",
              "// Whether words that the training did not have are none of those known, or errors.",
              f"const UNSEEN = {_json(reading.unseen)};"]
    if portable.labels:
        lines.append(f"export const classes = {_json(portable.labels)};")
    for constant in ("means", "deviations", "target_means", "target_deviations"):
        if getattr(portable, constant):
            lines.append(f"const {constant.upper()} = {_json(getattr(portable, constant))};")
    for number, step in enumerate(step for step in portable.steps if step.name == "Dense"):
        rows = ",\n  ".join(map(_json, step.weights))
        lines.append(f"const W{number} = [\n  {rows},\n];\nconst B{number} = {_json(step.biases)};")
    return "\n" + "\n".join(lines) + "\n"


def _json(value: Any) -> str:
    """Return a value as JSON, which is JavaScript; a script element that holds it does not end."""
    return json.dumps(value, allow_nan=False).replace("</", "<\\/")


def _scores(portable: Portable) -> str:
    lines: List[str] = []
    number = 0
    if portable.means:
        lines.append("x.map((v, i) => (v - MEANS[i]) / DEVIATIONS[i])")
    for step in portable.steps:
        if step.name == "Dense":
            lines.append(f"dense(W{number}, B{number}, x)")
            number += 1
        elif step.name == "Softmax":
            lines.append("softmax(x)")
        elif step.name in FORMULAS:
            lines.append(f"x.map(v => {FORMULAS[step.name].format(**step.settings)})")
        else:
            raise ExportError(f"layer {step.name}: the JavaScript module cannot express it")
    if portable.target_means:
        lines.append("x.map((v, i) => v * TARGET_DEVIATIONS[i] + TARGET_MEANS[i])")
    body = "".join(f"  x = {line};\n" for line in lines)
    return ("\n// What the network says of one row: a number for each output.\n"
            f"export function scores(row) {{\n  let x = encode(row);\n{body}  return x;\n}}\n")
