"""What a terminal can show: the command line asks `draw`, where all of it is explained.

Colours only where they are wanted, a line rewritten only on a terminal, plain characters for those
that the other side does not know: `draw/terminal.py`. Digits and tables drawn with characters:
`draw/characters.py`. Here is the short list of what the command line uses of them.

Before this: nothing of the command line. After this: names.
"""

from ..draw.characters import SHADES, confusion_table, drawn_digit
from ..draw.characters import beside_each_other as beside
from ..draw.terminal import (
    PLAIN, columns_of, make_safe, may_rewrite, painted, printable, use_colour,
)

__all__ = [
    "PLAIN", "SHADES", "beside", "columns_of", "confusion_table", "drawn_digit", "make_safe",
    "may_rewrite", "painted", "printable", "use_colour",
]
