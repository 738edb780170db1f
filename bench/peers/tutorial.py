"""Writes the network of TenSEAL's tutorial ("Encrypted Convolution on MNIST") as a model file of
this project, so that both run the same weights: convolution 7x7, stride 3, 4 channels; square;
dense 64; square; dense 10. The weights are random, as large as before training: no library's time
depends on them.

    python bench/peers/tutorial.py MODEL.safetensors

Needs numpy. Other scripts import `read`, `image` and `layers` from here."""

import json
import struct
import sys

import numpy as np

SIDE, KERNEL, STRIDE, CHANNELS, HIDDEN, CLASSES = 28, 7, 3, 4, 64, 10
WINDOWS = ((SIDE - KERNEL) // STRIDE + 1) ** 2


def image(seed=0):
    """Returns a grey image of soft spots, with pixels from 0 to 1."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    centres = random.uniform(6, 22, size=(8, 2))
    spots = [np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 8.0) for y, x in centres]
    return np.clip(sum(spots), 0.0, 1.0)


def windows(pixels):
    """Returns the windows of the convolution as rows: windows and their pixels, both row by row."""
    steps = range(0, SIDE - KERNEL + 1, STRIDE)
    return np.array([pixels[y : y + KERNEL, x : x + KERNEL].ravel() for y in steps for x in steps])


def layers(tensors, pixels):
    """Computes the output of each linear layer for an image, unencrypted."""
    kernels = tensors["layers.0.weight"].reshape(CHANNELS, -1)
    conv = windows(pixels) @ kernels.T + tensors["layers.0.bias"]
    hidden = tensors["layers.2.weight"] @ (conv.T.ravel() ** 2) + tensors["layers.2.bias"]
    scores = tensors["layers.4.weight"] @ hidden**2 + tensors["layers.4.bias"]
    return conv, hidden, scores


def random_weights():
    """Returns uniform weights, at most one over the square root of the number of inputs."""
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
    """Writes the model file: the description of the network, and its tensors as safetensors."""
    outputs = zip(*(layers(tensors, image(seed)) for seed in range(100)))
    ranges = [max(float(np.abs(output).max()) for output in layer) for layer in outputs]
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
            {
                "kind": "dense",
                "inputs": CHANNELS * WINDOWS,
                "outputs": HIDDEN,
                "range": ranges[1],
            },
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
    tensors = {}
    for name, entry in header.items():
        tensor = np.frombuffer(data[slice(*entry["data_offsets"])], "<f4")
        tensors[name] = tensor.reshape(entry["shape"]).astype(float)
    return tensors


if __name__ == "__main__":
    write(sys.argv[1], random_weights())
