"""What the Python scripts here share: repetitions timed, results written as `cargo xtask bench` reads
them (times in milliseconds, sizes in bytes)."""

import json
import statistics
import sys
import time


def clock(work, rounds=15, round_ms=30.0):
    """Times `work`, repeated until a round is long enough for the clock; the first round warms up."""
    times = 1
    while (spent := _run(work, times)) < round_ms:
        times = max(times + 1, int(times * min(10.0, 1.2 * round_ms / (spent + 0.1))))
    samples = [_run(work, times) / times for _ in range(rounds)]
    return summary(samples)


def _run(work, times):
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return 1000 * (time.perf_counter() - begun)


def summary(samples):
    """The least is what the machine can do; the median what it does."""
    return {"median": statistics.median(samples), "least": min(samples), "samples": len(samples)}


def write(path, subject, times, sizes=None, facts=None):
    """Writes a result."""
    result = {"subject": subject, "times": times, "sizes": sizes or {}, "facts": facts or {}}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=2)
        file.write("\n")


def progress(text):
    """Says how far it is, where somebody looks on."""
    print(f"    {text}", file=sys.stderr, flush=True)
