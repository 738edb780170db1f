"""Trains a small network in PyTorch, exports it, and records the scores that PyTorch computes.

    python3 training/pytorch/example.py tests/pytorch

writes `bars.safetensors` and `bars.json`. The network classifies 12x12 images of noisy bars:
across, down or slanted.
"""

import argparse
import json
import pathlib

import torch
from torch import nn

from inkognito_export import Polynomial, export

SIDE = 12
CLASSES = ["across", "down", "slanted"]
# The least-squares polynomial of degree 2 for ReLU on [-2, 2], from which the training starts.
RELU = [0.1875, 0.5, 0.234375]


def bars(count, generator):
    """Returns random images of shape [count, 1, SIDE, SIDE], and their classes."""
    labels = torch.randint(len(CLASSES), (count,), generator=generator)
    offset = torch.rand(count, 1, 1, generator=generator) * SIDE
    row = torch.arange(SIDE).view(1, SIDE, 1).expand(count, SIDE, SIDE)
    column = torch.arange(SIDE).view(1, 1, SIDE).expand(count, SIDE, SIDE)
    position = torch.stack([row, column, row + column])[labels, torch.arange(count)] + offset
    image = torch.where(position % 6 < 2.5, 0.9, 0.1)
    noise = torch.rand(count, SIDE, SIDE, generator=generator) - 0.5
    return (image + 0.4 * noise).clamp(0, 1).unsqueeze(1), labels


def main():
    """Trains, exports, and records scores of six new images."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--steps", type=int, default=300)
    arguments = arguments.parse_args()

    torch.manual_seed(arguments.seed)
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(arguments.seed)
    model = nn.Sequential(
        nn.Conv2d(1, 5, 4, stride=2),
        Polynomial(RELU),
        nn.Flatten(),
        nn.Linear(125, 16),
        Polynomial(RELU),
        nn.Linear(16, len(CLASSES)),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(arguments.steps):
        images, labels = bars(100, generator)
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimiser.step()

    images, labels = bars(2000, generator)
    with torch.no_grad():
        accuracy = (model(images).argmax(1) == labels).float().mean().item()
    print(f"{100 * accuracy:.2f}% of 2000 new images")

    arguments.folder.mkdir(parents=True, exist_ok=True)
    export(model, arguments.folder / "bars.safetensors", name="bars",
           dataset="bars drawn by training/pytorch/example.py", classes=CLASSES, images=images)
    shown = 6
    with torch.no_grad():
        scores = model(images[:shown])
    record = {
        "torch": torch.__version__,
        "seed": arguments.seed,
        "steps": arguments.steps,
        "accuracy": accuracy,
        "images": images[:shown, 0].tolist(),
        "labels": labels[:shown].tolist(),
        "scores": scores.tolist(),
    }
    (arguments.folder / "bars.json").write_text(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
