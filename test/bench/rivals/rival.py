"""What the rivals share: samples as JSON lines like the Rust parts', threads, memory."""

import json
import resource
import sys
import time


def print_samples(name, unit, samples, **facts):
    print(json.dumps({"name": name, "unit": unit, "samples": samples, "facts": facts}), flush=True)


def peak_mib():
    """Peak resident memory in MiB."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
    except OSError:
        # Bytes on macOS, KiB on the BSDs; Linux has the file above.
        scale = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def take_fastest_threads(run):
    """Set PyTorch to one thread or to all cores, whichever runs `run` faster here."""
    import torch

    def seconds(threads):
        torch.set_num_threads(threads)
        run()
        began = time.perf_counter()
        run()
        return time.perf_counter() - began

    counts = sorted({1, torch.get_num_threads()})
    fastest = min(counts, key=seconds)
    torch.set_num_threads(fastest)
    return fastest
