"""A language model on lists: the second volume of the textbook. Read in this order:

1. embedding      tokens, rows of numbers for them, and where in a text they stand
2. normalization  RMSNorm, LayerNorm: rows of one size
3. attention      each token hears from those before it
4. model          the layers put together, and the loss of the next token
5. sampling       writing: temperature, top-k, and how a new token costs one row only

How text becomes tokens, characters or byte pairs, stands with all other data: `data/tokens.py`.

    from random import Random
    from purenn import Adam, train
    from purenn.sequences import NextToken, characters, gpt, names, questions
    texts = names()
    vocabulary = characters(texts)
    model = gpt(len(vocabulary), context=16, width=16, heads=4, blocks=1, rng=Random(1))
    inputs, targets = questions([vocabulary.with_edges(text) for text in texts])
    train(model, inputs, targets, loss=NextToken(), optimizer=Adam(0.01), epochs=1, batch_size=8)

Beside them `autograd`, which finds the same gradients without a formula for each layer.
"""

from ..data.names import names
from ..data.tokens import Vocabulary, byte_pairs, characters
from .attention import CausalSelfAttention
from .embedding import Embedding, Positions, Unpad
from .model import LanguageModel, NextToken, Residual, gpt, questions
from .normalization import LayerNorm, RMSNorm
from .sampling import Continuation, choose, context_of, generate, probabilities

__all__ = [
    "CausalSelfAttention", "Continuation", "Embedding", "LanguageModel", "LayerNorm", "NextToken",
    "Positions", "RMSNorm", "Residual", "Unpad", "Vocabulary", "byte_pairs", "characters",
    "choose", "context_of", "generate", "gpt", "names", "probabilities", "questions",
]
