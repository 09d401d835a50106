"""PyTorch trains a model of infill-s's shapes on the batches of continuo-bench train.

The first weights and the batches are those that the trainer had, so the first loss must be the same
number. All shards of an update go through as one batch, on all cores.

    python training.py --dump FOLDER --warm-up 2 --nats-per-note 10.63
"""

import argparse
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from rival import peak_mib, print_samples, take_fastest_threads
from safetensors.torch import load_file

HEADS = 4
NAMES = ["bar", "position", "pitch", "duration", "velocity"]
FIELDS = NAMES[:4]
VELOCITIES = 16
RATE, DECAY, CLIP = 1.5e-3, 0.05, 1.0


class Batch:
    """Arrays of one update."""

    def __init__(self, path):
        self.arrays = load_file(path)
        self.lengths = self["lengths"].tolist()
        self.steps = sum(self.lengths)
        self.notes = int(self["notes"])
        self.cos, self.sin = (part[:, None] for part in self["rotary"].chunk(2, -1))
        self.experts = {}
        for name in NAMES:
            begins = self[f"{name}.experts.starts"]
            rows = torch.repeat_interleave(torch.arange(len(begins) - 1), begins.diff())
            self.experts[name] = rows

    def __getitem__(self, name):
        return self.arrays[name]


def sum_rows(table, batch, name):
    """Rows of `table` summed by the sparse rows of `name`."""
    return F.embedding_bag(
        batch[f"{name}.indices"],
        table,
        batch[f"{name}.starts"],
        mode="sum",
        per_sample_weights=batch[f"{name}.values"],
        include_last_offset=True,
    )


def rotate(x, cos, sin):
    first, second = x.chunk(2, -1)
    return torch.cat((first * cos - second * sin, first * sin + second * cos), -1)


def attend(qkv, batch, width):
    """Causal attention window by window, which is faster here than one padded table of them."""
    query, key, value = qkv.view(batch.steps, 3, HEADS, -1).unbind(1)
    query, key = rotate(query, batch.cos, batch.sin), rotate(key, batch.cos, batch.sin)
    windows = zip(*(x.transpose(0, 1).split(batch.lengths, 1) for x in (query, key, value)))
    parts = [
        F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]
        for q, k, v in windows
    ]
    return torch.cat(parts, 1).transpose(0, 1).reshape(batch.steps, width)


def trunk(w, batch, layers):
    x = sum_rows(w["embed"], batch, "embedding")
    width = x.shape[1]
    for i in range(layers):
        p = f"layers.{i}."
        qkv = F.rms_norm(x, (width,), w[p + "norm1"], 1e-5) @ w[p + "qkv"]
        x = x + attend(qkv, batch, width) @ w[p + "out"]
        hidden = F.relu(F.rms_norm(x, (width,), w[p + "norm2"], 1e-5) @ w[p + "up"])
        x = x + hidden.square() @ w[p + "down"]
    return F.rms_norm(x, (width,), w["norm"], 1e-5)


def losses(w, batch, layers):
    """Summed cross-entropy of all heads, in nats."""
    state = trunk(w, batch, layers).index_select(0, batch["queries"])
    width, total = state.shape[1], 0.0
    for place, name in enumerate(NAMES):
        if place > 0:
            before = FIELDS[place - 1]
            state = state + F.embedding(batch["fields"][:, place - 1], w[f"fields.{before}"])
        p = f"heads.{name}."
        z = state.index_select(0, batch[f"{name}.query"])
        z = z + sum_rows(w[p + "features"], batch, f"{name}.features")
        z = F.rms_norm(z, (width,), w[p + "norm"], 1e-5)
        z = F.relu(torch.addmm(w[p + "hidden_bias"], z, w[p + "hidden"])).square()
        out = torch.addmm(w[p + "output_bias"], z, w[p + "output"])
        classes = w[f"fields.{name}"].shape[0] if name in FIELDS else VELOCITIES
        logits = mix(out, batch, name, classes)
        total = total + F.cross_entropy(logits, batch[f"{name}.class"], reduction="sum")
    return total


def mix(out, batch, name, classes):
    """Experts, each times its gate, are added to the logits."""
    rows, flat = batch.experts[name], batch[f"{name}.experts.indices"]
    gates = out[rows, classes + flat // classes] * batch[f"{name}.experts.values"]
    return out[:, :classes].index_put((rows, flat % classes), gates, accumulate=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dump", required=True)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--nats-per-note", type=float, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_flush_denormal(True)
    folder = Path(arguments.dump)
    w = {k: v.requires_grad_() for k, v in load_file(folder / "weights.safetensors").items()}
    layers = sum(name.endswith(".qkv") for name in w)
    batches = [Batch(path) for path in sorted(folder.glob("update-*.safetensors"))]
    with torch.no_grad():
        found = float(losses(w, batches[0], layers)) / batches[0].notes
    expected = arguments.nats_per_note
    assert abs(found - expected) < 1e-3 * expected, f"{found} nats a note, expected {expected}"
    plain = ("embed", "fields", "norm", "bias", "features")
    decayed = [v for k, v in w.items() if not any(part in k for part in plain)]
    rest = [v for k, v in w.items() if any(part in k for part in plain)]
    groups = [{"params": decayed, "weight_decay": DECAY}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=RATE / 200, betas=(0.9, 0.95), fused=True)

    def first_gradient():
        (losses(w, batches[0], layers) / batches[0].notes).backward()

    threads = take_fastest_threads(first_gradient)
    samples = []
    for batch in batches:
        began = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        (losses(w, batch, layers) / batch.notes).backward()
        torch.nn.utils.clip_grad_norm_(w.values(), CLIP)
        optimizer.step()
        samples.append(batch.steps / (time.perf_counter() - began))
    parameters = sum(v.numel() for v in w.values())
    facts = {"parameters": parameters, "peakMib": peak_mib(), "threads": threads}
    print_samples("train", "steps/s", samples[arguments.warm_up :], natsPerNote=found, **facts)


main()
