"""Model files: how a trained network is written down, kept whole and read back.

Four small rooms hold up this folder, and each imports only from those before it:

1. `errors.py`: the one exception for a file that cannot be trusted;
2. `strict_json.py`: JSON without its ambiguities;
3. `atomic.py`: replacing a file so that a crash never leaves half of one;
4. `safetensors.py`: named tensors in one file that PyTorch and others open as well.
"""
