"""TenSEAL (PyPI) on its tutorial network, one thread: its own parameters and its own way.

    python bench/peers/tenseal_network.py MODEL.safetensors RESULT.json

Reads the weights from the model file that this project's circuit is timed on, too, and checks every
decrypted answer against the plain network."""

import sys
import time

import numpy as np
import tenseal as ts

import tutorial
from measure import progress, summary, write

ROUNDS = 7
DEGREE, MODULI, SCALE = 8192, [31, 26, 26, 26, 26, 26, 26, 31], 2**26


def clock(samples, work):
    begun = time.perf_counter()
    result = work()
    samples.append(1000 * (time.perf_counter() - begun))
    return result


def make_context():
    context = ts.context(ts.SCHEME_TYPE.CKKS, DEGREE, coeff_mod_bit_sizes=MODULI, n_threads=1)
    context.global_scale = SCALE
    context.generate_galois_keys()
    return context


def evaluate(encrypted, count, weights):
    """The tutorial's forward pass."""
    kernels, conv_bias, fc1_weight, fc1_bias, fc2_weight, fc2_bias = weights
    channels = [encrypted.conv2d_im2col(kernel, count) + bias for kernel, bias in zip(kernels, conv_bias)]
    packed = ts.CKKSVector.pack_vectors(channels)
    packed.square_()
    packed = packed.mm(fc1_weight) + fc1_bias
    packed.square_()
    return packed.mm(fc2_weight) + fc2_bias


def main(model, out):
    tensors = tutorial.read(model)
    weights = (
        tensors["layers.0.weight"].tolist(),
        tensors["layers.0.bias"].tolist(),
        tensors["layers.2.weight"].T.tolist(),
        tensors["layers.2.bias"].tolist(),
        tensors["layers.4.weight"].T.tolist(),
        tensors["layers.4.bias"].tolist(),
    )
    names = ["keys", "encrypt", "inference", "decrypt"]
    times = {name: [] for name in names}
    for _ in range(3):
        context = clock(times["keys"], make_context)
    worst = 0.0
    # the first round warms up
    for index in range(ROUNDS + 1):
        pixels = tutorial.image(index)
        rounds = {name: [] for name in names}
        encrypted, count = clock(
            rounds["encrypt"],
            lambda: ts.im2col_encoding(context, pixels.tolist(), tutorial.KERNEL, tutorial.KERNEL, tutorial.STRIDE),
        )
        result = clock(rounds["inference"], lambda: evaluate(encrypted, count, weights))
        scores = np.array(clock(rounds["decrypt"], result.decrypt))
        plain = tutorial.layers(tensors, pixels)[2]
        worst = max(worst, float(np.abs(scores - plain).max() / max(1.0, np.abs(plain).max())))
        if index > 0:
            for name in names:
                times[name] += rounds[name]
        progress(f"TenSEAL: image {index + 1} of {ROUNDS + 1}, {rounds['inference'][0]:.0f} ms")
    if worst > 0.05:
        raise SystemExit(f"TenSEAL's answers are off by {worst}")
    keys = context.serialize(save_public_key=False, save_secret_key=False, save_galois_keys=True, save_relin_keys=True)
    write(
        out,
        f"TenSEAL {ts.__version__}",
        {name: summary(samples) for name, samples in times.items()},
        {"keys": len(keys), "drawing": len(encrypted.serialize())},
        {"largest relative error of a score": worst},
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
