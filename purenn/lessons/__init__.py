"""The lessons: fifteen parts, from one neuron to a small language model.

Each part is a script that runs from top to bottom as it is, and a notebook to every editor that
knows the percent format (`# %%`). `python3 -m purenn lessons` lists them.
"""
