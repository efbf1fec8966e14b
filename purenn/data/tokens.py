"""From text to tokens and back: characters, and byte-pair encoding.

A vocabulary says which tokens there are: token number k stands for the text `pieces[k]`. One more,
`edge`, stands for no text. It begins and ends every text, so that a model can learn how texts begin
and that they end.

`characters` makes the simplest vocabulary. `byte_pairs` begins with it and joins, again and again,
the two neighbours that stand side by side most often into a new token. Common parts of words become
one token each, so a text has fewer tokens, and a model of the same context sees further; the price
is a larger table. Both are encoded in one way: neighbours are joined as long as some pair of them
makes a token, always the pair whose token was found first.

Source of byte-pair encoding: Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words
with Subword Units", 2016. (GPT begins with the 256 bytes instead of the characters.)
Before this: names. After this: csv_files.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Dict, Iterable, List, Sequence

__all__ = ["Vocabulary", "byte_pairs", "characters"]


class Vocabulary:
    """Which pieces of text are tokens. Raises ValueError for no, empty or repeated pieces.

    >>> vocabulary = Vocabulary(["a", "n", "an"])
    >>> vocabulary.encode("nana"), vocabulary.decode([1, 2, 0])
    ([1, 2, 0], 'nana')
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        self.pieces, self.edge = list(pieces), len(pieces)
        if not pieces or len(set(pieces)) < len(pieces) or not all(
                isinstance(piece, str) and piece for piece in pieces):
            raise ValueError(f"Vocabulary: expected different pieces of text, got {pieces!r:.60}")
        self.number: Dict[str, int] = {piece: k for k, piece in enumerate(pieces)}

    def __len__(self) -> int:
        """How many tokens there are, the edge among them."""
        return len(self.pieces) + 1

    def encode(self, text: str) -> List[int]:
        """Return the tokens of a text, without edges; ValueError for a character there is not."""
        words = words_of(text)
        encoded = {word: self._encode_word(word) for word in set(words)}
        return [token for word in words for token in encoded[word]]

    def _encode_word(self, word: str) -> List[int]:
        pieces = list(word)
        for piece in pieces:
            if piece not in self.number:
                raise ValueError(f"the character {piece!r} is not in the vocabulary: "
                                 f"{''.join(sorted(set(''.join(self.pieces))))!r}")
        while True:
            pairs = [a + b for a, b in zip(pieces, pieces[1:]) if a + b in self.number]
            if not pairs:
                return [self.number[piece] for piece in pieces]
            pieces = with_joined(pieces, min(pairs, key=self.number.__getitem__))

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
    return Vocabulary(sorted(set().union(*texts)))


def byte_pairs(texts: Iterable[str], tokens: int) -> Vocabulary:
    """Return a vocabulary of at most so many tokens: all characters, then what is often joined.

    Pairs are counted inside words only; of equally frequent ones the first in the alphabet is
    taken. It ends early when no pair occurs twice.

    >>> byte_pairs(["banana", "bananas"], tokens=7).pieces
    ['a', 'b', 'n', 's', 'an', 'ana']
    """
    counts = Counter(word for text in texts for word in words_of(text))
    words = {word: list(word) for word in counts}
    pieces = characters(counts).pieces
    while len(pieces) + 1 < tokens:
        pairs: Dict[str, int] = Counter()
        for word, parts in words.items():
            for a, b in zip(parts, parts[1:]):
                pairs[a + b] += counts[word]
        best = min(pairs, key=lambda pair: (-pairs[pair], pair), default="")
        if pairs[best] < 2:
            break
        pieces.append(best)
        words = {word: with_joined(parts, best) for word, parts in words.items()}
    return Vocabulary(pieces)


def words_of(text: str) -> List[str]:
    """Cut a text into words, the white space before a word belonging to it.

    >>> words_of("to be, or")
    ['to', ' be,', ' or']
    """
    return re.findall(r"\s*\S+|\s+", text)


def with_joined(pieces: Sequence[str], joined: str) -> List[str]:
    """Return the pieces, from left to right any two that make `joined` as one.

    >>> with_joined(["n", "a", "n", "a"], "na")
    ['na', 'na']
    """
    done: List[str] = []
    new = False  # whether the last of those done has just been joined
    for piece in pieces:
        new = bool(done) and not new and done[-1] + piece == joined
        if new:
            done[-1] = joined
        else:
            done.append(piece)
    return done
