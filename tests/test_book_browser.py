"""A real browser opens the book, on a wide screen and a phone, by day and by night, and prints it.

Needs a Chromium and Playwright's Python package; without them these tests are skipped.
"""

import shutil
import struct
import zlib

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
                None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

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


@pytest.mark.parametrize("size, scheme", LAYOUTS)
def test_every_page_shows_itself_without_complaint(browser, book, size, scheme):
    with Visit(browser, None, size, scheme) as visit:
        for path in sorted(book.glob("*.html")):
            visit.open(path)
            where = (path.name, size, scheme)
            assert not visit.complaints, where
            assert all(one.startswith(("file:", "data:")) for one in visit.requests), where
            width, room = visit.page.evaluate(
                "[document.documentElement.scrollWidth, window.innerWidth]")
            assert width <= room == size[0], where
            assert not is_blank(visit.page.screenshot()), where
            back = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
            dark = sum(map(int, back[4:-1].split(","))) < 3 * 128
            assert dark == (scheme == "dark"), where


def boxes(visit, selector):
    return visit.page.evaluate(
        """selector => [...document.querySelectorAll(selector)].map(one => {
            const box = one.getBoundingClientRect();
            return [box.left, box.top, box.right, box.bottom]; })""", selector)


def test_prose_stands_beside_its_code_on_a_wide_screen_and_above_it_on_a_phone(browser, book):
    for size in (WIDE, NARROW):
        with Visit(browser, None, size) as visit:
            for path in sorted(book.glob("part_*.html")):
                visit.open(path)
                prose = boxes(visit, ".row:has(.cell) > .prose")
                code = boxes(visit, ".row:has(.cell) > .beside")
                assert len(prose) == len(code) > 0
                for left, right in zip(prose, code):
                    if size == WIDE:
                        assert left[2] <= right[0] and abs(left[1] - right[1]) < 80, path.name
                    else:
                        assert left[3] <= right[1] and left[0] == right[0], path.name


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


def test_pictures_lie_within_the_page_and_keep_a_white_card_at_night(browser, book):
    for size in (WIDE, NARROW):
        with Visit(browser, None, size, "dark") as visit:
            for path in sorted(book.glob("part_*.html")):
                visit.open(path)
                cards = boxes(visit, ".picture")
                assert cards and all(0 <= left and right <= size[0] for left, _, right, _ in cards)
                drawn = boxes(visit, ".picture > svg")
                assert all(right - left > 200 and low - top > 50 for left, top, right, low in drawn)
                assert visit.page.evaluate(
                    "getComputedStyle(document.querySelector('.picture')).backgroundColor"
                ) == "rgb(255, 255, 255)"


def test_the_keyboard_reaches_everything_the_skip_link_first(browser, book):
    for name in ("index.html", "part_01_neurons.html", "purenn.layers.html"):
        with Visit(browser, book / name) as visit:
            page = visit.page
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.className") == "skip"
            (left, top, right, bottom), = boxes(visit, ".skip")
            assert left >= 0 and top >= 0 and right > left and bottom > top
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
                visit.page.click("footer a.after")


def test_every_page_can_be_printed(browser, book):
    with Visit(browser) as visit:
        visit.page.emulate_media(media="print", color_scheme="dark")
        for path in sorted(book.glob("part_*.html")):
            visit.open(path)
            shown = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert shown == "rgb(255, 255, 255)"
            ink = visit.page.evaluate("getComputedStyle(document.body).color")
            assert ink == "rgb(0, 0, 0)"
            for hidden in (".skip", ".top"):
                assert visit.page.evaluate(
                    f"getComputedStyle(document.querySelector('{hidden}')).display") == "none"
            paper = visit.page.pdf(format="A4", prefer_css_page_size=False)
            assert paper.startswith(b"%PDF") and len(paper) > 20_000
            assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") >= 3
