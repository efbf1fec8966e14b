"""Pictures in a real browser: it measures the texts itself, and finds none upon another.

Needs Chromium; where there is none, these tests are skipped.
"""

import json
import re
import shutil
import subprocess

import pytest
from test_draw import PICTURES

from purenn import draw

pytestmark = [pytest.mark.slow, pytest.mark.interop]

BROWSER = next(filter(None, map(shutil.which, (
    "chromium", "chromium-browser", "google-chrome", "chrome"))), None)

# What the page does: for each picture, the boxes of its texts as the browser sees them.
MEASURE = """
const found = [...document.querySelectorAll("div")].map(div => {
  const whole = div.firstElementChild.getBoundingClientRect();
  const boxes = [...div.querySelectorAll("text")].filter(text => text.textContent).map(text => {
    const box = text.getBoundingClientRect();
    return [text.textContent, box.left - whole.left, box.top - whole.top,
            box.right - whole.left, box.bottom - whole.top];
  });
  return {size: [whole.width, whole.height], boxes: boxes};
});
document.body.textContent = "<<<" + JSON.stringify(found) + ">>>";
"""


def run(*options):
    return subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=True,
    ).stdout.decode("utf-8")


@pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed")
def test_in_a_browser_no_text_is_cut_off_or_lies_on_another(tmp_path):
    names = sorted(PICTURES)
    page = "".join(f"<div>{PICTURES[name]().svg()}</div>" for name in names)
    (tmp_path / "page.html").write_text(
        f"<!doctype html><meta charset=utf-8><body>{page}<script>{MEASURE}</script>",
        encoding="utf-8")
    dom = run("--window-size=3000,2000", "--dump-dom", (tmp_path / "page.html").as_uri())
    written = dom.split("&lt;&lt;&lt;")[1].split("&gt;&gt;&gt;")[0]
    for old, new in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")):
        written = written.replace(old, new)
    found = json.loads(written)
    assert len(found) == len(names)
    for name, picture in zip(names, found):
        width, height = picture["size"]
        for number, (text, *box) in enumerate(picture["boxes"]):
            assert box[0] > -1 and box[1] > -1, (name, text, box)
            assert box[2] < width + 1 and box[3] < height + 1, (name, text, box, width, height)
            for other, *there in picture["boxes"][:number]:
                # A line's box is higher than its letters: 3 pixels of it above and below are air.
                apart = (box[2] <= there[0] or there[2] <= box[0]
                         or box[3] - 3 <= there[1] + 3 or there[3] - 3 <= box[1] + 3)
                assert apart, (name, text, other)


@pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed")
def test_in_a_browser_a_saved_picture_is_not_blank(tmp_path):
    picture = PICTURES["regions"]()
    picture.save(tmp_path / "picture.svg")
    run(f"--window-size={picture.width},{picture.height}",
        f"--screenshot={tmp_path / 'blank.png'}", "about:blank")
    run(f"--window-size={picture.width},{picture.height}",
        f"--screenshot={tmp_path / 'picture.png'}", (tmp_path / "picture.svg").as_uri())
    sizes = [(tmp_path / name).stat().st_size for name in ("blank.png", "picture.png")]
    assert sizes[1] > 4 * sizes[0]
    assert not re.search("parsererror", run("--dump-dom", (tmp_path / "picture.svg").as_uri()))


@pytest.mark.interop
def test_frames_follow_each_other_and_stand_still_for_who_asks_for_it(tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if BROWSER is None:
        pytest.skip("Chromium is not installed")
    pictures = [draw.bars({"a": float(k + 1), "b": 3.0}, title=f"Picture {k}") for k in range(4)]
    draw.frames(pictures, title="Four", seconds=0.5).save(tmp_path / "four.svg")
    seen = """() => [...document.querySelectorAll("g")].filter(
        one => getComputedStyle(one).visibility === "visible").map(
        one => one.textContent).filter(text => text.startsWith("Picture"))"""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        for motion in ("no-preference", "reduce"):
            page = browser.new_context(reduced_motion=motion).new_page()
            page.goto((tmp_path / "four.svg").as_uri())
            for at, expected in ((100, 0), (600, 1), (1400, 2), (1600, 3), (3900, 3), (4100, 0)):
                page.evaluate("""at => document.getAnimations().forEach(one => {
                    one.pause(); one.currentTime = at; })""", at)
                still = 3 if motion == "reduce" else expected
                assert page.evaluate(seen) == [f"Picture {still}"], (motion, at)
        browser.close()
