"""Trains a small transformer encoder on digits cut into 7 x 7 patches of 4 x 4 pixels (a vision transformer).

Pre-norm blocks: LayerNorm, multi-head self-attention, LayerNorm, linear - GELU (erf) - linear, both with residuals.
"""

import math

import numpy as np
import torch

import mnist_digits
import shipping
from train_digits import LABELS, LICENCE, SOURCE

SEED = 13
WIDTH, HEADS, BLOCKS = 64, 4, 3


class SelfAttention(torch.nn.Module):
    """softmax(Q K^T / sqrt(D)) V over (N, T, WIDTH), HEADS heads of D = WIDTH / HEADS."""

    def __init__(self):
        super().__init__()
        self.query = torch.nn.Linear(WIDTH, WIDTH)
        self.key = torch.nn.Linear(WIDTH, WIDTH)
        self.value = torch.nn.Linear(WIDTH, WIDTH)
        self.output = torch.nn.Linear(WIDTH, WIDTH)
        self.softmax = torch.nn.Softmax(dim=-1)

    def forward(self, x):
        def heads(y):
            return y.reshape(-1, 49, HEADS, WIDTH // HEADS).transpose(1, 2)

        scores = heads(self.query(x)) @ heads(self.key(x)).transpose(2, 3) / math.sqrt(WIDTH // HEADS)
        mixed = self.softmax(scores) @ heads(self.value(x))
        return self.output(mixed.transpose(1, 2).reshape(-1, 49, WIDTH))


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = torch.nn.LayerNorm(WIDTH)
        self.attention = SelfAttention()
        self.norm2 = torch.nn.LayerNorm(WIDTH)
        self.expand = torch.nn.Linear(WIDTH, 2 * WIDTH)
        self.gelu = torch.nn.GELU()
        self.shrink = torch.nn.Linear(2 * WIDTH, WIDTH)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.shrink(self.gelu(self.expand(self.norm2(x))))


class DigitTransformer(torch.nn.Module):
    """(N, 1, 28, 28) in [0, 1] to 10 logits."""

    def __init__(self):
        super().__init__()
        self.patches = torch.nn.Conv2d(1, WIDTH, 4, stride=4)
        self.positions = torch.nn.Parameter(0.02 * torch.randn(1, 49, WIDTH))
        self.blocks = torch.nn.Sequential(*[Block() for _ in range(BLOCKS)])
        self.norm = torch.nn.LayerNorm(WIDTH)
        self.classify = torch.nn.Linear(WIDTH, 10)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2) + self.positions
        return self.classify(self.norm(self.blocks(x)).mean(1))


def main():
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    train_x, train_y, test_x, test_y = mnist_digits.load()
    train_x = train_x.astype(np.float32) / 255
    test = torch.from_numpy(test_x.astype(np.float32) / 255)[:, None]

    def batches():
        order = rng.permutation(len(train_x))
        for rows in order.reshape(-1, 80):
            yield torch.from_numpy(mnist_digits.shifted(train_x[rows], rng))[:, None], torch.from_numpy(train_y[rows])

    transformer = DigitTransformer()
    shipping.fit(transformer, batches, epochs=40, steps=len(train_x) // 80, learning_rate=2e-3, weight_decay=0.05)
    share = shipping.accuracy(transformer, test, torch.from_numpy(test_y))
    print(f"digits-transformer: accuracy {share:.4f} on {len(test_y)} held-out digits")
    model = shipping.WithSoftmax(transformer)
    folder = shipping.export(
        model,
        test[:2],
        "digits-transformer",
        "image",
        "probabilities",
        {"image": {0: "N"}, "probabilities": {0: "N"}},
        "Handwritten-digit transformer encoder over 49 patches: image (N, 1, 28, 28) in [0, 1], white ink on black, "
        "to probabilities (N, 10).",
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
    inputs = [test[:1].numpy(), test[1:3].numpy(), test[3:8].numpy()]
    shipping.goldens(folder, inputs)
    shipping.check_goldens(folder, model, inputs)


if __name__ == "__main__":
    main()
