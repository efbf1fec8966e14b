"""Model files: how a trained network is written down, kept whole and read back.

Each room imports only from those before it:

1. `errors.py`: the one exception for a file that cannot be trusted;
2. `strict_json.py`: JSON without its ambiguities;
3. `atomic.py`: replacing a file so that a crash never leaves half of one;
4. `safetensors.py`: named tensors in one file that PyTorch and others open as well;
5. `architecture.py`: a network as names, numbers and tensors;
6. `checkpoint.py`: a training under way, to be taken on where it stopped;
7. `model.py`: a network and all that it needs to predict;
8. `keeping.py`: save and load.

>>> import os, tempfile
>>> from random import Random
>>> from purenn import Dense, Network, Tanh, load, save
>>> network = Network([Dense(2, 3, Random(1)), Tanh()])
>>> path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
>>> save(network, path)
>>> load(path).predict([[0.5, 1.0]]) == network.predict([[0.5, 1.0]])
True
"""
