"""One neuron that learns, then a network that learns, on one page of plain Python.

A neuron multiplies each input by a number of its own (a *weight*), adds the products and one more
number (the *bias*), and puts out the result. To learn is to find good weights and a good bias:
look at how wrong the answers are, and change every number a little in the direction that makes them
less wrong. The *gradient*, the derivative of the error with respect to each number, says where the
error grows; so go the other way. The method is called *gradient descent*.

Run it: `python3 -m purenn.first`. It uses nothing of purenn. After this: `linalg`, where the loops
below become operations on whole matrices.
"""

import math
import random


def learn_a_line(examples, steps=100, learning_rate=0.1):
    """Find weight and bias of one neuron, y = weight · x + bias, by gradient descent."""
    weight = bias = 0.0
    for step in range(steps):
        weight_gradient = bias_gradient = error = 0.0
        for x, target in examples:
            difference = weight * x + bias - target
            error += difference ** 2 / len(examples)
            # The derivative of difference² is 2 · difference, times the derivative of the
            # difference itself: x with respect to the weight, 1 with respect to the bias.
            weight_gradient += 2 * difference * x / len(examples)
            bias_gradient += 2 * difference / len(examples)
        weight -= learning_rate * weight_gradient
        bias -= learning_rate * bias_gradient
        if step % 20 == 0:
            print(f"step {step:4}: error {error:.4f}")
    return weight, bias


def learn_xor(steps=300, learning_rate=0.05, hidden=4, seed=1):
    """Train two inputs → `hidden` neurons → one output on "exactly one of the two is 1".

    No single neuron can do this: its sum is above ½ (nearer to 1) on one side of a straight line in
    the plane of the inputs, and no line separates (0, 1) and (1, 0) from (0, 0) and (1, 1). So a
    few neurons come first, and each sum goes through tanh, whose graph is a curve. Return the
    outputs of the last pass.
    """
    examples = [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)]
    rng = random.Random(seed)
    v = [[2 * rng.random() - 1 for _ in range(3)] for _ in range(hidden)]  # two weights, one bias
    w = [2 * rng.random() - 1 for _ in range(hidden + 1)]  # a weight for each of those, one bias
    for step in range(steps + 1):
        outputs, error = [], 0.0
        for (a, b), target in examples:
            # Forward: each hidden neuron sees both inputs, the output neuron sees all of them.
            h = [math.tanh(row[0] * a + row[1] * b + row[2]) for row in v]
            output = w[-1]
            for k in range(hidden):
                output += w[k] * h[k]
            outputs.append(output)
            error += (output - target) ** 2 / len(examples)
            # Backward, after every single example (so no mean here), by the chain rule: from the
            # error to the output, from there to each h, and through tanh, whose derivative is
            # 1 − tanh², to the sum inside of it. All slopes are known before a number moves.
            slope = 2 * (output - target)  # how much the error grows with the output
            slopes = [slope * w[k] * (1 - h[k] ** 2) for k in range(hidden)]  # with each sum
            # Each number moves against its gradient: the slope of its sum times what it multiplies.
            w[-1] -= learning_rate * slope
            for k in range(hidden):
                w[k] -= learning_rate * slope * h[k]
                v[k][0] -= learning_rate * slopes[k] * a
                v[k][1] -= learning_rate * slopes[k] * b
                v[k][2] -= learning_rate * slopes[k]
        if step % 50 == 0:
            print(f"step {step:4}: error {error:.4f}")
    return outputs


if __name__ == "__main__":
    print("One neuron learns y = 2x + 1 from three examples:")
    print("weight {:.3f}, bias {:.3f}\n".format(*learn_a_line([(0, 1), (1, 3), (2, 5)])))
    print("Five neurons learn XOR:")
    print("outputs for 00, 01, 10, 11:", ", ".join(f"{output:.2f}" for output in learn_xor()))
