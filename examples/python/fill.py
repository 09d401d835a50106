"""Fill bars through Continuo's daemon over HTTP, written from docs/protocol.md; standard library only.

    continuo serve --detach
    python3 fill.py               # continues a small tune by two bars and prints its notes
    python3 fill.py request.json  # any FillRequest
"""
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path


def home() -> Path:
    """The user's folder of Continuo."""
    if os.environ.get("CONTINUO_HOME"):
        return Path(os.environ["CONTINUO_HOME"])
    if sys.platform == "win32":
        return Path(os.environ["APPDATA"]) / "continuo"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "continuo"


def fill(request: dict, attempts: int = 5) -> dict:
    """The FillResult of a FillRequest; tries again while the daemon is busy."""
    url = json.loads((home() / "daemon.json").read_text())["url"]
    headers = {"Authorization": "Bearer " + (home() / "token").read_text().strip()}
    call = urllib.request.Request(url + "/v1/fill", json.dumps(request).encode(), headers)
    for attempt in range(attempts):
        try:
            with urllib.request.urlopen(call) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            error = json.load(refused)["error"]
            if not error["retryable"] or attempt == attempts - 1:
                raise SystemExit(f"error[{error['code']}]: {error['message']}")
            time.sleep(float(refused.headers.get("Retry-After", 1)))
    raise AssertionError("attempts is 0")


PPQ = 480
TUNE = {
    "ppq": PPQ,
    "tracks": [{"id": "tune", "notes": [
        {"startTick": beat * PPQ, "durationTicks": PPQ, "pitch": pitch, "velocity": 80}
        for beat, pitch in enumerate([60, 62, 64, 65, 67, 65, 64, 62])]}],
    "region": {"trackId": "tune", "startTick": 8 * PPQ, "endTick": 16 * PPQ},
    "mode": "continue",
    "sampling": {"seed": 1},
}

if __name__ == "__main__":
    result = fill(json.loads(Path(sys.argv[1]).read_text()) if len(sys.argv) > 1 else TUNE)
    print(f"{result['model']['id']} on {result['device']}, seed {result['seed']}")
    for note in result["candidates"][0]["notes"]:
        print(note["startTick"], note["durationTicks"], note["pitch"], note["velocity"])
