"""python3 predict_keras.py MODEL GOLDEN.npz INPUT…: what a network in a .keras or .h5 makes of arrays, as JSON: h5py reads it, NumPy computes it.

Layers as Keras documents them, one function each; nothing of the service's is in here.
"""
import io
import json
import sys
import zipfile

import h5py
import numpy as np


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def read(path):
    """The description, and each layer's tensors by its name."""
    if path.endswith(".keras"):
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
            weights = h5py.File(io.BytesIO(archive.read("model.weights.h5")), "r")
        groups = [group["vars"] for group in weights["layers"].values()]
        return config, {text(g.attrs["name"]): [g[str(i)][()] for i in range(len(g))] for g in groups}
    file = h5py.File(path, "r")
    weights = file["model_weights"]
    names = [text(n) for n in weights.attrs["layer_names"]]
    return json.loads(text(file.attrs["model_config"])), {n: [weights[n][text(w)][()] for w in weights[n].attrs["weight_names"]] for n in names}


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


ACTIVATIONS = {
    "linear": lambda x: x, "relu": lambda x: np.maximum(x, 0), "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "softmax": softmax,
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
}


def windows(x, size, strides, padding, fill):
    """Patches [n, rows, columns, height, width, channels]."""
    if padding == "same":
        missing = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(x.shape[1:3], size, strides)]
        x = np.pad(x, [(0, 0)] + [(m // 2, m - m // 2) for m in missing] + [(0, 0)], constant_values=fill)
    patches = np.lib.stride_tricks.sliding_window_view(x, tuple(size), (1, 2))[:, :: strides[0], :: strides[1]]
    return patches.transpose(0, 1, 2, 4, 5, 3)


def apply(kind, config, tensors, inputs):
    x = inputs[0]
    if kind == "Dense":
        x = x @ tensors[0] + (tensors[1] if config.get("use_bias", True) else 0)
    elif kind == "Conv2D":
        x = np.tensordot(windows(x, config["kernel_size"], config["strides"], config["padding"], 0), tensors[0], 3) + (tensors[1] if config.get("use_bias", True) else 0)
    elif kind == "MaxPooling2D":
        return windows(x, config["pool_size"], config["strides"] or config["pool_size"], config["padding"], -np.inf).max((3, 4))
    elif kind == "BatchNormalization":
        gamma, beta, mean, variance = tensors
        return (x - mean) / np.sqrt(variance + config["epsilon"]) * gamma + beta
    elif kind == "Flatten":
        return x.reshape(len(x), -1)
    elif kind == "Reshape":
        return x.reshape(len(x), *config["target_shape"])
    elif kind == "Concatenate":
        return np.concatenate(inputs, config["axis"])
    elif kind == "Add":
        return sum(inputs)
    elif kind == "Dropout":
        return x
    elif kind not in ("Activation", "ReLU"):
        sys.exit(f"no {kind} in here")
    return ACTIVATIONS["relu" if kind == "ReLU" else config.get("activation", "linear")](x)


def calls(node):
    """[(layer, call)] that a call takes its inputs from, in both versions' forms."""
    if isinstance(node, list):
        return [(entry[0], entry[1]) for entry in node]
    found = []

    def visit(value):
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            found.append(tuple(value["config"]["keras_history"][:2]))
        elif isinstance(value, (list, tuple)):
            for item in value:
                visit(item)

    visit(node["args"])
    return found


def predict(description, weights, inputs):
    layers = description["config"]["layers"]
    if description["class_name"] == "Sequential":
        x = inputs[0]
        for layer in layers:
            if layer["class_name"] != "InputLayer":
                x = apply(layer["class_name"], layer["config"], weights.get(layer["config"]["name"]), [x])
        return [x]
    values = {(name, 0): x for (name, _, _), x in zip(description["config"]["input_layers"], inputs)}
    waiting = [(layer, i, calls(node)) for layer in layers for i, node in enumerate(layer["inbound_nodes"])]
    while waiting:
        ready = [w for w in waiting if all(c in values for c in w[2])]
        for layer, i, sources in ready:
            values[layer["config"]["name"], i] = apply(layer["class_name"], layer["config"], weights.get(layer["config"]["name"]), [values[s] for s in sources])
        waiting = [w for w in waiting if w not in ready]
        if not ready:
            sys.exit("the graph goes round in a circle")
    return [values[name, call] for name, call, _ in description["config"]["output_layers"]]


golden = np.load(sys.argv[2])
outputs = predict(*read(sys.argv[1]), [golden[name].astype("float64") for name in sys.argv[3:]])
print(json.dumps({"outputs": [{"data": np.asarray(o).ravel().tolist()} for o in outputs]}))
