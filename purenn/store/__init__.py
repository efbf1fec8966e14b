"""Model files: how a trained network is written down, kept whole and read back.

Each file imports only from those before it, and from `atomic` and `model` outside this folder:

1. `errors.py`: the one exception for a file that cannot be trusted;
2. `strict_json.py`: JSON without its ambiguities;
3. `safetensors.py`: named tensors in one file that PyTorch and others open as well;
4. `architecture.py`: a network as names, numbers and tensors;
5. `checkpoint.py`: a training under way, to be taken on where it stopped;
6. `model.py`: a network and all that it needs to predict;
7. `weights.py`: weights that were learned elsewhere, brought back into a model;
8. `exporters/`: a model as one file that runs without purenn.

>>> import os, tempfile
>>> from random import Random
>>> from purenn import Dense, Network, Tanh, load, save
>>> network = Network([Dense(2, 3, Random(1)), Tanh()])
>>> path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
>>> save(network, path)
>>> load(path).predict([[0.5, 1.0]]) == network.predict([[0.5, 1.0]])
True
"""
