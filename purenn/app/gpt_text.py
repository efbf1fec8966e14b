"""What a language model learns from: a file of text, or the names that come along.

A file holds either many short texts, one in each line (names, words, dates), or one long one. Lines
become texts of their own. A long text is cut into windows of one length. A tenth is held out, so
that the model is measured on what it has not seen: of the different lines as many as a tenth, drawn
by chance, each with all its copies; of a long text the last windows. Of fewer than ten lines or
windows none is held out, and none with --like microgpt.
"""

from __future__ import annotations

from random import Random
from typing import List, NamedTuple, Optional, Sequence, Set

from ..data import DataError
from ..data.files import opened
from ..initializers import permutation
from ..sequences import Vocabulary, byte_pairs, characters, names
from ..text import counted
from .options import UsageError

__all__ = ["Corpus", "SETS", "lines_of", "read_corpus", "read_text"]

SETS = {"names": names}
LONGEST_LINE = 64  # a file with a longer line is one text, unless the user says otherwise
LARGEST_FILE = 1 << 26
WHOLE_CONTEXT, LEAST_CONTEXT = 64, 16
HELD_OUT = 10  # one in ten


class Corpus(NamedTuple):
    """Texts as tokens, each with its edge, none longer than the context and the token behind it.

    `form` is "lines" or "whole". `known` are the lines as they stand in the file, `cut` says how
    many of them were longer than the context.
    """

    name: str
    form: str
    vocabulary: Vocabulary
    context: int
    learning: List[List[int]]
    held_out: List[List[int]]
    known: Set[str]
    cut: int = 0


def read_text(word: str) -> str:
    """Return the text of a set or file; DataError for what is no text, OSError for no file."""
    if word in SETS:
        return "\n".join(SETS[word]())
    with opened(word) as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise DataError(f"{word}: more than {LARGEST_FILE >> 20} MB of text; take a part of it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{word}: byte {error.start} is not UTF-8; save the text as UTF-8"
                        ) from None
    if "\0" in text:
        raise DataError(f"{word}: holds zero bytes, so it is no text")
    if not text.strip():
        raise DataError(f"{word}: there is no text in it")
    return text


def lines_of(text: str) -> List[str]:
    """Return the lines, without white space around them and without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def read_corpus(
    word: str, form: Optional[str], tokens: Optional[int], context: Optional[int], rng: Random
) -> Corpus:
    """Read what the word names, make the vocabulary, and hold out a tenth.

    form: "lines", "whole", or None to find out. tokens: how many tokens byte-pair encoding may
    make; None for one token for each character. context: None for one that suits. Raises as
    `read_text`, and UsageError for fewer tokens than characters.
    """
    text = read_text(word)
    lines = lines_of(text)
    if form is None:
        form = "lines" if max(map(len, lines)) <= LONGEST_LINE else "whole"
    texts = lines if form == "lines" else [text]
    vocabulary = characters(texts)
    if tokens is not None:
        if tokens < len(vocabulary):
            raise UsageError(f"--tokens: {tokens} are too few: {word} has "
                             f"{counted(len(vocabulary) - 1, 'character')}, and the edge is a "
                             f"token; give {len(vocabulary)} or more")
        vocabulary = byte_pairs(texts, tokens)
    if form == "whole":
        return _whole(word, text, vocabulary, context or WHOLE_CONTEXT)
    return _lines(word, lines, vocabulary, context, rng)


def _lines(
    word: str, lines: Sequence[str], vocabulary: Vocabulary, context: Optional[int], rng: Random
) -> Corpus:
    different = sorted(set(lines))
    shuffled = [different[k] for k in permutation(len(different), rng)]
    aside = shuffled[:len(different) // HELD_OUT]
    encoded = {line: vocabulary.with_edges(line) for line in different}
    if context is None:
        longest = max(len(tokens) - 1 for tokens in encoded.values())
        context = min(max(longest, LEAST_CONTEXT), WHOLE_CONTEXT)
    refused = set(aside)
    learning = [encoded[line][:context + 1] for line in lines if line not in refused]
    held_out = [encoded[line][:context + 1] for line in aside]
    used = [*aside, *(line for line in lines if line not in refused)]
    cut = [line for line in used if len(encoded[line]) > context + 1]
    return Corpus(word, "lines", vocabulary, context, learning, held_out, set(lines), len(cut))


def _whole(word: str, text: str, vocabulary: Vocabulary, context: int) -> Corpus:
    tokens = vocabulary.encode(text)
    windows = [[vocabulary.edge, *tokens[first:first + context]]
               for first in range(0, len(tokens), context)]
    aside = len(windows) // HELD_OUT
    learning = windows[:len(windows) - aside]
    return Corpus(word, "whole", vocabulary, context, learning, windows[len(windows) - aside:],
                  set())
