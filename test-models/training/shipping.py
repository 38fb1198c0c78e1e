"""Turns a trained torch module into what the project ships: model.onnx, model.properties and golden test sets."""

import pathlib
import re
import subprocess

import numpy as np
import onnx
import torch
from onnx import numpy_helper

TRAINING = pathlib.Path(__file__).parent
RESOURCES = TRAINING.parent / "src" / "main" / "resources" / "org" / "lanewise" / "testmodels"
OPSET = 17


def export(module, example, name, input_name, output_name, dynamic_axes, description, properties):
    """Writes RESOURCES/name/model.onnx and model.properties; returns the folder.

    The properties go into the ONNX metadata_props under the same keys, so that the file alone says how it is used.
    """
    folder = RESOURCES / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    torch.onnx.export(
        module.eval(),
        example,
        str(path),
        opset_version=OPSET,
        input_names=[input_name],
        output_names=[output_name],
        dynamic_axes=dynamic_axes,
        # EVAL would fold batch normalization into the convolutions; the shipped graphs keep it for our own passes.
        training=torch.onnx.TrainingMode.PRESERVE,
    )
    model = onnx.load(str(path))
    _name_values(model.graph)
    model.graph.name = name.replace("-", "_")
    model.graph.doc_string = description
    model.doc_string = description
    model.producer_name = "lanewise test-models"
    model.producer_version = "1"
    onnx.helper.set_model_props(model, properties)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))
    lines = [f"# Written by training/train_{name.replace('-', '_')}.py, as are the metadata_props of model.onnx."]
    entries = {"description": description, "resource": "model.onnx", **properties}
    lines += [f"{key}={value}" for key, value in entries.items()]
    (folder / "model.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")
    weights = sum(int(np.prod(w.dims)) for w in model.graph.initializer)
    print(f"{name}: {path.stat().st_size} bytes, {weights} weights, {len(model.graph.node)} nodes")
    return folder


def _name_values(graph):
    """Gives the values that the exporter numbered the name of the node they belong to, and drops stack traces."""
    renamed = {}
    for node in graph.node:
        node.doc_string = ""
        node.name = _plain(node.name)
        for position, value in enumerate(node.input):
            if re.match(r"^onnx::", value):
                module = node.name.removesuffix("." + node.op_type)
                renamed.setdefault(value, f"{module}.{_role(node.op_type, position)}")
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [renamed.get(value, _plain(value)) for value in names]
    for initializer in graph.initializer:
        initializer.name = renamed.get(initializer.name, _plain(initializer.name))
    del graph.value_info[:]


def _plain(name):
    """The exporter's /logits/blocks/blocks.0/gelu/Erf_output_0 as blocks.0.gelu.Erf_output_0."""
    dotted = re.sub(r"^logits\.", "", name.strip("/").replace("/", "."))
    return re.sub(r"\b(\w+)\.\1\.", r"\1.", dotted)


def _role(op_type, position):
    roles = {"LSTM": ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c"], "MatMul": ["A", "weight"]}
    known = roles.get(op_type, [])
    return known[position] if position < len(known) else f"input{position}"


def goldens(folder, inputs):
    """Writes test_data_set_K/input_0.pb of each input and lets ONNX Runtime compute output_0.pb."""
    for k, array in enumerate(inputs):
        data_set = folder / f"test_data_set_{k}"
        data_set.mkdir(exist_ok=True)
        name = onnx.load(str(folder / "model.onnx")).graph.input[0].name
        tensor = numpy_helper.from_array(np.ascontiguousarray(array), name)
        (data_set / "input_0.pb").write_bytes(tensor.SerializeToString())
    subprocess.run(["node", str(TRAINING / "goldens.js"), str(folder)], check=True)


def golden_output(folder, k):
    """The output that ONNX Runtime computed for test set k."""
    tensor = onnx.TensorProto()
    tensor.ParseFromString((folder / f"test_data_set_{k}" / "output_0.pb").read_bytes())
    return numpy_helper.to_array(tensor)


def check_goldens(folder, module, inputs):
    """Fails unless ONNX Runtime's answers agree with the torch module that was exported."""
    with torch.no_grad():
        for k, array in enumerate(inputs):
            expected = module.eval()(torch.from_numpy(array)).numpy()
            np.testing.assert_allclose(golden_output(folder, k), expected, rtol=1e-3, atol=1e-5)


def fit(module, batches, epochs, steps, learning_rate, weight_decay=1e-4):
    """Trains with AdamW and a one-cycle rate; batches() yields (x, y) for one epoch. The module answers logits."""
    optimizer = torch.optim.AdamW(module.parameters(), lr=learning_rate, weight_decay=weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=epochs * steps)
    for epoch in range(epochs):
        module.train()
        total = 0.0
        for x, y in batches():
            loss = torch.nn.functional.cross_entropy(module(x), y)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}/{epochs}: loss {total / steps:.4f}", flush=True)


def accuracy(module, x, y):
    """Share of the rows of x whose largest output is at y."""
    with torch.no_grad():
        answers = torch.cat([module.eval()(part).argmax(1) for part in x.split(500)])
    return (answers == y).float().mean().item()


class WithSoftmax(torch.nn.Module):
    """The trained module with its logits turned into probabilities."""

    def __init__(self, logits):
        super().__init__()
        self.logits = logits
        self.softmax = torch.nn.Softmax(dim=1)

    def forward(self, x):
        return self.softmax(self.logits(x))
