"""The command line: `python3 -m purenn`, and what it says on the screen.

No room of the textbook, but a user of all of them: here the nine rooms and the data are put
together into something to look at. Read on in this order:

1. `terminal`   what a terminal can show: colours, plain characters, digits and tables as text
2. `names`      which name on the command line stands for which class or data set
3. `progress`   the progress bar, a callback
4. `train`      `purenn train NAME`
5. `demo`       `purenn` alone: handwritten digits
6. `reference`  a training whose result is the same, bit for bit, on every Python
7. `known_answers`  what purenn must come to, worked out by hand
8. `selftest`   `purenn selftest`: does purenn compute what it should, on this Python?
9. `main`       arguments in, exit code out
"""
