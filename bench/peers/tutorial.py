"""Writes the network of TenSEAL's tutorial ("Encrypted Convolution on MNIST") as a model file of
this project, so that both evaluate the same weights.

The layers are a convolution 7x7 with stride 3 and 4 channels, a square, dense 64, a square, and
dense 10. The weights are random, as before a training: no library's time depends on them.

    python bench/peers/tutorial.py MODEL.safetensors

It needs numpy. Other scripts import `read` and `image` from here."""

import json
import struct
import sys

import numpy as np

SIDE, KERNEL, STRIDE, CHANNELS, HIDDEN, CLASSES = 28, 7, 3, 4, 64, 10
WINDOWS = ((SIDE - KERNEL) // STRIDE + 1) ** 2


def image(seed=0):
    """Returns a grey image of soft blots, with pixels from 0 to 1."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    blots = [
        np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 8.0)
        for y, x in random.uniform(6, 22, size=(8, 2))
    ]
    return np.clip(sum(blots), 0.0, 1.0)


def windows(pixels):
    """Returns every window as a row, with windows and their pixels in row order."""
    steps = range(0, SIDE - KERNEL + 1, STRIDE)
    return np.array([pixels[y : y + KERNEL, x : x + KERNEL].ravel() for y in steps for x in steps])


def layers(tensors, pixels):
    """Returns the outputs of each linear layer for a plain image."""
    kernels = tensors["layers.0.weight"].reshape(CHANNELS, -1)
    conv = windows(pixels) @ kernels.T + tensors["layers.0.bias"]
    hidden = tensors["layers.2.weight"] @ (conv.T.ravel() ** 2) + tensors["layers.2.bias"]
    scores = tensors["layers.4.weight"] @ hidden**2 + tensors["layers.4.bias"]
    return conv, hidden, scores


def draw():
    """Returns random weights: uniform, up to one over the square root of the inputs."""
    random = np.random.default_rng(1)
    shapes = {
        "layers.0": (CHANNELS, KERNEL, KERNEL),
        "layers.2": (HIDDEN, CHANNELS * WINDOWS),
        "layers.4": (CLASSES, HIDDEN),
    }
    tensors = {}
    for name, shape in shapes.items():
        bound = float(np.prod(shape[1:])) ** -0.5
        tensors[f"{name}.bias"] = random.uniform(-bound, bound, shape[0]).astype(np.float32)
        tensors[f"{name}.weight"] = random.uniform(-bound, bound, shape).astype(np.float32)
    return tensors


def write(path, tensors):
    """Writes the model file: a description, and the tensors as safetensors."""
    outputs = zip(*(layers(tensors, image(seed)) for seed in range(100)))
    ranges = [max(float(np.abs(layer).max()) for layer in each) for each in outputs]
    square = {"kind": "polynomial", "coefficients": [0.0, 0.0, 1.0]}
    description = {
        "format": 1,
        "name": "tutorial",
        "dataset": "none: random weights, for benchmarks",
        "input": {"height": SIDE, "width": SIDE},
        "layers": [
            {
                "kind": "conv2d",
                "outputs": CHANNELS,
                "kernel": KERNEL,
                "stride": STRIDE,
                "range": ranges[0],
            },
            square,
            {"kind": "dense", "inputs": CHANNELS * WINDOWS, "outputs": HIDDEN, "range": ranges[1]},
            square,
            {"kind": "dense", "inputs": HIDDEN, "outputs": CLASSES, "range": ranges[2]},
        ],
        "classes": [str(digit) for digit in range(CLASSES)],
    }
    header, data = {"__metadata__": {"inkognito": json.dumps(description)}}, b""
    for name, tensor in tensors.items():
        encoded = tensor.astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(encoded)],
        }
        data += encoded
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    """Reads the tensors of a model file."""
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    header.pop("__metadata__")

    def tensor(entry):
        values = np.frombuffer(data[slice(*entry["data_offsets"])], "<f4")
        return values.reshape(entry["shape"]).astype(float)

    return {name: tensor(entry) for name, entry in header.items()}


if __name__ == "__main__":
    write(sys.argv[1], draw())
