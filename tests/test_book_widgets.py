"""The figures to play with, in a real browser: what they show is what purenn computes.

Each is set to numbers of our own, and what stands on the page afterwards is held to the library.
Needs a Chromium and Playwright's Python package; without them most of these tests are skipped.
"""

import json
import math
import re
import shutil
from random import Random

import pytest

from purenn import (
    SGD, Adam, Dense, MeanSquaredError, Network, ShapeError, SoftmaxCrossEntropy, linalg,
)
from purenn.book import lesson_pages, parts, percent, running, website
from purenn.book.widgets import (
    WIDGETS, backpropagation, broadcasting, landscape, neuron, relus, softmax, training,
)
from purenn.book.widgets.widget import bracketed, exactly, shown

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
                None)


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    """A book of one part that has every widget."""
    text = "# %% [markdown]\n# # Part 1: Toys\n#\n# Aim.\n" + "".join(
        f"#\n# ## {name}\n#\n# ```widget {name}\n# ```\n" for name in WIDGETS)
    cells = percent.parsed(text, "part_01_x.py")
    part = parts.Part(1, "Toys", "Aim.", "part_01_x.py", cells)
    folder = tmp_path_factory.mktemp("toys")
    told = lesson_pages.told(part, list(running.run(cells, part.path, {})))
    website.write(str(folder), website.book_pages([told]))
    return folder / "part_01_x.html"


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, toys):
    """The page with all widgets; a complaint of the browser is an error."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url)
            if not request.url.startswith(("file:", "data:")) else None)
    page.goto(toys.as_uri())
    yield page
    context.close()
    assert not complaints


def box(page, name):
    return page.locator(f'[data-widget="{name}"]')


def slide(page, name, label, value):
    """Set a slider as its user would leave it: its value, and the event of moving it."""
    page.eval_on_selector(
        f'[data-widget="{name}"] input[aria-label="{label}"]',
        """(input, value) => { input.value = value;
        input.dispatchEvent(new Event("input", {bubbles: true})); }""", str(value))


LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def numbers(text):
    """Return the numbers in a text that the widgets wrote."""
    text = text.replace("−", "-").replace("∞", "inf")
    text = re.sub("·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: "e" + power[1].translate(LOWERED), text)
    return [float(one) for one in re.findall(r"-?(?:inf|nan|\d+(?:\.\d+)?(?:e[+-]?\d+)?)", text)]


def close(found, expected):
    return found == pytest.approx(expected, abs=1.01e-4, rel=6e-3 if abs(expected) >= 1e6 else 0)


# ---- What all have in common ----


@pytest.mark.interop
@pytest.mark.parametrize("value, text", [
    (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-2.5, "−2.5"), (0.12345, "0.1235"), (100.0, "100"),
    (-0.00001, "0"), (1234567.0, "1.23·10⁶"), (-2e12, "−2·10¹²"),
])
def test_numbers_are_written_alike_by_both(page, value, text):
    assert shown(value) == text
    assert page.evaluate("value => widgets.shown(value)", value) == text


@pytest.mark.interop
@pytest.mark.parametrize("value", [0.0, 6.144e-6, -1.5e-9, 0.25, -0.125, 3.0, 1e-300, 5e7])
def test_small_numbers_and_brackets_are_written_alike_by_both(page, value):
    assert page.evaluate("value => widgets.exactly(value)", value) == exactly(value)
    assert page.evaluate("value => widgets.bracketed(value)", value) == bracketed(value)
    assert (exactly(value) == "0") == (value == 0.0)


@pytest.mark.interop
@pytest.mark.parametrize("name", WIDGETS)
def test_without_script_a_still_picture_stands_there_and_teaches(browser, toys, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(toys.as_uri())
    figure = box(page, name)
    assert figure.locator("figcaption").inner_text()
    assert figure.locator("button, input, select").count() == 0
    assert figure.locator("svg, table").first.is_visible() and numbers(figure.inner_text())
    context.close()


@pytest.mark.interop
@pytest.mark.parametrize("name", WIDGETS)
def test_the_script_begins_with_what_the_still_picture_shows(browser, toys, page, name):
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    still.goto(toys.as_uri())
    if name == "backpropagation":  # it begins with nothing computed, and can show all
        box(page, name).locator("button", has_text="All").click()
    place = ".steps" if name == "backpropagation" else ".step"
    before = box(still, name).locator(place).inner_text()
    after = box(page, name).locator(place).inner_text()
    context.close()
    assert numbers(before) == numbers(after) and numbers(after)


@pytest.mark.interop
@pytest.mark.parametrize("width", [320, 390, 1440])
def test_widgets_fit_any_page_and_their_letters_can_be_read(browser, toys, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark")
    page = context.new_page()
    page.goto(toys.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate("""() => [...document.querySelectorAll(
        ".widget svg text")].filter(text => text.textContent).map(text =>
        [parseFloat(getComputedStyle(text).fontSize) * Math.hypot(text.getScreenCTM().a,
            text.getScreenCTM().b), text.textContent]).filter(one => one[0] < 10.9)""")
    assert not small
    context.close()


@pytest.fixture
def phone(browser, toys):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True,
                                  is_mobile=True, color_scheme="dark")
    page = context.new_page()
    page.goto(toys.as_uri())
    yield page
    context.close()


@pytest.mark.interop
def test_on_a_phone_what_is_pressed_is_large_and_a_field_does_not_enlarge_the_page(phone):
    sizes = phone.evaluate("""() => [...document.querySelectorAll(
        ".widget :is(button, select, input)")].map(one => [one.tagName, one.textContent,
        one.getBoundingClientRect().height, parseFloat(getComputedStyle(one).fontSize)])""")
    assert len(sizes) > 50
    assert not [one for one in sizes if one[2] < 40]
    assert not [one for one in sizes if one[0] in ("INPUT", "SELECT") and one[3] < 16]
    widths = phone.evaluate("""() => [...document.querySelectorAll(".slider input")].map(
        one => one.getBoundingClientRect().width)""")
    assert min(widths) > 200


def swipe(page, x, y, down):
    """A finger goes up or down the screen, as the browser's own events."""
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart",
                                              "touchPoints": [{"x": x, "y": y}]})
    for part in range(1, 11):
        session.send("Input.dispatchTouchEvent", {
            "type": "touchMove", "touchPoints": [{"x": x, "y": y + down * part / 10}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.interop
def test_a_swipe_that_begins_on_a_slider_or_beside_the_map_scrolls_and_changes_nothing(phone):
    for place in ('input[aria-label="steps"]', ".drawn svg text"):
        element = box(phone, "landscape").locator(place).first
        element.scroll_into_view_if_needed()
        before = phone.evaluate("scrollY"), box(phone, "landscape").locator(".step").inner_text()
        area = element.bounding_box()
        swipe(phone, area["x"] + 0.9 * area["width"], area["y"] + area["height"] / 2, -200)
        phone.wait_for_function("before => scrollY > before + 50", arg=before[0])
        assert box(phone, "landscape").locator(".step").inner_text() == before[1]


@pytest.mark.interop
def test_a_slider_goes_by_one_step_with_its_buttons(page):
    figure = box(page, "landscape")
    slide(page, "landscape", "steps", 12)
    figure.locator('button[aria-label="steps: one step more"]').click()
    assert "13 steps" in figure.locator(".step").inner_text()
    for _ in range(2):
        figure.locator('button[aria-label="steps: one step less"]').click()
    assert "11 steps" in figure.locator(".step").inner_text()


@pytest.mark.interop
@pytest.mark.parametrize("width", [1440, 390])
def test_picture_and_numbers_stand_side_by_side_where_there_is_room(browser, toys, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(toys.as_uri())
    for name in ("backpropagation", "landscape", "neuron", "relus"):
        drawn, told = (box(page, name).locator(one).bounding_box() for one in (".drawn", ".told"))
        assert (drawn["x"] + drawn["width"] < told["x"]) == (width == 1440), name
    cut = page.evaluate("""() => [...document.querySelectorAll(".widget table")].filter(
        one => one.scrollWidth > one.clientWidth).map(one => one.textContent)""")
    context.close()
    assert not cut


# ---- 1. Backpropagation ----


@pytest.mark.interop
def test_every_step_of_backpropagation_is_a_product_that_purenn_has_too(page):
    figure = box(page, "backpropagation")
    rng = Random(7)
    for trial in range(4):
        chosen = {key: round(rng.uniform(-2, 2), 2) for key in backpropagation.NUMBERS}
        for key, value in chosen.items():
            figure.locator(f'input[aria-label="{backpropagation.SYMBOLS[key]}"]').fill(str(value))
        figure.locator("button", has_text="From the start").click()
        expected = backpropagation.values_by_purenn(chosen)
        for number, step in enumerate(backpropagation.STEPS, start=1):
            figure.locator("button", has_text="Next step").click()
            assert figure.locator(".steps li:not([hidden])").count() == number
            said = figure.locator(".step").inner_text()
            result, = numbers(figure.locator(".step strong").inner_text())
            assert close(result, expected[step.key]), (trial, step.key, said)
            assert said.startswith(f"Step {number} of {len(backpropagation.STEPS)}")
        assert figure.locator("button", has_text="Next step").is_disabled()
        for key in ("gv00", "gw1", "gb1", "gx0", "gz0", "z1", "y"):
            drawn = numbers(figure.locator(f'[data-value="{key}"]').text_content())[-1]
            assert close(drawn, expected[key])


@pytest.mark.interop
def test_the_newest_step_can_be_seen_and_its_factors_are_what_their_colours_say(page):
    figure = box(page, "backpropagation")
    figure.locator("button", has_text="All").click()
    room = figure.locator(".steps").bounding_box()
    newest = figure.locator(".steps li").last.bounding_box()
    assert room["y"] <= newest["y"]
    assert newest["y"] + newest["height"] <= room["y"] + room["height"] + 1
    values = backpropagation.values_by_purenn(backpropagation.NUMBERS)
    first = figure.locator('.steps li[data-key="gy"]')
    assert numbers(first.locator(".term-1").last.inner_text()) == [1.0]  # the loss by itself
    assert numbers(first.locator(".term-2").last.inner_text()) == [2 * values["e"]]


@pytest.mark.interop
@pytest.mark.parametrize("numbers_", [backpropagation.NUMBERS,
                                      dict.fromkeys(backpropagation.NUMBERS, -1.2345)])
def test_no_text_in_the_network_lies_on_another_or_on_a_line(page, numbers_):
    figure = box(page, "backpropagation")
    for key, value in numbers_.items():
        figure.locator(f'input[aria-label="{backpropagation.SYMBOLS[key]}"]').fill(str(value))
    figure.locator("button", has_text="All").click()
    found = page.evaluate("""() => {
        const texts = [...document.querySelectorAll(".network text")].filter(
            one => one.textContent).map(one => ({ one, box: one.getBBox() }));
        const inside = (small, large) => small.x >= large.x - 0.5 && small.y >= large.y - 3
            && small.x + small.width <= large.x + large.width + 0.5
            && small.y + small.height <= large.y + large.height + 3;
        const wrong = [];
        for (const { one, box } of texts) {
            for (const { one: other, box: its } of texts) {
                if (one !== other && box.x < its.x + its.width && its.x < box.x + box.width
                    && box.y + 3 < its.y + its.height - 3 && its.y + 3 < box.y + box.height - 3)
                    wrong.push([one.textContent, other.textContent]);
            }
            const paper = one.previousElementSibling;
            if (paper && paper.matches(".under") && !inside(box, paper.getBBox()))
                wrong.push([one.textContent, "paper"]);
        }
        return [texts.length, wrong]; }""")
    assert found[0] > 35 and not found[1]


def test_the_steps_are_sums_of_products_that_come_to_purenns_numbers():
    values = backpropagation.values_by_purenn({**backpropagation.NUMBERS, "v10": -3.0, "w0": 0.7})
    assert values["s1"] == 0.0 and values["s0"] == 1.0
    for step in backpropagation.STEPS:
        if step.kind in ("sum", "gradient"):
            total = sum(values[a] * values[b] for a, b in step.terms)
            assert values[step.key] == pytest.approx(total + values.get(step.plus, 0.0), abs=1e-12)


# ---- 2. A training ----


@pytest.mark.slow
def test_the_recorded_training_is_what_the_network_said():
    points = training.data()
    rng = Random(1)
    seen = []
    for moment, network in training.moments():
        seen.append(moment.epoch)
        if moment.epoch not in (0, 20, training.EPOCHS):
            continue
        scores = network.predict(training.cells(points))
        labels = training.read_grid(moment.grid)
        for k in rng.sample(range(len(labels)), 60):
            assert labels[k] == max(range(3), key=lambda c: scores[k][c])
        first = network.layers[0]
        for line, row, bias in zip(moment.lines, first.weights.value, first.biases.value[0]):
            assert line == pytest.approx([*row, bias], abs=5.1e-5)
        loss = SoftmaxCrossEntropy()(network.predict(points.inputs), points.targets)
        assert moment.loss == pytest.approx(loss, abs=5.1e-5)
    assert seen == training.MOMENTS and moment.accuracy > 0.9


@pytest.mark.interop
def test_scrubbing_shows_each_recorded_moment(page):
    figure = box(page, "training")
    data = json.loads(page.eval_on_selector(
        '[data-widget="training"] script', "script => script.textContent"))
    images = set()
    for number in (0, 5, len(data["moments"]) - 1):
        slide(page, "training", "Moment of the training", number)
        moment = data["moments"][number]
        epoch, loss, accuracy = numbers(figure.locator(".step").inner_text())
        assert (epoch, loss) == (moment["epoch"], moment["loss"])
        assert accuracy == pytest.approx(100 * moment["accuracy"], abs=0.051)
        images.add(figure.locator(".plane image").get_attribute("href"))
        drawn = figure.locator(".folds line").count()
        assert 0 < drawn <= len(moment["lines"])
    assert len(images) == 3 and figure.locator(".closed").get_attribute("points") == ""
    figure.locator("select").select_option("2")
    assert figure.locator(".closed").get_attribute("points") != ""
    assert figure.locator(".folds .chosen").count() <= 1


# ---- 3. A race ----


def by_library(optimizer, start, steps):
    neuron = Dense(1, 1, Random(1))
    neuron.weights.value, neuron.biases.value = [[start[0]]], [[start[1]]]
    network, loss = Network([neuron]), MeanSquaredError()
    for _ in range(steps):
        network.backward(loss.gradient(network.forward(landscape.INPUTS, training=True),
                                       landscape.TARGETS))
        optimizer.step(list(network.parameters()))
    place = neuron.weights.value[0][0], neuron.biases.value[0][0]
    return [*place, loss(network.predict(landscape.INPUTS), landscape.TARGETS)]


@pytest.mark.interop
@pytest.mark.parametrize("start, rate, steps", [
    ((-2.0, 3.0), 0.1, 60), ((4.0, -3.0), 0.05, 7), ((1.0, 1.0), 0.3, 200), ((0.5, 0.0), 0.2, 1),
])
def test_the_race_is_that_of_purenns_optimizers(page, start, rate, steps):
    for label, value in (("start: weight", start[0]), ("start: bias", start[1]),
                         ("learning rate", rate), ("steps", steps)):
        slide(page, "landscape", label, value)
    makers = {"SGD": SGD(rate), "momentum": SGD(rate, momentum=landscape.MOMENTUM),
              "Adam": Adam(rate)}
    for name, optimizer in makers.items():
        row = numbers(" ".join(box(page, "landscape").locator(
            f'tr[data-racer="{name}"] td').all_inner_texts()))
        for found, expected in zip(row, by_library(optimizer, start, steps)):
            assert close(found, expected), (name, row)
    nudged = numbers(box(page, "landscape").locator(
        'tr[data-racer="nudges"] td:last-child').inner_text())
    assert nudged[0] <= landscape.loss_at(start) + 1e-4  # a nudge is kept if it helps, else not


@pytest.mark.interop
def test_a_rate_too_large_diverges_and_it_is_said(page):
    slide(page, "landscape", "learning rate", 0.5)
    slide(page, "landscape", "steps", 200)
    said = box(page, "landscape").locator(".step").inner_text()
    assert "SGD" in said and "without bound" in said
    row = box(page, "landscape").locator('tr[data-racer="SGD"] td').all_inner_texts()
    assert row == ["nan", "nan", "∞"]
    assert len(landscape.raced("SGD", landscape.START, 0.5, 200)) < 200


@pytest.mark.interop
def test_a_loss_above_that_of_the_start_is_said_long_before_infinity(page):
    slide(page, "landscape", "learning rate", 0.5)
    slide(page, "landscape", "steps", 3)
    losses = by_library(SGD(0.5), landscape.START, 3)[-1], landscape.loss_at(landscape.START)
    assert losses[0] > losses[1]
    said = box(page, "landscape").locator(".step").inner_text()
    assert "SGD" in said and "above that of the start" in said and "3 steps" in said
    slide(page, "landscape", "learning rate", 0.05)
    slide(page, "landscape", "steps", 1)
    said = box(page, "landscape").locator(".step").inner_text()
    assert "above" not in said and "1 step at" in said


@pytest.mark.interop
def test_a_race_runs_though_its_first_frame_lies_before_the_click(browser, toys):
    """The time of a frame is that at which it began: mostly earlier than the click within it."""
    context = browser.new_context()
    context.add_init_script("""let frames = 0;
        window.requestAnimationFrame = (call) => setTimeout(
            () => call(performance.now() - 40 + 1000 * frames++), 1);""")
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(toys.as_uri())
    slide(page, "landscape", "steps", 30)
    said = box(page, "landscape").locator(".step")
    for _ in range(3):
        box(page, "landscape").locator("button", has_text="Race").click()
        page.wait_for_function("text => text.textContent.includes(' 30 steps')",
                               arg=said.element_handle())
    context.close()
    assert not errors


@pytest.mark.interop
def test_a_click_on_the_landscape_sets_the_start(page):
    area = box(page, "landscape").locator(".move")
    assert area.count() == 1 and area.bounding_box()["width"] < 0.9 * box(
        page, "landscape").locator("svg").first.bounding_box()["width"]
    area.click()
    weight, bias = numbers(box(page, "landscape").locator(".step").inner_text())[:2]
    assert [weight, bias] != list(landscape.START)
    assert landscape.LIMITS[0] <= weight <= landscape.LIMITS[1]
    track = box(page, "landscape").locator(".track").nth(1).get_attribute("points").split()[0]
    ring = [float(box(page, "landscape").locator(".ring").get_attribute(one))
            for one in ("cx", "cy")]
    assert [float(one) for one in track.split(",")] == pytest.approx(ring, abs=0.06)


# ---- 4. The small ones ----


@pytest.mark.interop
def test_where_there_is_no_border_the_neuron_says_so(page):
    said = box(page, "neuron").locator(".step")
    for label in ("weight of warmth", "weight of free hours"):
        assert "no border" not in said.inner_text()
        slide(page, "neuron", label, 0)
    assert "no border" in said.inner_text()
    slide(page, "neuron", "weight of warmth", 0.1)
    slide(page, "neuron", "bias", -8)
    assert "outside" in said.inner_text()
    assert "0.1 · warmth + 0 · free hours + (−8)" in said.inner_text()


@pytest.mark.interop
def test_the_neuron_with_handles_computes_what_a_dense_layer_does(page):
    for weights, bias in (([-1.5, 0.25], 2.0), ([0.0, 2.0], -4.5), ([1.0, -2.0], 0.0)):
        slide(page, "neuron", "weight of warmth", weights[0])
        slide(page, "neuron", "weight of free hours", weights[1])
        slide(page, "neuron", "bias", bias)
        rows = box(page, "neuron").locator("tbody tr").all()
        for row, expected in zip(rows, neuron.scores(weights, bias)):
            *_, score, verdict = row.locator("td").all_inner_texts()
            assert close(numbers(score)[0], expected)
            assert verdict == ("go" if expected > 0 else "stay")


@pytest.mark.interop
def test_softmax_and_its_gradient_are_purenns(page):
    loss = SoftmaxCrossEntropy()
    for scores, target in (([0.0, 0.0, 0.0], 2), ([6.0, -6.0, -6.0], 0), ([6.0, -6.0, 1.5], 1),
                           ([-3.2, 2.2, 0.4], 0)):
        for name, score in zip(softmax.CLASSES, scores):
            slide(page, "softmax", f"score of {name}", score)
        box(page, "softmax").locator("select").select_option(str(target))
        p, gradient = loss.predict([scores])[0], loss.gradient([scores], [target])[0]
        for k, row in enumerate(box(page, "softmax").locator("tbody tr").all()):
            found = [numbers(text)[0] for text in row.locator("td").all_inner_texts()]
            expected = [scores[k], p[k], -math.log(p[k]), float(k == target), gradient[k]]
            assert all(map(close, found, expected)), (found, expected)
            if p[k] < 5e-5:
                assert found[1] == pytest.approx(p[k], rel=0.01)  # small, but not 0
        said = numbers(box(page, "softmax").locator(".step").inner_text())
        assert close(said[0], loss([scores], [target]))


@pytest.mark.interop
def test_the_curve_is_that_of_a_network_of_relus(page):
    kinks, slopes = [0.5, 1.25, 3.0], [2.0, -3.0, 1.5]
    for k in range(3):
        slide(page, "relus", f"ReLU {k + 1} opens at", kinks[k])
        slide(page, "relus", f"slope of ReLU {k + 1}", slopes[k])
    said = numbers(box(page, "relus").locator(".step").inner_text())
    ys = relus.curve(kinks, slopes)
    assert close(said[-1], max(abs(y - goal) for y, goal in zip(ys, relus.GOAL)))


def test_what_three_relus_are_said_to_reach_is_reached():
    """And the sliders can be set to it, in steps of 0.05."""
    ys = relus.curve(relus.BEST_KINKS, relus.BEST_SLOPES)
    off = max(abs(y - goal) for y, goal in zip(ys, relus.GOAL))
    assert off <= relus.REACHED + 1e-9 < relus.GOOD
    for value in [*relus.BEST_KINKS, *relus.BEST_SLOPES]:
        assert abs(value) <= 4 and value / 0.05 == pytest.approx(round(value / 0.05))


@pytest.mark.interop
@pytest.mark.parametrize("shape", [(2, 3, 2, 3), (2, 3, 1, 3), (2, 1, 1, 4), (2, 3, 3, 2),
                                   (4, 1, 2, 2), (1, 1, 3, 3)])
def test_shapes_go_together_or_are_refused_as_purenn_says(page, shape):
    figure = box(page, "broadcasting")
    for choice, size in zip(figure.locator("select").all(), shape):
        choice.select_option(str(size))
    said = figure.locator(".step").inner_text()
    try:
        total = linalg.add(broadcasting.left(*shape[:2]), broadcasting.right(*shape[2:]))
    except ShapeError as error:
        assert said == f"ShapeError: {error}"
    else:
        rows = figure.locator('table[aria-label="sum"] tr').all()
        assert [[numbers(cell)[0] for cell in row.locator("td").all_inner_texts()]
                for row in rows] == total
        assert said.endswith(f"gives ({len(total)} × {len(total[0])}).")


def test_a_widget_in_a_lesson_must_be_known(tmp_path):
    from purenn.book.errors import LessonError
    from purenn.book.markdown import parsed

    for wrong in ("```widget nonsense\n```", "```widget\n```", "```widget softmax\nx\n```"):
        with pytest.raises(LessonError, match="line 1"):
            parsed(wrong, "part_01_x.py")
