'''A language model as one Python file that writes, for any Python, as `python_file.py` has it.

A text grows by one token at a time, so the file never computes more than one row: `feed` takes a
token and returns the scores of the next, and attention keeps the keys and values of all tokens
before. `generate` draws with temperature and top-k, as purenn does: given the same random numbers
it writes the same texts. Without any, the file makes its own, by Lehmer's generator.

    python names.py --prompt ma --samples 5 --temperature 0.7
    import names; names.generate("ma")

Before this: `portable.py`, `python_file.py`.
'''

from __future__ import annotations

import re
from typing import Dict, Iterable, List, Sequence, Set

from ...linalg import Matrix
from .portable import ExportError, Portable, Step
from .python_file import CALLS, MATH, PARTS, floats, in_docstring, text_of

__all__ = ["remarks", "write"]

# What the layers of a language model do to one row, x.
ROWS: Dict[str, str] = {
    "product": '''
def product(weights, x):
    """Return the dot product of x with each row of weights."""
    y = []
    for row in weights:
        total = 0.0
        for w, v in zip(row, x):
            total += w * v
        y.append(total)
    return y
''',
    "added": '''
def added(x, y):
    return [v + w for v, w in zip(x, y)]
''',
    "rms_norm": '''
def rms_norm(x, epsilon):
    """Return x divided by the root of the mean of its squares."""
    squares = 0.0
    for v in x:
        squares += v * v
    factor = (squares / len(x) + epsilon) ** -0.5
    return [v * factor for v in x]
''',
    "layer_norm": '''
def layer_norm(x, epsilon):
    """Return x with its mean taken away, divided by its standard deviation."""
    mean = 0.0
    for v in x:
        mean += v
    mean /= len(x)
    return rms_norm([v - mean for v in x], epsilon)
''',
    "attention": '''
def attention(x, kept, queries, keys, values, output, heads):
    """Return a mean of the values of all rows so far, weighted by how well each fits, mixed."""
    width = len(x) // heads
    scale = width ** -0.5
    asked = [v * scale for v in product(queries, x)]
    kept.append((product(keys, x), product(values, x)))
    found = []
    for first in range(0, len(x), width):
        places = range(first, first + width)
        scores = []
        for key, _ in kept:
            total = 0.0
            for i in places:
                total += asked[i] * key[i]
            scores.append(total)
        weights = softmax(scores)
        for i in places:
            total = 0.0
            for weight, (_, value) in zip(weights, kept):
                total += weight * value[i]
            found.append(total)
    return product(output, found)
''',
}

TEXT = '''
def characters(text):
    """Return the characters of a text; in Python 2 several bytes may be one."""
    found = []
    for char in text:
        if str is bytes and found and "\\x80" <= char < "\\xc0":
            found[-1] += char
        else:
            found.append(char)
    return found


def words(text):
    """Return lists of characters: each word with the white space before it."""
    found = []
    for char in characters(text):
        if not found or (char.isspace() and not found[-1][-1].isspace()):
            found.append([])
        found[-1].append(char)
    return found


def encode(text):
    """Return the tokens of a text: in each word, neighbours are joined while they make a token."""
    tokens = []
    for pieces in words(text):
        for piece in pieces:
            if piece not in NUMBERS:
                raise ValueError("the model knows no %r" % piece)
        while True:
            known = [NUMBERS[a + b] for a, b in zip(pieces, pieces[1:]) if a + b in NUMBERS]
            if not known:
                break
            joined, done, new = PIECES[min(known)], [], False
            for piece in pieces:
                new = bool(done) and not new and done[-1] + piece == joined
                if new:
                    done[-1] = joined
                else:
                    done.append(piece)
            pieces = done
        tokens.extend([NUMBERS[piece] for piece in pieces])
    return tokens
'''

