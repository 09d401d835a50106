"""PyTorch trains Howl's LSTM-192 on the batch and from the weights of continuo-bench recurrent-train.

    python training_recurrent.py --dump FOLDER --updates 8 --loss 7.9
"""

import argparse
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from rival import peak_mib, print_samples, take_fastest_threads
from safetensors.torch import load_file

WARM_UP = 2
DROPOUT = 0.01
# Ours are input, output, forget, cell; PyTorch's input, forget, cell, output.
GATES = [0, 2, 3, 1]


def lstm_from(w):
    inputs, gates = w["cells.0.input"].shape
    width = gates // 4
    lstm = torch.nn.LSTM(inputs, width)
    ordered = lambda t: torch.cat([t.chunk(4, -1)[gate] for gate in GATES], -1)
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(ordered(w["cells.0.input"]).T)
        lstm.weight_hh_l0.copy_(ordered(w["cells.0.recurrent"]).T)
        lstm.bias_ih_l0.copy_(ordered(w["cells.0.bias"]))
        lstm.bias_hh_l0.zero_()
    return lstm


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dump", required=True)
    parser.add_argument("--updates", type=int, default=8)
    parser.add_argument("--loss", type=float, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_flush_denormal(True)
    folder = Path(arguments.dump)
    w, batch = load_file(folder / "weights.safetensors"), load_file(folder / "batch.safetensors")
    lstm = lstm_from(w)
    rest = {k: v.requires_grad_() for k, v in w.items() if not k.startswith("cells")}
    parameters = [*lstm.parameters(), *rest.values()]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
    x = torch.cat((batch["values"], F.one_hot(batch["classes"], 120).float()), -1)
    targets = batch["targetClasses"].flatten()

    def loss(dropout):
        y, _ = lstm(x)
        z = y
        for i in range(3):
            z = F.selu(z @ rest[f"blocks.{i}.weight"] + rest[f"blocks.{i}.bias"])
            z = F.alpha_dropout(z, DROPOUT, training=dropout)
        both = torch.cat((y, z), -1)
        pitch = both @ rest["pitch.weight"] + rest["pitch.bias"]
        values = 4 * torch.sigmoid(both @ rest["values.weight"] + rest["values.bias"])
        squared = (values - batch["targetValues"]).square().sum(-1).mean()
        return F.cross_entropy(pitch.flatten(0, 1), targets) + squared

    with torch.no_grad():
        found = float(loss(False))
    assert abs(found - arguments.loss) < 1e-3 * found, f"loss {found}, expected {arguments.loss}"
    threads = take_fastest_threads(lambda: loss(True).backward())
    samples = []
    for _ in range(WARM_UP + arguments.updates):
        began = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss(True).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        samples.append(targets.numel() / (time.perf_counter() - began))
    facts = {"peakMib": peak_mib(), "threads": threads}
    print_samples("recurrent-train", "notes/s", samples[WARM_UP:], **facts)


main()
