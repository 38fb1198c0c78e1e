"""Trains a multilayer perceptron on the Wisconsin breast cancer table, and writes the rows held out for tests.

The standardization (x - mean) / deviation of the 30 measurements is part of the graph: it takes the raw table.
"""

import numpy as np
import torch
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import shipping

SEED = 5


class TumorMlp(torch.nn.Module):
    """(N, 30) raw measurements to 2 logits, malignant and benign."""

    def __init__(self, mean, deviation):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        self.hidden1 = torch.nn.Linear(30, 64)
        self.hidden2 = torch.nn.Linear(64, 32)
        self.classify = torch.nn.Linear(32, 2)
        self.relu = torch.nn.ReLU()
        self.dropout = torch.nn.Dropout(0.3)

    def forward(self, x):
        x = (x - self.mean) / self.deviation
        x = self.dropout(self.relu(self.hidden1(x)))
        return self.classify(self.dropout(self.relu(self.hidden2(x))))


def main():
    torch.manual_seed(SEED)
    table = load_breast_cancer()
    x, y = table.data.astype(np.float32), table.target.astype(np.int64)
    train_x, test_x, train_y, test_y = train_test_split(x, y, test_size=0.3, random_state=SEED, stratify=y)
    train, answers = torch.from_numpy(train_x), torch.from_numpy(train_y)
    test = torch.from_numpy(test_x)

    def batches():
        for rows in torch.randperm(len(train))[:384].split(32):
            yield train[rows], answers[rows]

    mlp = TumorMlp(train.mean(0), train.std(0))
    shipping.fit(mlp, batches, epochs=60, steps=12, learning_rate=3e-3, weight_decay=0.01)
    share = shipping.accuracy(mlp, test, torch.from_numpy(test_y))
    print(f"breast-cancer: accuracy {share:.4f} on {len(test_y)} held-out rows")
    model = shipping.WithSoftmax(mlp)
    folder = shipping.export(
        model,
        test[:2],
        "breast-cancer",
        "measurements",
        "probabilities",
        {"measurements": {0: "N"}, "probabilities": {0: "N"}},
        "Tabular MLP 30-64-32-2: 30 raw measurements of cell nuclei (N, 30) to probabilities (N, 2), "
        "malignant and benign.",
        {
            "lanewise.labels": "malignant,benign",
            "lanewise.accuracy": f"{share:.4f} of {len(test_y)} held-out rows",
            "lanewise.licence": "model: as Lanewise; data: CC BY 4.0",
            "lanewise.source": "Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning Repository "
            "(Wolberg, Mangasarian, Street, Street), as shipped with scikit-learn",
        },
    )
    inputs = [test_x[:1], test_x[1:6], test_x[6:38]]
    shipping.goldens(folder, inputs)
    shipping.check_goldens(folder, model, inputs)
    write_tables(table.feature_names, test_x, test_y)


def write_tables(names, x, y):
    """The held-out rows with their class, and the first row of each class alone as an input to try."""

    def line(row):
        return ",".join(str(value) for value in row)

    folder = shipping.RESOURCES / "held-out"
    folder.mkdir(exist_ok=True)
    lines = [",".join(["class", *(name.replace(" ", "_") for name in names)])]
    lines += [f"{label},{line(row)}" for row, label in zip(x, y)]
    (folder / "breast-cancer.csv").write_text("\n".join(lines) + "\n")
    tables = shipping.TRAINING.parent / "tables"
    tables.mkdir(exist_ok=True)
    for label, name in enumerate(["malignant", "benign"]):
        (tables / f"tumor-{name}.csv").write_text(line(x[np.flatnonzero(y == label)[0]]) + "\n")


if __name__ == "__main__":
    main()
