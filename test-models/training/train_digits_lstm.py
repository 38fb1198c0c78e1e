"""Trains an LSTM that reads a digit row by row, from the top.

The sequence has 28 steps for a whole image; blank rows at the top and bottom may be missing (training crops them at
random), so sequences of 20 to 28 rows are in the trained range and any length runs.
"""

import numpy as np
import torch

import mnist_digits
import shipping
from train_digits import LABELS, LICENCE, SOURCE

SEED = 11


class RowLstm(torch.nn.Module):
    """(N, T, 28) in [0, 1] to 10 logits: the last hidden state of a single LSTM layer, then a linear layer."""

    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(28, 96, batch_first=True)
        self.classify = torch.nn.Linear(96, 10)

    def forward(self, rows):
        _, (hidden, _) = self.lstm(rows)
        return self.classify(hidden[-1])


def main():
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    train_x, train_y, test_x, test_y = mnist_digits.load()
    train_x = train_x.astype(np.float32) / 255
    test = torch.from_numpy(test_x.astype(np.float32) / 255)

    def batches():
        order = rng.permutation(len(train_x))
        for rows in order.reshape(-1, 80):
            top, bottom = rng.integers(0, 5, 2)
            images = mnist_digits.shifted(train_x[rows], rng) if rng.random() < 0.5 else train_x[rows]
            yield torch.from_numpy(images[:, top : 28 - bottom].copy()), torch.from_numpy(train_y[rows])

    lstm = RowLstm()
    shipping.fit(lstm, batches, epochs=25, steps=len(train_x) // 80, learning_rate=6e-3)
    share = shipping.accuracy(lstm, test, torch.from_numpy(test_y))
    cropped = shipping.accuracy(lstm, test[:, 3:25], torch.from_numpy(test_y))
    print(f"digits-lstm: accuracy {share:.4f} on {len(test_y)} held-out digits of 28 rows, {cropped:.4f} of 22 rows")
    model = shipping.WithSoftmax(lstm)
    folder = shipping.export(
        model,
        test[:2],
        "digits-lstm",
        "rows",
        "probabilities",
        {"rows": {0: "N", 1: "T"}, "probabilities": {0: "N"}},
        "Handwritten-digit LSTM: rows of an image from top to bottom (N, T, 28) in [0, 1], white ink on black, "
        "T = 28 for a whole image, to probabilities (N, 10).",
        {
            "lanewise.image.layout": "NHW",
            "lanewise.image.size": "28x28",
            "lanewise.image.color": "gray",
            "lanewise.image.range": "0..1",
            "lanewise.labels": LABELS,
            "lanewise.accuracy": f"{share:.4f} of {len(test_y)} held-out digits (28 rows), {cropped:.4f} (22 rows)",
            "lanewise.licence": LICENCE,
            "lanewise.source": SOURCE,
        },
    )
    inputs = [test[:1].numpy(), test[1:4, 3:25].numpy(), test[4:9, 1:27].numpy()]
    shipping.goldens(folder, inputs)
    shipping.check_goldens(folder, model, inputs)


if __name__ == "__main__":
    main()
