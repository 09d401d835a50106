"""symusic reads every MIDI file under a folder into notes, on one thread.

    python parse.py --data FOLDER --repeats 5
"""

import argparse
import time
from pathlib import Path

import symusic
from rival import print_samples


def parse_all(paths):
    """Only what Continuo does too: read the file, parse it, pair its notes."""
    notes = 0
    began = time.perf_counter()
    for path in paths:
        notes += symusic.Score(path).note_num()
    return notes, (time.perf_counter() - began) * 1e3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    found = sorted(Path(arguments.data).rglob("*"))
    paths = [str(path) for path in found if path.suffix.lower() in (".mid", ".midi")]
    size = sum(Path(path).stat().st_size for path in paths)
    expected, _ = parse_all(paths)
    samples = []
    for _ in range(arguments.repeats):
        notes, milliseconds = parse_all(paths)
        assert notes == expected, "two passes found different notes"
        samples.append(milliseconds)
    facts = {"files": len(paths), "bytes": size, "notes": expected}
    print_samples("parse", "ms", samples, symusic=symusic.__version__, **facts)


main()
