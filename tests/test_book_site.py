"""The web book holds together: every link arrives, every id is unique, nothing comes from outside.

These tests read the files; `test_book_browser` opens them in a browser.
"""

import html
import inspect
import json
import re
from collections import Counter
from html.parser import HTMLParser
from importlib import import_module

import pytest

from purenn.book import (
    folding, lesson_pages, library, pages, parts, percent, reference, running, website,
)
from purenn.book.highlight import KINDS

pytestmark = pytest.mark.slow

VOID = {"meta", "link", "br", "hr", "img", "input"}
LANDMARKS = {"main": 1, "footer": 1}


class Page(HTMLParser):
    """What the tests want to know of a page: its tags, ids, links, headings, texts."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.headings, self.tags = [], [], [], [], []
        self.loaded, self.problems, self.labels = [], [], []
        self.title = ""
        self.feed(text)
        self.close()
        if self.open:
            self.problems.append(f"never closed: {self.open}")

    def handle_starttag(self, tag, attributes):
        self._seen(tag, attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self._seen(tag, attributes)
        if not {"svg", "math"} & set(self.open) and tag not in VOID:
            self.problems.append(f"<{tag}/> closes nothing in HTML")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> at {self.getpos()} closes another element")

    def handle_data(self, data):
        if self.open and self.open[-1] == "title" and "svg" not in self.open:
            self.title += data

    def _seen(self, tag, attributes):
        values = dict(attributes)
        self.tags.append((tag, values))
        if len(values) != len(attributes):
            self.problems.append(f"<{tag}> has an attribute twice")
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "nav":
            self.labels.append(values.get("aria-label"))
        for name in ("src", "srcset", "data", "poster", "action", "xlink:href"):
            if name in values:
                self.loaded.append(values[name])
        if tag in ("link", "use", "image") and "href" in values:
            self.loaded.append(values["href"])


@pytest.fixture(scope="module")
def read(book):
    return {path.name: Page(path.read_text(encoding="utf-8"))
            for path in sorted(book.glob("*.html"))}


def test_there_is_a_page_for_each_part_and_each_module_of_the_core(read):
    expected = {"index.html", *(library.page_of_part(parts.find(number))
                                for number in parts.numbers())}
    expected |= {library.module_address(file) for file in library.CORE}
    assert expected <= set(read)


def test_tags_are_balanced_and_ids_are_unique(read):
    for name, page in read.items():
        assert not page.problems, (name, page.problems[:5])
        assert len(set(page.ids)) == len(page.ids), (name, Counter(page.ids).most_common(3))
        assert all(re.fullmatch(r"\S+", one) for one in page.ids), name


def test_every_link_arrives(read):
    for name, page in read.items():
        for address in page.links:
            file, _, place = html.unescape(address).partition("#")
            target = read.get(file or name)
            assert target is not None, f"{name}: {address}"
            assert not place or place in target.ids, f"{name}: {address}"


def test_every_reference_of_a_picture_arrives(read):
    for name, page in read.items():
        ids = set(page.ids)
        for tag, values in page.tags:
            for attribute in ("aria-labelledby", "aria-describedby"):
                assert set((values.get(attribute) or "").split()) <= ids, (name, tag)
            for value in values.values():
                assert set(re.findall(r"url\(#([^)]*)\)", value or "")) <= ids, (name, tag)


def test_nothing_is_loaded_but_what_lies_in_the_folder(read, book):
    beside = {path.name for path in book.iterdir()}
    for name, page in read.items():
        loaded = set(page.loaded) - {"data:,", "search.html"}  # the search's form leads there
        assert {"book.css", "book.js"} <= loaded <= beside, name
        assert all(one.endswith((".css", ".js")) for one in loaded), name
        assert not [tag for tag, _ in page.tags if tag in ("iframe", "img", "video")]
        for tag, values in page.tags:
            outside = [(key, value) for key, value in values.items()
                       if re.search(r"//|javascript:", value or "") and key != "xmlns"]
            assert not outside, (name, tag, outside)
            assert not [key for key in values if key.startswith("on")], (name, tag)
    style = (book / "book.css").read_text(encoding="utf-8")
    assert not re.search(r"@import|url\(|https?:|@font-face", style)
    for script in book.glob("*.js"):
        if script.name != "search-index.js":  # it holds the words of the book
            asked = r"https?:|fetch|XMLHttp|import|eval|Function\(|innerHTML|WebSocket|Beacon"
            text = script.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert not re.search(asked, text), script.name


def test_each_page_says_what_it_is(read):
    titles = [page.title for page in read.values()]
    assert len(set(titles)) == len(titles)
    for name, page in read.items():
        tags = [tag for tag, _ in page.tags]
        assert page.tags[0] == ("html", {"lang": "en"}), name
        metas = {values.get("name"): values.get("content") for tag, values in page.tags
                 if tag == "meta"}
        assert metas["viewport"] == "width=device-width, initial-scale=1"
        assert metas["description"]
        for landmark, times in LANDMARKS.items():
            assert tags.count(landmark) == times, (name, landmark)
        assert all(page.labels) and len(set(page.labels)) == len(page.labels), name


def test_headings_are_in_order(read):
    for name, page in read.items():
        assert page.headings[0] == 1 and page.headings.count(1) == 1, name
        for before, after in zip(page.headings, page.headings[1:]):
            assert after <= before + 1, (name, before, after)


def test_the_first_link_skips_to_the_text(read):
    for name, page in read.items():
        assert page.links[0] == "#main-text", name


def test_the_parts_follow_each_other(read):
    names = [library.page_of_part(parts.find(number)) for number in parts.numbers()]
    for n, name in enumerate(names):
        around = [values["href"] for tag, values in read[name].tags
                  if tag == "a" and values.get("class") in ("before", "after")]
        assert around == [*names[max(0, n - 1):n], *names[n + 1:n + 2]]
        assert name in read["index.html"].links


def test_everything_a_part_says_prints_and_draws_is_on_its_page(book, lesson):
    for number in parts.numbers():
        done = lesson(number)
        text = (book / library.page_of_part(done.part)).read_text(encoding="utf-8")
        pieces = re.findall(r'<pre class="code"[^>]*><code>(.*?)</code></pre>', text, re.DOTALL)
        code = [line for cell in done.part.cells if cell.kind == "code"
                for line in cell.text.split("\n") if line]
        assert [line for one in pieces
                for line in html.unescape(re.sub("<[^>]*>", "", one)).split("\n") if line] == code
        printed = re.findall(r'<pre class="output"[^>]*><code>(.*?)</code></pre>', text, re.DOTALL)
        printed = [re.sub('<span class="long">|</span>', '', one) for one in printed]
        assert [html.unescape(one) for one in printed] == [
            output.rstrip() for ran in done.results for output in ran.outputs
            if isinstance(output, str) and output.strip()]
        assert text.count('<div class="picture"') == len(done.pictures)


def test_each_part_links_to_the_modules_it_speaks_of_and_they_link_back(read, lesson):
    for number in parts.numbers():
        part = lesson(number).part
        told = lesson_pages.Told(part, [], lesson_pages.prose_of(part))
        for file in library.spoken_of(told, library.Library()):
            assert library.module_address(file) in read[library.page_of_part(part)].links
            assert library.page_of_part(part) in read[library.module_address(file)].links


def test_the_same_lessons_give_the_same_bytes(book, lesson):
    again = website.book_pages([lesson_pages.told(one.part, one.results) for one in map(
        lesson, parts.numbers())])
    assert {path.name: path.read_bytes() for path in book.iterdir()} == {
        name: text.encode("utf-8") for name, text in again.items()}


@pytest.mark.interop
def test_html5lib_finds_nothing_wrong(book):
    html5lib = pytest.importorskip("html5lib")
    for path in sorted(book.glob("*.html")):
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(path.read_bytes())
        assert not parser.errors, (path.name, parser.errors[:3])


def test_hostile_text_does_not_break_out(tmp_path):
    evil = '<script>alert(1)</script> & "\'>'
    part = parts.Part(1, "A `<b>` title", "Aim `</title>`.", "part_01_x.py", [])
    cells = percent.parsed(f"# %% [markdown]\n# # Part 1: A `<b>` title\n#\n# Aim `</title>`.\n"
                           f"# %%\nx = {evil!r}  # {evil}\nprint(x)\n", "part_01_x.py")
    part = part._replace(cells=cells)
    told = lesson_pages.told(part, list(running.run(cells, part.path, {})))
    made = website.book_pages([told])
    for name in ("index.html", "part_01_x.html"):
        page = Page(made[name])
        assert not page.problems
        assert "b" not in {tag for tag, _ in page.tags}
        assert all("src" in values for tag, values in page.tags if tag == "script")
    assert "<script" not in made["search-index.js"] or evil in made["search-index.js"].replace(
        '\\"', '"')
    assert html.escape(evil, quote=False) in made["part_01_x.html"]


# ---- Colours ----


def colours(block):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def themes():
    """Return the colours of the light theme, the dark one, and of paper."""
    style = pages.shared_file(pages.STYLE_SHEET)
    roots = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    light = colours(roots[0])
    return {"light": light, "dark": {**light, **colours(roots[1])},
            "print": {**light, **colours(roots[2])}}


def brightness(colour):
    """Return the relative luminance, as the accessibility guidelines (WCAG 2) define it."""
    channels = [int(colour[n:n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4
                        for one in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted([brightness(one), brightness(other)])
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_guidelines_do():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_all_text_can_be_read_in_each_theme(theme):
    colour = themes()[theme]
    for name in ["ink", "soft", "link", *(f"token-{kind}" for kind in KINDS),
                 *(f"term-{number}" for number in range(1, 6))]:
        for paper in ("paper", "code-paper"):
            assert contrast(colour[name], colour[paper]) >= 4.5, (name, paper)
    assert contrast(colour["focus"], colour["paper"]) >= 3


def test_each_kind_of_code_has_a_colour_and_the_dark_theme_has_all_of_them():
    style = pages.shared_file(pages.STYLE_SHEET)
    for kind in KINDS:
        assert re.search(rf"\.{kind} \{{ color: var\(--token-{kind}\)", style), kind
    roots = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    assert set(colours(roots[1])) == set(colours(roots[0]))
    used = set(re.findall(r"var\(--([\w-]+)\)", style))
    assert used <= {*colours(roots[0]), "prose", "plain", "code", "under", "shadow", "racer"}


def test_a_page_alone_has_its_frame():
    page = Page(pages.whole_page(
        pages.Page("a.html", "A & b", 'Says "x" <y>', "<h1>A</h1>",
                   around=(None, pages.Target("b.html", "B>"))),
        "Book", [("Parts", [pages.Target("a.html", "A"), pages.Target("b.html", "B")])]))
    assert not page.problems and page.title == "A & b – Book"
    assert page.links == ["#main-text", "index.html", "a.html", "b.html", "b.html"]
    current = [values["href"] for _, values in page.tags if values.get("aria-current") == "page"]
    assert current == ["a.html"]
    assert {"name": "description", "content": 'Says "x" <y>'} in [one for _, one in page.tags]


def test_the_same_picture_may_stand_on_a_page_twice():
    text = ("# %% [markdown]\n# # Part 1: Twice\n#\n# Aim.\n# %%\nfrom purenn import draw\n"
            "one = draw.bars({'a': 1.0}, title='Bars')\ndraw.show(one)\ndraw.show(one)\n"
            "# %%\ndraw.show(one)\n")
    cells = percent.parsed(text, "part_01_x.py")
    part = parts.Part(1, "Twice", "Aim.", "part_01_x.py", cells)
    told = lesson_pages.told(part, list(running.run(cells, part.path, {})))
    page = Page(website.book_pages([told])["part_01_x.html"])
    widths = [values["width"] for tag, values in page.tags if tag == "svg"]
    assert widths == 3 * ["640", "312"]
    assert len(set(page.ids)) == len(page.ids)


# ---- Finding one's way ----


def test_every_public_name_has_its_place_in_the_reference(read):
    import purenn

    names = {entry.name for entry in reference.entries()}
    assert set(purenn.__all__) <= names
    for short in reference.MODULES:
        module = import_module(f"purenn.{short}")
        assert {f"{short}.{name}" for name in module.__all__} <= names
    for entry in reference.entries():
        file, _, place = entry.address.partition("#")
        assert file in read and (not place or place in read[file].ids), entry
        assert file in read["reference.html"].links or entry.address in read["reference.html"].links
    addresses = [entry.address.partition("#")[0].lower() for entry in reference.entries()
                 if "#" not in entry.address]
    assert len(set(addresses)) == len(addresses)  # some file systems do not tell case apart


def test_the_reference_says_how_each_thing_is_called_and_what_it_does(book):
    import purenn

    for name in purenn.__all__:
        text = (book / f"api.{name}.html").read_text(encoding="utf-8")
        value = getattr(purenn, name)
        if callable(value) and value.__doc__:
            first = inspect.cleandoc(value.__doc__).split("\n\n")[0].split()[0].strip("`")
            assert html.escape(first, quote=False) in text, name
        assert "Source: <a" in text or not getattr(value, "__module__", ""), name
    linalg = re.sub("<[^>]*>", "", (book / "api.linalg.html").read_text("utf-8"))
    assert "linalg.Matrix #\nStands for list[Vector] in annotations." in linalg
    dense = html.unescape(re.sub("<[^>]*>", "", (book / "api.Dense.html").read_text("utf-8")))
    assert "Dense(\n" in dense or "Dense(inputs" in dense
    assert "Dense.forward" in dense and "Dense.backward" in dense


def test_names_of_the_library_lead_to_the_reference(read):
    links = read["part_01_neurons.html"].links
    assert "api.Dense.html" in links and "api.draw.html#show" in links
    assert "part_01_neurons.html" in read["api.Dense.html"].links


def test_every_section_can_be_searched_for(book, read):
    text = (book / "search-index.js").read_text(encoding="utf-8")
    index = json.loads(text[text.index("["):text.rindex("]") + 1])
    places = {one["address"] for one in index}
    for name in read:
        if name != "search.html":
            assert any(place.partition("#")[0] == name for place in places), name
    for place in places:
        file, _, at = place.partition("#")
        assert not at or at in read[file].ids, place
    found = [one for one in index if one["heading"] == "One neuron by hand"]
    assert [one["page"] for one in found] == ["Part 1: Neurons and layers"]
    assert "Saturday" in found[0]["words"] and "#" not in found[0]["heading"]


def test_every_section_has_a_link_to_itself(read):
    for name, page in read.items():
        if name.startswith("part_"):
            anchors = {values["href"][1:] for tag, values in page.tags
                       if tag == "a" and values.get("class") == "anchor"}
            headings = {values["id"] for tag, values in page.tags
                        if tag in ("h2", "h3") and values.get("id")}
            assert anchors == headings and headings, name


# ---- Figures and code ----


def test_pictures_have_a_night_colour_for_each_day_colour(book):
    for path in book.glob("part_*.html"):
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r'\b(?:fill|stroke)="(#[0-9a-f]{6})"', text))
        ruled = set(re.findall(r'\[(?:fill|stroke)="(#[0-9a-f]{6})"\]\{', text))
        assert used == ruled, path.name


@pytest.mark.parametrize("code, folds", [
    ("import math\nfrom random import Random\n\nx = 1", ["imports", ""]),
    ("x = 1\ndraw.show(draw.bars({'a': x}, title='t'))", ["", "drawing"]),
    ("def picture(a):\n    return draw.bars(a, title='t')\n\n\ny = 2", ["drawing", ""]),
    ("for x in y:\n    draw.show(x)\nprint(x)", [""]),
    ("# why\nimport math\n# what\nx = 1", ["imports", ""]),
])
def test_imports_and_drawing_are_folded_away(code, folds):
    found = folding.segments(code)
    assert [fold for fold, _ in found] == folds
    kept = [line for _, text in found for line in text.split("\n") if line]
    assert kept == [line for line in code.split("\n") if line]


def test_the_page_for_teachers_is_in_the_book_and_in_its_contents(read):
    from purenn.exercises import teaching

    page = read["for_teachers.html"]
    assert page.title.startswith(teaching.TITLE) and page.headings.count(2) >= 3
    assert all("for_teachers.html" in other.links for other in read.values())
