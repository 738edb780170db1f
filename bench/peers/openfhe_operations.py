"""OpenFHE (PyPI): the operations under the names that the project's own bench gives them, one thread
(set OMP_NUM_THREADS=1).

    python bench/peers/openfhe_operations.py RESULT.json

N = 8192 and five levels of 26 bits, hybrid key switching in three digits, as in the project's default set.
OpenFHE computes in words of 64 bits and takes a special prime of 60: 218 bits in all, for which it would
itself go to N = 16384. To have it do the same work, its check of security is switched off here."""

import math
import sys
from importlib.metadata import version

import openfhe as fhe

from measure import clock, progress, write

DEGREE, LEVELS, SCALE_BITS, FIRST_BITS, DIGITS = 8192, 5, 26, 28, 3


def main(out):
    parameters = fhe.CCParamsCKKSRNS()
    parameters.SetRingDim(DEGREE)
    parameters.SetMultiplicativeDepth(LEVELS)
    parameters.SetScalingModSize(SCALE_BITS)
    parameters.SetFirstModSize(FIRST_BITS)
    parameters.SetScalingTechnique(fhe.ScalingTechnique.FIXEDMANUAL)
    parameters.SetSecurityLevel(fhe.SecurityLevel.HEStd_NotSet)
    parameters.SetSecretKeyDist(fhe.SecretKeyDist.UNIFORM_TERNARY)
    parameters.SetKeySwitchTechnique(fhe.KeySwitchTechnique.HYBRID)
    parameters.SetNumLargeDigits(DIGITS)
    parameters.SetBatchSize(DEGREE // 2)
    context = fhe.GenCryptoContext(parameters)
    for feature in (fhe.PKESchemeFeature.PKE, fhe.PKESchemeFeature.KEYSWITCH, fhe.PKESchemeFeature.LEVELEDSHE):
        context.Enable(feature)

    keys = context.KeyGen()
    context.EvalMultKeyGen(keys.secretKey)
    context.EvalRotateKeyGen(keys.secretKey, [1])
    values = [math.sin(index) for index in range(DEGREE // 2)]
    plain = context.MakeCKKSPackedPlaintext(values)
    fresh = context.Encrypt(keys.secretKey, plain)
    product = context.EvalMult(fresh, plain)

    def decrypt():
        read = context.Decrypt(fresh, keys.secretKey)
        read.SetLength(DEGREE // 2)
        return read.GetRealPackedValue()

    # What is timed must also be right.
    rotated = context.Decrypt(context.EvalRotate(fresh, 1), keys.secretKey)
    rotated.SetLength(DEGREE // 2)
    if abs(rotated.GetRealPackedValue()[0] - values[1]) > 1e-2:
        raise SystemExit("OpenFHE's rotation went wrong")

    fresh_steps = iter(range(2, DEGREE // 2))
    operations = {
        "encrypt": lambda: context.Encrypt(keys.secretKey, context.MakeCKKSPackedPlaintext(values)),
        "decrypt": decrypt,
        "rotate": lambda: context.EvalRotate(fresh, 1),
        "multiply_plain": lambda: context.EvalMult(fresh, plain),
        "rescale": lambda: context.Rescale(product),
        "square": lambda: context.Rescale(context.EvalSquare(fresh)),
        # A key that is there is not made again: each time that of another rotation.
        "galois_key": lambda: context.EvalRotateKeyGen(keys.secretKey, [next(fresh_steps)]),
    }
    times = {}
    for name, operation in operations.items():
        times[name] = clock(operation)
        progress(f"OpenFHE: {name}, {times[name]['median']:.3f} ms")
    write(out, f"OpenFHE {version('openfhe')}", times)


if __name__ == "__main__":
    main(*sys.argv[1:])
