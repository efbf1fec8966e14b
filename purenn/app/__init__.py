"""The command line: `python3 -m purenn`, and what it says on the screen.

Each command is one file: `train`, `predict`, `evaluate`, `show`, `export`, `gpt`, `doctor`, `play`,
`lessons`, `exercise`, `check`, `selftest`; `demo` is what happens without one. What several of them
use:

- `main`      arguments in, exit code out
- `options`   what a word may be, and the options of several commands
- `sources`   from the words somebody typed to a set of examples
- `progress`  the progress bar, a callback
- `report`    what is said about a result
- `plot`      the picture of a training
- `reference`, `known_answers`  what `selftest` compares with

Nothing else in purenn imports this folder.
"""
