"""The command line: `python3 -m purenn`, and what it says on the screen.

No room of the textbook, but a user of all of them: here the nine rooms and the data are put
together into something to look at. Read on in this order:

1. `terminal`   what a terminal can show: colours, plain characters, digits and tables as text
2. `names`      which name on the command line stands for which class or data set
3. `words`      what a word may be: a number, a column, one of some names
4. `sources`    from the words somebody typed to a set of examples
5. `progress`   the progress bar, a callback
6. `train`      the steps of a training, from a data set to a trained network
7. `report`     what is said at its end
8. `keep`       what is kept: model files and checkpoints
9. `plot`       the picture of a training
10. `learn`      `purenn train DATA`
11. `models`    model files in use
12. `predict`   `purenn predict MODEL DATA`
13. `evaluate`  `purenn evaluate MODEL DATA`
14. `show`      `purenn show MODEL`
15. `checkup`   `purenn doctor DATA`
16. `practice`  `purenn exercise` and `purenn check FILE`
17. `lessons`   `purenn lessons`: the parts, notebooks, the book
18. `demo`      `purenn` alone: handwritten digits
19. `reference`  a training whose result is the same, bit for bit, on every Python
20. `known_answers`  what purenn must come to, worked out by hand
21. `selftest`  `purenn selftest`: does purenn compute what it should, on this Python?
22. `commands`  the commands and their options
23. `main`      arguments in, exit code out
"""
