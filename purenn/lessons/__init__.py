"""The lessons: eleven parts, from one neuron to a trained model that is saved and loaded.

Each part is a script that runs from top to bottom as it is, and a notebook to every editor that
knows the percent format (`# %%`). `python3 -m purenn lessons` lists them.
"""
