"""The picture of the playground in the README, taken in a real browser.

    python3 -m benchmarks.screenshot

opens the playground in Chromium (which playwright drives), runs 80 epochs of the spiral, clicks on
a weight, and writes benchmarks/playground.png. Pillow brings the picture down to 128 colours, which
spares most of the bytes.
"""

import io
import sys
import time
from pathlib import Path

from .playground import Serving, browser, epoch_of, why_no_browser

SIZE = {"width": 1200, "height": 930}
EPOCHS = 80


def take(chromium, url):
    """Return the page after some epochs, a weight explained, as a PNG."""
    page = chromium.new_context(viewport=SIZE, color_scheme="light").new_page()
    page.goto(f"{url}#v=1&e={EPOCHS}")
    page.wait_for_selector("html[data-ready=yes]")
    while epoch_of(page) < EPOCHS:
        time.sleep(0.1)
    page.click(".neuron[aria-label^='hidden layer 1, neuron 3']")
    page.click("#explain-body .block >> nth=0 >> .term >> nth=1")
    page.wait_for_selector("#explain-title:has-text('the weight from input y')")
    time.sleep(3)  # the finest pictures
    page.mouse.move(2, 2)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    time.sleep(0.5)
    return page.screenshot()


def main():
    if why_no_browser():
        sys.exit(f"screenshot: {why_no_browser()}")
    from PIL import Image

    with Serving(sys.executable) as serving, browser() as chromium:
        picture = Image.open(io.BytesIO(take(chromium, serving.url))).convert("RGB")
    path = Path(__file__).with_name("playground.png")
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"wrote {path.name}, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
