"""Reading pictures back: the texts of an SVG and the boxes they fill, its lines, its promises."""

import re
import xml.etree.ElementTree as ElementTree
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Box(NamedTuple):
    """A text and the rectangle it fills."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


class Text(NamedTuple):
    """A text as it stands in the file, its place in the whole picture."""

    text: str
    x: float
    y: float
    anchor: str
    size: float
    turned: bool


def parsed(picture: Any) -> Any:
    return ElementTree.fromstring(picture.svg().encode("utf-8"))


def walk(node: Any, dx: float = 0.0, dy: float = 0.0) -> Iterator[Tuple[Any, float, float]]:
    """Yield (element, shift right, shift down) for every element of a picture."""
    yield node, dx, dy
    shift = re.match(r"translate\((\S+) (\S+)\)", node.get("transform", ""))
    if shift:
        dx, dy = dx + float(shift.group(1)), dy + float(shift.group(2))
    for child in node:
        yield from walk(child, dx, dy)


def texts(root: Any) -> List[Text]:
    return [
        Text(node.text or "", float(node.get("x")) + dx, float(node.get("y")) + dy,
             node.get("text-anchor", "start"), float(node.get("font-size")),
             "rotate" in node.get("transform", ""))
        for node, dx, dy in walk(root) if node.tag == f"{SVG}text"
    ]


def boxes(root: Any) -> List[Box]:
    """Return the boxes of all texts; letters are 0.6 of the font size wide, some of them 0.95."""
    found = []
    for text, x, y, anchor, size, turned in texts(root):
        width = 0.0
        for letter in text:
            width += size * (0.95 if letter in "mwMW@%—" or ord(letter) > 0x2e7f
                             else 0.3 if letter in "il.,:;'|! " else 0.6)
        start = {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        if turned:
            found.append(Box(text, x - 0.75 * size, y + start - width, x + 0.2 * size, y + start))
        else:
            found.append(Box(text, x - start, y - 0.75 * size, x - start + width, y + 0.2 * size))
    return found


def overlap(a: Box, b: Box) -> bool:
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


def check_svg(picture: Any) -> None:
    """Assert what every picture promises: valid, harmless, described, nothing cut, no overlap."""
    source = picture.svg()
    root = parsed(picture)
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    by_id = {node.get("id"): node for node, _, _ in walk(root) if node.get("id")}
    title, about = (by_id[name] for name in root.get("aria-labelledby").split())
    assert (title.tag, about.tag) == (f"{SVG}title", f"{SVG}desc")
    assert (title.text, about.text) == (picture.title, picture.description)
    assert len(by_id) == source.count(" id=")
    for node, _, _ in walk(root):
        assert node.tag in {SVG + name for name in (
            "svg", "title", "desc", "rect", "line", "text", "circle", "polyline", "path", "g")}
        for name, value in node.attrib.items():
            assert not name.startswith("on") and "href" not in name
            assert "nan" not in value and "inf" not in value, (name, value)
            assert "-0" not in re.split("[ ,]", value), (name, value)
    width, height = float(root.get("width")), float(root.get("height"))
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    found = [box for box in boxes(root) if box.text]
    for box in found:
        assert -1 <= box.left and box.right <= width + 1, (box, width)
        assert -1 <= box.top and box.bottom <= height + 1, (box, height)
    for number, box in enumerate(found):
        for other in found[:number]:
            assert not overlap(box, other), (box, other)


def number_in(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return None


def axis_numbers(root: Any) -> Tuple[Dict[float, float], Dict[float, float]]:
    """Return the ticks of a chart: {pixel: number} of the horizontal and the vertical axis."""
    known = [text for text in texts(root) if number_in(text.text) is not None and text.size == 12]
    lowest = max(text.y for text in known if text.anchor == "middle")
    across = {text.x: float(text.text) for text in known
              if text.anchor == "middle" and text.y == lowest}
    down = {text.y - 4: float(text.text) for text in known if text.anchor == "end"}
    return across, down


def corners(node: Any) -> List[Tuple[float, float]]:
    numbers = [float(number) for number in NUMBER.findall(node.get("points"))]
    return list(zip(numbers[::2], numbers[1::2]))
