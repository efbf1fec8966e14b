"""The picture in the README: what a network has learned of three spiral arms.

    python3 benchmarks/picture.py

trains 2-32-32-3 on 300 points and writes benchmarks/spiral.svg: every square of the plane in the
colour of the class that the network gives it, the paler the less sure it is, and the points on top.
"""

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from purenn import Adam, Dense, Network, SoftmaxCrossEntropy, Tanh, accuracy, train
from purenn.data import spiral

SQUARES, SIDE, REACH = 90, 6, 1.15  # squares per row, their side in pixels, the plane is ±REACH
COLOURS = [(221, 85, 64), (38, 128, 170), (236, 178, 46)]


def trained():
    rng = Random(7)
    data = spiral(size=300, classes=3, noise=0.2, rng=rng)
    network = Network([Dense(2, 32, rng), Tanh(), Dense(32, 32, rng), Tanh(), Dense(32, 3, rng)])
    history = train(
        network, data.inputs, data.targets, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.01),
        epochs=150, metrics=[accuracy], rng=rng,
    )
    print(f"{history}, training accuracy {history[-1].metrics['accuracy']:.3f}")
    return network, data


def colour(probabilities):
    """Mix white into the colour of the likeliest class: all white where it has a third."""
    surest = max(range(3), key=lambda k: probabilities[k])
    strength = 0.55 * (probabilities[surest] - 1 / 3) / (2 / 3)
    # Few shades: neighbours then have the same one and are drawn together.
    strength = round(strength * 12) / 12
    mixed = [round(255 + (part - 255) * strength) for part in COLOURS[surest]]
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def row_of_squares(network, row):
    """Yield one rectangle for each run of squares of one colour."""
    y = REACH - (row + 0.5) * 2 * REACH / SQUARES
    xs = [-REACH + (column + 0.5) * 2 * REACH / SQUARES for column in range(SQUARES)]
    scores = network.predict([[x, y] for x in xs])
    colours = [colour(p) for p in SoftmaxCrossEntropy().predict(scores)]
    start = 0
    for column in range(1, SQUARES + 1):
        if column == SQUARES or colours[column] != colours[start]:
            yield (f'<rect x="{start * SIDE}" y="{row * SIDE}" width="{(column - start) * SIDE}" '
                   f'height="{SIDE}" fill="{colours[start]}"/>')
            start = column


def points(data):
    for (x, y), label in zip(data.inputs, data.targets):
        cx, cy = ((REACH + sign * value) / (2 * REACH) * SQUARES * SIDE
                  for value, sign in ((x, 1), (y, -1)))
        fill = "#{:02x}{:02x}{:02x}".format(*COLOURS[label])
        yield f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="4" fill="{fill}"/>'


def main():
    network, data = trained()
    size = SQUARES * SIDE
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
             f'width="{size}" height="{size}" shape-rendering="crispEdges">',
             "<title>Three spiral arms and what a network of 2-32-32-3 made of them</title>"]
    for row in range(SQUARES):
        lines += row_of_squares(network, row)
    lines += ['<g stroke="white" stroke-width="1" shape-rendering="auto">', *points(data), "</g>"]
    path = Path(__file__).with_name("spiral.svg")
    path.write_text("\n".join([*lines, "</svg>", ""]))
    print(f"wrote {path.name}, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
