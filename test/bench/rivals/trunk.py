"""The prompt and the decode step of a trunk of infill-s's shape, in plain PyTorch.

    python trunk.py --prompt 512 --length 160 --samples 20
"""

import argparse
import time

import torch
import torch.nn.functional as F
from rival import print_samples, take_fastest_threads

WIDTH, LAYERS, HEADS, INNER = 256, 6, 4, 1024
BURST = 10


def weights():
    def matrix(inputs, outputs):
        return torch.randn(inputs, outputs) / inputs**0.5

    return [
        {
            "norm1": torch.ones(WIDTH),
            "qkv": matrix(WIDTH, 3 * WIDTH),
            "out": matrix(WIDTH, WIDTH),
            "norm2": torch.ones(WIDTH),
            "up": matrix(WIDTH, INNER),
            "down": matrix(INNER, WIDTH),
        }
        for _ in range(LAYERS)
    ]


def rotate(x, cos, sin):
    first, second = x.chunk(2, -1)
    return torch.cat((first * cos - second * sin, first * sin + second * cos), -1)


def run(layers, x, cos, sin, cache, past):
    """x [T, WIDTH], cos and sin [T, 32], cache [LAYERS, 2, HEADS, capacity, 64]."""
    count, end = len(x), past + len(x)
    for layer, (keys, values) in zip(layers, cache):
        qkv = F.rms_norm(x, (WIDTH,), layer["norm1"], 1e-5) @ layer["qkv"]
        query, key, value = qkv.view(count, 3, HEADS, -1).permute(1, 2, 0, 3)
        keys[:, past:end], values[:, past:end] = rotate(key, cos, sin), value
        query = rotate(query, cos, sin)[None]
        y = F.scaled_dot_product_attention(
            query, keys[None, :, :end], values[None, :, :end], is_causal=count > 1
        )
        x = x + y[0].transpose(0, 1).reshape(count, WIDTH) @ layer["out"]
        hidden = F.relu(F.rms_norm(x, (WIDTH,), layer["norm2"], 1e-5) @ layer["up"])
        x = x + hidden.square() @ layer["down"]
    return x


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--length", type=int, default=160)
    parser.add_argument("--samples", type=int, default=20)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    layers = weights()
    capacity = max(arguments.prompt, arguments.length + BURST)
    cache = torch.zeros(LAYERS, 2, HEADS, capacity, WIDTH // HEADS)
    x = torch.randn(capacity, WIDTH) * 0.1
    angle = torch.rand(capacity, WIDTH // HEADS // 2)
    cos, sin = angle.cos(), angle.sin()
    whole = run(layers, x[:20], cos[:20], sin[:20], cache, 0)[19]
    step = run(layers, x[19:20], cos[19:20], sin[19:20], cache, 19)[0]
    torch.testing.assert_close(step, whole, rtol=1e-3, atol=1e-4)

    def time_prompt():
        count = arguments.prompt
        run(layers, x[:count], cos[:count], sin[:count], cache, 0)

    def time_steps():
        for past in range(arguments.length, arguments.length + BURST):
            at = slice(past, past + 1)
            run(layers, x[at], cos[at], sin[at], cache, past)

    for name, timed, count in (("prompt", time_prompt, 1), ("step", time_steps, BURST)):
        threads = take_fastest_threads(timed)
        samples = []
        for _ in range(arguments.samples):
            began = time.perf_counter()
            timed()
            samples.append((time.perf_counter() - began) * 1e3 / count)
        print_samples(name, "ms", samples, threads=threads)


main()