SAMPLER = '''
class Lehmer:
    """Random numbers from 0 to 1: each state is 48271 times the last, modulo 2**31 - 1."""

    def __init__(self, seed):
        self.state = seed % 2147483646 + 1
        for _ in range(10):
            self.random()

    def random(self):
        self.state = self.state * 48271 % 2147483647
        return self.state / 2147483648.0


def draw(x, temperature, top_k, random):
    """Return a token, likely tokens more often; at temperature 0 the likeliest."""
    order = sorted(range(len(x)), key=lambda token: -x[token])
    order = order[:1 if temperature == 0 else top_k]
    chances, total = [0.0] * len(x), 0.0
    for token in order:
        difference = x[token] - x[order[0]]
        chances[token] = exp(difference / temperature) if difference else 1.0
        total += chances[token]
    threshold, passed, last = random(), 0.0, 0
    for token, chance in enumerate(chances):
        passed += chance / total
        last = token if chance else last
        if threshold < passed:
            break
    return last


def generate(prompt="", temperature=0.7, top_k=None, length={length}, random=None):
    """Return the prompt and what the model writes behind it.

    temperature  below 1 safer, above 1 wilder, 0 the likeliest
    top_k        draw among so many likeliest tokens only
    length       how many tokens to write at most; None: until the positions end
    random       a function that returns numbers from 0 to 1, such as random.random
    """
    random = random or Lehmer(0).random
    text = [EDGE] + encode(prompt)
    start = len(text)
    if length is None and start >= CONTEXT:
        raise ValueError("the prompt has %d tokens, the model has a context of %d; say length"
                         % (start, CONTEXT))
    end = CONTEXT if length is None else start + length
    over = False
    while len(text) < end and not over:
        new = text if len(text) < CONTEXT else [EDGE] + text[len(text) - CONTEXT // 2:]
        left, past = min(CONTEXT - len(new) + 1, end - len(text)), new_text()
        for _ in range(left):
            for token in new:
                x = feed(token, past)
            {edge}
            new = [draw(x, temperature, top_k, random)]
            if new == [EDGE]:
                over = True
                break
            text.append(new[0])
    return prompt + "".join([PIECES[token] for token in text[start:] if token != EDGE])
'''

COMMAND = '''
def main():
    import sys
    options = {"--prompt": "", "--samples": "10", "--temperature": "0.7", "--top-k": "0",
               "--length": "0", "--seed": "0"}
    words = sys.argv[1:]
    for name, value in zip(words[::2], words[1::2]):
        options[name] = value
    if len(words) % 2 or len(options) != 6:
        sys.exit("usage: " + sys.argv[0] + " [--prompt TEXT] [--samples N] [--temperature T]"
                 " [--top-k K] [--length N] [--seed N]")
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        random = Lehmer(int(options["--seed"])).random
        for _ in range(int(options["--samples"])):
            print(generate(options["--prompt"], float(options["--temperature"]),
                           int(options["--top-k"]) or None,
                           int(options["--length"]) or {length}, random))
    except ValueError as error:
        sys.exit("error: %s" % error)


if __name__ == "__main__":
    main()
'''

WHOLE_LENGTH = 200  # tokens that a model of one long text writes, as purenn gpt does


def remarks(portable: Portable) -> List[str]:
    """Return what the file does otherwise than purenn."""
    return ["random numbers are the file's own unless some are handed in: the same seed writes "
            "other texts than purenn gpt"]


def write(portable: Portable, name: str) -> bytes:
    """Return the file, UTF-8; `name` is how it is called in its examples."""
    tables, used = _Tables(), {"Softmax"}
    lines: List[str] = []
    _add_steps(portable.steps, "x", tables, lines, used)
    text = "".join([_head(portable, name, used), _pieces(portable), *tables.lines,
                    _functions(portable, tables, lines, used)])
    return text.encode("utf-8")


class _Tables:
    """The matrices, each under a name of its own, and what else is counted."""

    def __init__(self) -> None:
        self.lines: List[str] = []
        self.context = 0
        self.attentions = 0

    def add(self, matrix: Matrix) -> str:
        """Add a matrix and return its name."""
        name = f"M{len(self.lines)}"
        rows = "".join(f"    {floats(row)},\n" for row in matrix)
        self.lines.append(f"\n{name} = [\n{rows}]\n")
        return name


def _add_steps(
    steps: Sequence[Step], x: str, tables: _Tables, lines: List[str], used: Set[str]
) -> None:
    """Add a line for each layer; `x` is the variable that it changes."""
    for step in steps:
        if step.name == "Residual":
            inner = x + "i"
            lines.append(f"{inner} = {x}")
            _add_steps(step.inside, inner, tables, lines, used)
            lines.append(f"{x} = added({x}, {inner})")
            used.add("added")
        elif step.name != "Unpad":
            lines += [f"{x} = {call}" for call in _calls(step, x, tables, used)]


