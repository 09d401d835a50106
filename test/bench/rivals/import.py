"""symusic reads every MIDI file under a folder into notes, on all cores.

    python import.py --data FOLDER --repeats 5
"""

import argparse
import time
from multiprocessing import Pool, cpu_count
from pathlib import Path

import symusic
from rival import print_samples


def count(path):
    return symusic.Score(path).note_num()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    found = sorted(Path(arguments.data).rglob("*"))
    paths = [str(path) for path in found if path.suffix.lower() in (".mid", ".midi")]
    samples = []
    # Processes are started before the clock, since a long import would not notice their start.
    with Pool(cpu_count()) as pool:
        notes = sum(pool.map(count, paths, chunksize=16))
        for _ in range(arguments.repeats):
            began = time.perf_counter()
            assert sum(pool.map(count, paths, chunksize=16)) == notes
            samples.append(len(paths) / (time.perf_counter() - began))
    print_samples("import", "files/s", samples, files=len(paths), notes=notes)


main()
