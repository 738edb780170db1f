"""Exports PyTorch networks to the model files that Inkognito evaluates encrypted.

It needs only `torch` and `safetensors`:

    from inkognito_export import Polynomial, export
    model = nn.Sequential(
        nn.Conv2d(1, 32, 7, stride=3), Polynomial([0.1875, 0.5, 0.2344]),
        nn.Flatten(), nn.Linear(2048, 64), Polynomial([0.1875, 0.5, 0.2344]), nn.Linear(64, 10))
    ...  # train it on images [count, 1, height, width] of pixels from 0 (paper) to 1 (ink)
    export(model, "digits.safetensors", name="digits", dataset="MNIST",
           classes=[str(i) for i in range(10)], images=training_images)

crates/network/src/description.rs describes the file format. A network that it cannot hold raises
ValueError.
"""

import json
import math

import torch
from safetensors.torch import save_file
from torch import nn


class Polynomial(nn.Module):
    """Applies c0 + c1 x + c2 x^2 + ... to each value. The coefficients are trained, too."""

    def __init__(self, coefficients):
        """Starts at `coefficients`, the constant first."""
        super().__init__()
        self.coefficients = nn.Parameter(torch.tensor(coefficients, dtype=torch.float32))

    def forward(self, x):
        """Evaluates the polynomial by Horner's rule."""
        result = torch.zeros_like(x)
        for coefficient in reversed(self.coefficients.unbind()):
            result = result * x + coefficient
        return result


def describe(module, largest):
    """Returns a layer's entry in the description, and its tensors by name.

    `largest` is the largest magnitude of its outputs. Raises ValueError for a layer that the
    evaluator does not have.
    """
    if isinstance(module, Polynomial):
        coefficients = [float(c) for c in module.coefficients.detach()]
        return {"kind": "polynomial", "coefficients": coefficients}, {}
    if isinstance(module, nn.Conv2d):
        kernel, stride = module.kernel_size, module.stride
        plain = (module.in_channels == 1 and module.groups == 1 and kernel[0] == kernel[1]
                 and stride[0] == stride[1] and module.padding in (0, (0, 0), "valid")
                 and module.dilation == (1, 1))
        if not plain:
            raise ValueError(
                f"{module}: needs one input channel, a square kernel and stride, and no padding")
        layer = {"kind": "conv2d", "outputs": module.out_channels, "kernel": kernel[0],
                 "stride": stride[0], "range": largest}
        weight = module.weight[:, 0]
    elif isinstance(module, nn.Linear):
        layer = {"kind": "dense", "inputs": module.in_features, "outputs": module.out_features,
                 "range": largest}
        weight = module.weight
    else:
        raise ValueError(f"{module}: only Conv2d, Linear, Polynomial and Flatten can be exported")
    bias = torch.zeros(weight.shape[0]) if module.bias is None else module.bias
    tensors = {"weight": weight, "bias": bias}
    exported = {name: tensor.detach().to("cpu", torch.float32).contiguous()
                for name, tensor in tensors.items()}
    return layer, exported


@torch.no_grad()
def export(model, path, *, name, dataset, classes, images):
    """Writes `model`, an nn.Sequential, to the file `path`.

    `images` has the shape [count, 1, height, width]. The largest values that they cause between
    the layers determine the scales of the encrypted network. Pass all training images: with fewer,
    values may later be too large for the scales.

    Raises ValueError if the network has a layer that the evaluator does not have, or if its outputs
    are not one score for each class.
    """
    layers, tensors, values = [], {}, images
    model.eval()
    for module in model:
        values = module(values)
        if isinstance(module, nn.Flatten):
            if values.dim() != 2:
                raise ValueError(f"{module}: must flatten all values of an image into one row")
            continue
        largest = float(values.abs().max())
        if not (math.isfinite(largest) and largest > 0):
            raise ValueError(f"{module}: its outputs for these images are all zero or not finite")
        layer, named = describe(module, largest)
        tensors |= {f"layers.{len(layers)}.{key}": tensor for key, tensor in named.items()}
        layers.append(layer)
    if values.shape[1:] != (len(classes),):
        raise ValueError(
            f"the last layer returns {list(values.shape[1:])} scores, not {len(classes)}")
    description = {
        "format": 1,
        "name": name,
        "dataset": dataset,
        "input": {"height": images.shape[2], "width": images.shape[3]},
        "layers": layers,
        "classes": list(classes),
    }
    save_file(tensors, path, metadata={"inkognito": json.dumps(description)})
