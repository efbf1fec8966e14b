"""A real browser opens the book, on a wide screen and a phone, by day and by night, and prints it.

Needs a Chromium and Playwright's Python package; without them these tests are skipped.
"""

import os
import shutil
import struct
import zlib

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
                None)
pytestmark = [
    pytest.mark.slow, pytest.mark.interop,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]

WIDE, NARROW = (1400, 1000), (390, 844)
LAYOUTS = [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")]


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        # As root, in a container, Chromium runs without its sandbox only.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visit:
    """A window of the browser, and all that it complained about or asked for since `open`."""

    def __init__(self, browser, path=None, size=WIDE, scheme="light"):
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.complaints, self.requests = [], []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", lambda request: self.complaints.append(request.url))
        self.page.on("request", lambda request: self.requests.append(request.url))
        if path is not None:
            self.open(path)

    def open(self, path):
        self.complaints.clear()
        self.requests.clear()
        self.page.goto(path.as_uri())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()


def pixels(png):
    """Return the bytes of each line of a PNG of 8-bit channels, without its filters undone.

    Blank pictures have all their filtered lines alike, but for the first; that is enough here.
    """
    at, data = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        data += png[at + 8:at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    width, height = struct.unpack(">II", png[16:24])
    raw = zlib.decompress(data)
    size = len(raw) // height
    return [raw[n * size + 1:(n + 1) * size] for n in range(height)]


def is_blank(png):
    """Say whether nearly all lines of a screenshot are one flat colour."""
    flat = [len(set(line)) <= 4 for line in pixels(png)]
    return flat.count(True) > 0.9 * len(flat)


def test_a_blank_page_is_known_as_one(browser, tmp_path):
    (tmp_path / "blank.html").write_text("<!DOCTYPE html><title>x</title>", encoding="utf-8")
    with Visit(browser, tmp_path / "blank.html") as visit:
        assert is_blank(visit.page.screenshot())


def one_of_each_kind(book):
    """Return the pages that differ from each other: all parts, and one of each other kind."""
    names = ["index", "library", "reference", "search", "purenn.layers", "api.Dense", "api.draw"]
    return [*sorted(book.glob("part_*.html")), *(book / f"{name}.html" for name in names)]


@pytest.mark.parametrize("size, scheme", LAYOUTS)
def test_pages_show_themselves_without_complaint(browser, book, size, scheme):
    with Visit(browser, None, size, scheme) as visit:
        for path in one_of_each_kind(book):
            visit.open(path)
            where = (path.name, size, scheme)
            assert not is_blank(visit.page.screenshot()), where
            back = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
            dark = sum(map(int, back[4:-1].split(","))) < 3 * 128
            assert dark == (scheme == "dark"), where


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_no_page_is_wider_than_its_window_or_asks_for_anything(browser, book, size):
    with Visit(browser, None, size) as visit:
        for path in sorted(book.glob("*.html")):
            visit.open(path)
            assert not visit.complaints, path.name
            assert all(one.startswith(("file:", "data:")) for one in visit.requests), path.name
            width, room = visit.page.evaluate(
                "[document.documentElement.scrollWidth, window.innerWidth]")
            assert width <= room == size[0], path.name


def boxes(visit, selector):
    return visit.page.evaluate(
        """selector => [...document.querySelectorAll(selector)].map(one => {
            const box = one.getBoundingClientRect();
            return [box.left, box.top, box.right, box.bottom]; })""", selector)


def test_the_text_is_one_column_and_what_follows_stands_below(browser, book):
    for size in (WIDE, NARROW):
        with Visit(browser, None, size) as visit:
            for path in sorted(book.glob("part_*.html")):
                visit.open(path)
                pieces = boxes(visit, "main > .prose, main > .cell")
                assert len(pieces) > 10
                for above, below in zip(pieces, pieces[1:]):
                    assert above[3] <= below[1] and above[0] == below[0], path.name


def test_lines_of_prose_are_not_too_long(browser, book):
    for name in ("index.html", "part_01_neurons.html", "purenn.layers.html"):
        with Visit(browser, book / name) as visit:
            letters = visit.page.evaluate(
                """() => Math.max(...[...document.querySelectorAll('main p')].map(p => {
                    const range = document.createRange();
                    let most = 0, start = 0, top = null;
                    const texts = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
                    let count = 0;
                    while (texts.nextNode()) {
                        const node = texts.currentNode;
                        for (let i = 0; i < node.length; i++) {
                            range.setStart(node, i); range.setEnd(node, i + 1);
                            const box = range.getBoundingClientRect();
                            if (top !== null && box.top > top + 12) { count = 0; }
                            if (box.height) { top = box.top; }
                            most = Math.max(most, ++count);
                        }
                    }
                    return most;
                }))""")
            assert 40 < letters <= 85, (name, letters)


SMALLEST_TEXT = """() => {
    const sizes = [...document.querySelectorAll(".picture svg text")]
        .filter(text => text.textContent && text.getBoundingClientRect().width)
        .map(text => parseFloat(getComputedStyle(text).fontSize)
            * Math.hypot(text.getScreenCTM().a, text.getScreenCTM().b));
    return sizes.length ? Math.min(...sizes) : 99; }"""


@pytest.mark.parametrize("width", [320, 390, 600, 760, 1100, 1440])
def test_pictures_lie_within_the_page_and_can_be_read_at_any_width(browser, book, width):
    with Visit(browser, None, (width, 900), "dark") as visit:
        for path in sorted(book.glob("part_*.html")):
            visit.open(path)
            drawn = [box for box in boxes(visit, ".picture svg[role=img]") if box[2] > box[0]]
            assert drawn, path.name
            assert all(left >= 0 and right <= width for left, _, right, _ in drawn), path.name
            assert visit.page.evaluate(SMALLEST_TEXT) >= 10.99, path.name


def test_pictures_lie_on_the_paper_of_the_page_by_day_and_by_night(browser, book):
    ink = {}
    for scheme in ("light", "dark"):
        with Visit(browser, book / "part_01_neurons.html", WIDE, scheme) as visit:
            paper = visit.page.evaluate("""() => [...document.querySelectorAll(
                '.picture svg[role=img] > rect:first-of-type')].map(
                rect => getComputedStyle(rect).fill)""")
            assert paper and set(paper) == {"none"}
            for _, background in [("", visit.page.evaluate(
                    "getComputedStyle(document.querySelector('.picture')).backgroundColor"))]:
                assert background == "rgba(0, 0, 0, 0)"
            fill = visit.page.evaluate(
                "getComputedStyle(document.querySelector('.picture text')).fill")
            ink[scheme] = sum(map(int, fill[4:-1].split(",")))
    assert ink["light"] < 200 < 500 < ink["dark"]


def test_on_a_phone_pictures_in_a_row_stand_below_each_other(browser, book):
    with Visit(browser, book / "part_07_cross_entropy.html", NARROW) as visit:
        titles = visit.page.evaluate("""() => [...document.querySelector(
            '.picture .at-narrow').querySelectorAll("text[font-weight=bold]")].map(text => {
                const box = text.getBoundingClientRect(); return [box.left, box.top]; })""")
        lefts = {round(left) for left, _ in titles}
        assert len(titles) >= 3 and len(lefts) == 1


def test_the_keyboard_reaches_everything_the_skip_link_first(browser, book):
    for name in ("index.html", "part_01_neurons.html", "purenn.layers.html"):
        with Visit(browser, book / name) as visit:
            page = visit.page
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.className") == "skip"
            (left, top, right, bottom), = boxes(visit, ".skip")
            assert left >= 0 and top >= 0 and right > left and bottom > top
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            links = page.evaluate("document.querySelectorAll('a[href]').length")
            reached = set()
            for _ in range(3 * links):
                reached.add(page.evaluate("""[...document.querySelectorAll('a[href]')]
                    .indexOf(document.activeElement)"""))
                width = page.evaluate("""parseFloat(getComputedStyle(
                    document.activeElement).outlineWidth)""")
                if page.evaluate("document.activeElement.tagName") == "A":
                    assert width >= 2
                page.keyboard.press("Tab")
                if len(reached - {-1}) == links:
                    break
            assert reached >= set(range(links)), name


def test_the_skip_link_goes_to_the_text(browser, book):
    with Visit(browser, book / "part_01_neurons.html") as visit:
        visit.page.keyboard.press("Tab")
        visit.page.keyboard.press("Enter")
        assert visit.page.evaluate("document.activeElement.tagName") == "MAIN"


def test_a_link_to_a_name_shows_its_definition(browser, book):
    with Visit(browser, book / "part_01_neurons.html") as visit:
        page = visit.page
        page.goto((book / "purenn.layers.html").as_uri() + "#Dense")
        top = page.evaluate("document.getElementById('Dense').getBoundingClientRect().top")
        assert 0 <= top < 400
        page.goto((book / "purenn.layers.html").as_uri() + "#L40")
        assert 0 <= page.evaluate(
            "document.getElementById('L40').getBoundingClientRect().top") < 900


def test_the_book_can_be_read_from_cover_to_cover_with_its_links(browser, book):
    last = len(list(book.glob("part_*.html")))
    with Visit(browser, book / "index.html") as visit:
        visit.page.click("ol.parts li:first-child > a")
        for number in range(1, last + 1):
            assert visit.page.inner_text("h1").startswith(f"Part {number}: ")
            if number < last:
                visit.page.click(".way a.after")


def test_the_contents_are_beside_the_text_and_on_a_phone_one_button_away(browser, book):
    with Visit(browser, book / "part_04_dense.html") as visit:
        for name in ("book-contents", "page-contents"):
            assert visit.page.is_visible(f"#{name}")
        assert not visit.page.is_visible(".menu")
    with Visit(browser, book / "part_04_dense.html", NARROW) as visit:
        page = visit.page
        for name in ("book-contents", "page-contents"):
            assert not page.is_visible(f"#{name}")
            page.click(f"button[popovertarget={name}]")
            assert page.is_visible(f"#{name}")
            page.keyboard.press("Escape")
            assert not page.is_visible(f"#{name}")
        page.click("button[popovertarget=page-contents]")
        page.click("#page-contents li:nth-child(3) a")
        assert not page.is_visible("#page-contents")
        heading = page.evaluate("location.hash.slice(1)")
        assert 0 <= page.evaluate(
            f"document.getElementById('{heading}').getBoundingClientRect().top") < 200


def test_the_search_finds_words_from_a_folder(browser, book):
    with Visit(browser, book / "part_01_neurons.html") as visit:
        page = visit.page
        page.keyboard.press("/")
        page.keyboard.type("saturday neuron")
        page.keyboard.press("Enter")
        page.wait_for_selector("#search-results li")
        assert page.url.startswith((book / "search.html").as_uri())
        assert "sections have" in page.inner_text("#search-state")
        assert "Part 1" in page.inner_text("#search-results li:first-child a") \
            or "neuron" in page.inner_text("#search-results li:first-child").lower()
        assert page.inner_text("#search-results mark").lower() in ("saturday", "neuron")
        page.fill("#search-words", "<img src=x> zzzz")
        assert "No section" in page.inner_text("#search-state")
        page.fill("#search-words", "Dense")
        page.click("#search-results li:first-child a")
        assert "Dense" in page.inner_text("main")
        assert not visit.complaints


def test_the_search_puts_the_parts_before_what_is_internal(browser, book):
    with Visit(browser, book / "search.html") as visit:
        visit.page.fill("#search-words", "momentum")
        found = visit.page.locator("#search-results li > a").all_inner_texts()[:4]
        assert all("Part" in one for one in found[:1]) and not any("_" in one for one in found)
        assert any("Four ways to use a gradient" in one for one in found), found


def test_long_sentences_of_outputs_are_wrapped_and_rows_of_tables_are_not(browser, book):
    with Visit(browser) as visit:
        for path in sorted(book.glob("part_*.html")):
            visit.open(path)
            wrong = visit.page.evaluate("""() => [...document.querySelectorAll("pre.output")]
                .filter(one => [...one.textContent.split("\\n")].some(line => line.length > 100)
                    && [...one.querySelectorAll(".long")].some(
                        line => line.scrollWidth > one.clientWidth))
                .map(one => one.textContent)""")
            assert not wrong, path.name


def test_on_a_touch_screen_the_copy_button_lies_on_no_code_and_is_large(browser, book):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True,
                                  is_mobile=True)
    page = context.new_page()
    for name in ("part_01_neurons.html", "part_09_backpropagation.html", "api.Dense.html"):
        page.goto((book / name).as_uri())
        found = page.evaluate("""() => [...document.querySelectorAll(".copy")].map(one => {
            const box = one.getBoundingClientRect();
            const codes = [...one.parentElement.querySelectorAll("pre.code, pre.fence, summary")];
            return [box.height, codes.some(code => {
                const its = code.getBoundingClientRect();
                return code.matches("pre") && its.height && box.bottom > its.top + 1
                    && box.top < its.bottom - 1 && box.right > its.left; })]; })""")
        assert found and all(height >= 32 and not covers for height, covers in found), name
        low = page.evaluate("""() => [...document.querySelectorAll(".fold > summary")].filter(
            one => one.getBoundingClientRect().height < 40).length""")
        assert low == 0, name
    context.close()


@pytest.mark.parametrize("text, signs", [('w ← "a random number"', "←"),
                                         ("(score − target)²", "−")])
def test_operators_keep_their_distance_from_words(browser, text, signs):
    from purenn.book.mathml import display_math

    page = browser.new_page()
    page.set_content(f"<body>{display_math(text)}")
    lefts = page.evaluate("""() => [...document.querySelectorAll("mi, mo, mn")].map(one => {
        const box = one.getBoundingClientRect();
        return [one.textContent, box.left, box.right]; })""")
    page.close()
    at = [text for text, *_ in lefts].index(signs)
    assert lefts[at + 1][1] - lefts[at][2] > 2 and lefts[at][1] - lefts[at - 1][2] > 2
    if text.startswith("("):
        assert lefts[1][1] - lefts[0][2] < 2


def test_code_can_be_copied_whole_with_what_is_folded(browser, book, lesson):
    part = lesson(1).part
    first = next(cell.text for cell in part.cells if cell.kind == "code")
    with Visit(browser, book / "part_01_neurons.html") as visit:
        visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
        visit.page.hover(".cell")
        visit.page.click(".cell .copy")
        visit.page.wait_for_function("document.querySelector('.copy').textContent === 'Copied'")
        copied = visit.page.evaluate("navigator.clipboard.readText()")
        kept = [line for line in copied.split("\n") if line]
        assert kept == [line for line in first.split("\n") if line]


def test_without_script_everything_is_there(browser, book):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((book / "part_01_neurons.html").as_uri())
    assert page.locator(".copy").count() == 0
    assert page.is_visible("#book-contents") and page.locator(".picture svg").count() > 3
    page.goto((book / "search.html").as_uri())
    assert page.is_visible("noscript p")
    context.close()


AXE = os.environ.get("PURENN_AXE", "")


@pytest.mark.skipif(not AXE, reason="PURENN_AXE does not name the file axe.min.js")
@pytest.mark.parametrize("size, scheme", LAYOUTS)
def test_axe_finds_nothing_on_any_page(browser, book, size, scheme):
    with open(AXE, encoding="utf-8") as file:
        script = file.read()
    # The parts and what is written by hand are looked at in two of the four layouts, wide and
    # narrow, light and dark. The pages made of modules are all of one kind, and one is enough.
    pages, number = sorted(book.glob("*.html")), LAYOUTS.index((size, scheme))
    made = [path for path in pages if path.name.startswith(("purenn.", "api."))]
    others = [path for path in pages if path not in made]
    assert len(made) > 100 and len(others) > 15
    with Visit(browser, None, size, scheme) as visit:
        for path in [*made[number::len(LAYOUTS)], *others[number in (1, 2)::2]]:
            visit.open(path)
            visit.page.evaluate(script)
            found = visit.page.evaluate("""() => axe.run(document, {resultTypes: ["violations"]})
                .then(result => result.violations.map(one =>
                    [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200)]))""")
            assert not found, (path.name, size, scheme, found)


def test_axe_would_find_something(browser, tmp_path):
    if not AXE:
        pytest.skip("PURENN_AXE does not name the file axe.min.js")
    (tmp_path / "bad.html").write_text("<html><body><img src='data:,'>x</body></html>")
    with Visit(browser, tmp_path / "bad.html") as visit:
        with open(AXE, encoding="utf-8") as file:
            visit.page.evaluate(file.read())
        found = visit.page.evaluate("axe.run(document).then(r => r.violations.map(v => v.id))")
        assert "image-alt" in found


def test_every_page_can_be_printed(browser, book):
    with Visit(browser) as visit:
        visit.page.emulate_media(media="print", color_scheme="dark")
        for path in sorted(book.glob("part_*.html")):
            visit.open(path)
            shown = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert shown == "rgb(255, 255, 255)"
            ink = visit.page.evaluate("getComputedStyle(document.body).color")
            assert ink == "rgb(0, 0, 0)"
            for hidden in (".skip", ".top", ".book-contents", ".page-contents", ".copy"):
                assert visit.page.evaluate(
                    f"getComputedStyle(document.querySelector('{hidden}')).display") == "none"
            paper = visit.page.pdf(format="A4", prefer_css_page_size=False)
            assert paper.startswith(b"%PDF") and len(paper) > 20_000
            assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") >= 3
