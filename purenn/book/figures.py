"""Pictures on a page: drawn twice, for a wide page and for a phone, and with colours for the night.

A picture that shrinks with its page has letters that nobody can read. So each is drawn for both
widths, and the style sheet shows the one that fits. The colours are those of a white page; for a
dark one each page gets rules that put another colour in the place of each.

Before this: pages. After this: modules.
"""

from __future__ import annotations

import re
from typing import Iterable, List, Tuple

from ..draw import Picture
from ..draw.colours import for_dark

__all__ = ["NARROW", "WIDE", "figure", "night_rules", "thumbnail", "with_own_ids"]

WIDE, NARROW = 720.0, 312.0  # pixels; letters of 12 are 11 on a page of 288

# What names another place of the same picture: these follow when its ids change.
ID = re.compile(r'(\s(?:id|href|xlink:href|aria-labelledby|aria-describedby)=")([^"]*)(")')
URL = re.compile(r"url\(#([^)]*)\)")
COLOUR = re.compile(r'\b(fill|stroke)="(#[0-9a-f]{6})"')


def figure(picture: Picture, prefix: str) -> str:
    """Return a picture as HTML; `prefix` makes its ids different from all others on the page."""
    wide, narrow = picture.svg(WIDE), picture.svg(NARROW)
    if wide == narrow:
        return f'<div class="picture">\n{with_own_ids(wide, prefix)}\n</div>'
    return (f'<div class="picture">\n<div class="at-wide">\n{with_own_ids(wide, prefix)}\n</div>\n'
            f'<div class="at-narrow">\n{with_own_ids(narrow, prefix + "narrow-")}\n</div>\n</div>')


def thumbnail(picture: Picture, prefix: str) -> str:
    """Return a small picture beside a link that says what it is; screen readers pass over it."""
    return (f'<div class="thumbnail" aria-hidden="true">\n'
            f"{with_own_ids(picture.svg(NARROW), prefix)}\n</div>")


def with_own_ids(svg: str, prefix: str) -> str:
    """Return an SVG for a page, its ids made different from those of all other pictures there.

    >>> with_own_ids('<svg aria-labelledby="a b"><title id="a"/><use href="#c"/></svg>', "one-")
    '<svg aria-labelledby="one-a one-b"><title id="one-a"/><use href="#one-c"/></svg>'
    """
    start = svg.index("<svg")  # what stands before it is for files of its own
    renamed = ID.sub(lambda found: found[1] + _renamed(found[2], prefix) + found[3], svg[start:])
    return URL.sub(lambda found: f"url(#{prefix}{found[1]})", renamed).strip()


def _renamed(names: str, prefix: str) -> str:
    return " ".join(f"#{prefix}{name[1:]}" if name.startswith("#") else f"{prefix}{name}"
                    for name in names.split())


def night_rules(html: str) -> str:
    """Return the rules that give each colour of the pictures in some HTML its place on dark pages.

    >>> night_rules('<rect fill="#000000"/>')
    '[fill="#000000"]{fill:#f5f5f5}'
    """
    found: Iterable[Tuple[str, str]] = COLOUR.findall(html)
    rules: List[str] = [f'[{what}="{colour}"]{{{what}:{for_dark(colour)}}}'
                        for what, colour in sorted(set(found))]
    return "".join(rules)