def _calls(step: Step, x: str, tables: _Tables, used: Set[str]) -> Iterable[str]:
    """Yield the expressions that compute one layer."""
    names = {name: tables.add(matrix) for name, matrix in step.matrices.items()}
    if step.name == "Embedding" and step.settings["per_row"] == 1:
        yield f"list({names['weights']}[token])"
    elif step.name == "Positions":
        used.add("added")
        tables.context = len(step.weights)
        yield f"added({x}, {names['weights']}[past[0]])"
    elif step.name in ("RMSNorm", "LayerNorm"):
        used.update(["rms_norm", "layer_norm"] if step.name == "LayerNorm" else ["rms_norm"])
        function = "rms_norm" if step.name == "RMSNorm" else "layer_norm"
        yield f"{function}({x}, {step.settings['epsilon']!r})"
        if "gains" in names:
            yield f"[v * gain for v, gain in zip({x}, {names['gains']}[0])]"
        if "shifts" in names:
            used.add("added")
            yield f"added({x}, {names['shifts']}[0])"
    elif step.name == "CausalSelfAttention":
        used.update(["attention", "product"])
        tables.attentions += 1
        places = ", ".join(names[f"{part}.weights"]
                           for part in ("queries", "keys", "values", "output"))
        yield f"attention({x}, past[{tables.attentions}], {places}, {step.settings['heads']})"
    elif step.name == "Dense":
        used.update(["product", "added"] if "biases" in names else ["product"])
        yield f"product({names['weights']}, {x})"
        if "biases" in names:
            yield f"added({x}, {names['biases']}[0])"
    elif step.name in CALLS:
        used |= {step.name} | ({"Sigmoid"} if step.name == "SiLU" else set())
        yield re.sub(r"\bx\b", x, CALLS[step.name].format(**step.settings))
    else:
        raise ExportError(f"layer {step.name}: the Python file cannot express it in a language "
                          f"model")


def _head(portable: Portable, name: str, used: Set[str]) -> str:
    functions = sorted({word for part in used for word in MATH.get(part, "").split()})
    layers, name = in_docstring(portable.summary), in_docstring(name)
    return f'''# -*- coding: utf-8 -*-
"""A language model, written by purenn. It needs this file and any Python, from 2.7 on.

    import {name}
    {name}.generate("", temperature=0.7)

    python {name}.py --samples 10 --temperature 0.7 --seed 1

Layers: {layers}
"""

from math import {", ".join(functions)}
'''


def _pieces(portable: Portable) -> str:
    pieces = [text_of(piece) for piece in portable.labels]
    line = "   "
    lines: List[str] = []
    for piece in pieces:
        if len(line) + len(piece) > 95:
            lines, line = [*lines, line], "   "
        line += f" {piece},"
    body = "\n".join([*lines, line])
    return (f"\n# Token k is the text PIECES[k]; one more, EDGE, begins and ends every text.\n"
            f"PIECES = [\n{body}\n]\nEDGE = {len(pieces)}\n"
            f"NUMBERS = dict((piece, k) for k, piece in enumerate(PIECES))\n")


def _functions(portable: Portable, tables: _Tables, lines: List[str], used: Set[str]) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    feed = f'''
CONTEXT = {tables.context}


def new_text():
    """Return what is known of a text before its first token: its length, keys and values."""
    return [0{", []" * tables.attentions}]


def feed(token, past):
    """Add a token to a text; return the score of every token that may come next."""
{body}
    past[0] += 1
    return x
'''
    whole = portable.parameters.get("texts") == "whole"
    length = str(WHOLE_LENGTH if whole else None)
    edge = "x[EDGE] = -1e38  # one long text never ends\n" if whole else ""
    sampler = SAMPLER.replace("{length}", length).replace("            {edge}\n",
                                                            f"            {edge}" if edge else "")
    parts = [ROWS[part] for part in ROWS if part in used]
    parts += [PARTS[part] for part in PARTS if part in used]
    return "\n".join(["", *parts, feed, TEXT, sampler, COMMAND.replace("{length}", length)])
