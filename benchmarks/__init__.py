"""Loops against vectors: what a network in plain Python costs, and what vectorizing it buys.

    python3 -m benchmarks             everything, in a few minutes; writes benchmarks/results/
    python3 -m benchmarks ladder      one of them
    python3 -m benchmarks --list      what there is
    python3 -m benchmarks --check     the promised ratios; exits 1 if one is missed

The same work is done by many contestants: by list scripts of four styles, by purenn, by purenn
with NumPy in the place of its loops, by NumPy written by hand, by scikit-learn, by PyTorch, and by
gradient-wave, another library in plain Python.
First each takes one step from the same weights, and all must arrive at the same new ones. Then they
are timed, turn by turn in one process. Of a machine that others use too, seconds say little; the
ratios of what was timed side by side say much.

NumPy is the one thing worth installing (the extra `bench`); what is missing is named and skipped.

To be read in this order:

1. tasks         the network, the batch and the starting weights that all of them get
2. scripts       the step in lists: indexed, zipped, comprehensions, for a single example, and the
                 quickest that is known: whoever finds a quicker one puts it there
3. peers         the step in NumPy, scikit-learn, PyTorch and gradient-wave
4. vectorized    every name of purenn.linalg in a line or two of NumPy
5. copies        purenn once more, with another linalg under it
6. measuring     how they are timed, and the arithmetic afterwards
7. contestants   all of these under one roof, and the proof that they agree
8. report        tables, JSON and charts
9. processes     time and memory of whole processes, which launcher starts
10. the benchmarks, one module each: ladder, shortcuts, crossover, ceiling, scaling, single,
    overhead, sequences (with its gpt_scripts), learning, interpreters, start, memory
11. profiling and goals, which ask the same benchmarks other questions

More files stand beside them: picture.py draws the spiral of the README, demo_seeds.py trains the
demo with many seeds, defaults.py compares the defaults with linear models, pictures.py compares two
ways to scale pixels, lesson_records.py writes the numbers that the lessons show, playground.py
measures the playground, and screenshot.py takes its picture.
"""
