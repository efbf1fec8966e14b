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
    SGD, Adam, Dense, MeanSquaredError, Network, ReLU, ShapeError, SoftmaxCrossEntropy, linalg,
)
from purenn.book import lesson_pages, parts, percent, running, website
from purenn.book.widgets import (
    WIDGETS, backpropagation, broadcasting, landscape, neuron, relus, softmax, training,
)
from purenn.book.widgets.widget import shown

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


def numbers(text):
    """Return the numbers in a text that the widgets wrote."""
    text = text.replace("−", "-").replace("∞", "inf")
    return [float(one) for one in re.findall(r"-?(?:inf|nan|\d+(?:\.\d+)?(?:e[+-]\d+)?)", text)]


def close(found, expected):
    return found == pytest.approx(expected, abs=1.01e-4, rel=6e-3 if abs(expected) >= 1e6 else 0)


# ---- What all have in common ----


@pytest.mark.interop
@pytest.mark.parametrize("value, text", [
    (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-2.5, "−2.5"), (0.12345, "0.1235"), (100.0, "100"),
    (-0.00001, "0"), (1234567.0, "1.23e+6"),
])
def test_numbers_are_written_alike_by_both(page, value, text):
    assert shown(value) == text
    assert page.evaluate("value => widgets.shown(value)", value) == text


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
        for key in ("gw11", "gv2", "gb2", "gx1", "y"):
            drawn = numbers(figure.locator(f'[data-value="{key}"]').text_content())[-1]
            assert close(drawn, expected[key])


def test_the_steps_are_sums_of_products_that_come_to_purenns_numbers():
    values = backpropagation.values_by_purenn({**backpropagation.NUMBERS, "w21": -3.0, "v1": 0.7})
    assert values["s2"] == 0.0 and values["s1"] == 1.0
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
    assert len(images) == 3
    figure.locator("select").select_option("2")
    assert figure.locator(".half").get_attribute("points") != ""
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
def test_a_click_on_the_landscape_sets_the_start(page):
    svg = box(page, "landscape").locator("svg").first
    area = svg.bounding_box()
    svg.click(position={"x": area["width"] * 0.5, "y": area["height"] * 0.5})
    weight, bias = numbers(box(page, "landscape").locator(".step").inner_text())[:2]
    assert [weight, bias] != list(landscape.START)
    assert landscape.LIMITS[0] <= weight <= landscape.LIMITS[1]
    track = box(page, "landscape").locator(".track").nth(1).get_attribute("points").split()[0]
    ring = [float(box(page, "landscape").locator(".ring").get_attribute(one))
            for one in ("cx", "cy")]
    assert [float(one) for one in track.split(",")] == pytest.approx(ring, abs=0.06)


# ---- 4. The small ones ----


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
    for scores, target in (([0.0, 0.0, 0.0], 2), ([6.0, -6.0, 1.5], 1), ([-3.2, 2.2, 0.4], 0)):
        for name, score in zip(softmax.CLASSES, scores):
            slide(page, "softmax", f"score of {name}", score)
        box(page, "softmax").locator("select").select_option(str(target))
        p, gradient = loss.predict([scores])[0], loss.gradient([scores], [target])[0]
        for k, row in enumerate(box(page, "softmax").locator("tbody tr").all()):
            found = [numbers(text)[0] for text in row.locator("td").all_inner_texts()]
            expected = [scores[k], p[k], -math.log(p[k]), float(k == target), gradient[k]]
            assert all(map(close, found, expected)), (found, expected)
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
    first = Network([Dense(1, 1, Random(1)), ReLU()])
    assert len(first.predict([[1.0]])) == 1


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
