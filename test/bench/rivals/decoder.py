"""A plain GPT-2-like decoder of MIDI-GPT's size fills the regions that Continuo filled.

512 wide, 6 layers, 8 heads, learned positions, K/V cache, random weights: what is measured is the
cost of one token after the other, 3.4 tokens a note, for the same notes and the same context.
Prints the time of each fill, and how long the process took to its first.

    python decoder.py --plan PLAN.json --start EPOCH_SECONDS

PLAN.json is {"contexts": [100, 512], "regions": [{"notes": [n, n], "shown": [n, n]}, ...]}, with
one number for each context.
"""

import argparse
import json
import time

import torch
import torch.nn.functional as F
from rival import peak_mib, print_samples, take_fastest_threads
from torch import nn

TOKENS_A_NOTE = 3.4
WIDTH, LAYERS, HEADS, VOCABULARY, POSITIONS = 512, 6, 8, 440, 4096
TEMPERATURE = 0.9


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x, keys, values, past):
        """x [1, T, WIDTH]; keys and values [1, HEADS, capacity, WIDTH / HEADS], written in place."""
        count = x.shape[1]
        qkv = self.qkv(self.norm1(x)).view(1, count, 3, HEADS, -1)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        end = past + count
        keys[:, :, past:end], values[:, :, past:end] = key, value
        y = F.scaled_dot_product_attention(
            query, keys[:, :, :end], values[:, :, :end], is_causal=count > 1
        )
        x = x + self.out(y.transpose(1, 2).reshape(1, count, WIDTH))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(POSITIONS, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, VOCABULARY, bias=False)

    def cache(self, capacity):
        shape = (LAYERS, 2, 1, HEADS, capacity, WIDTH // HEADS)
        return torch.empty(shape)

    def forward(self, tokens, cache, past):
        """Logits of the last of `tokens` [1, T], of which the first stands at `past`."""
        places = torch.arange(past, past + tokens.shape[1])
        x = self.tokens(tokens) + self.positions(places)
        for block, (keys, values) in zip(self.blocks, cache):
            x = block(x, keys, values, past)
        return self.head(self.norm(x[:, -1]))


def draw(logits):
    return torch.multinomial(F.softmax(logits / TEMPERATURE, -1), 1)


def fill(model, shown, notes):
    prompt = max(1, round(TOKENS_A_NOTE * shown))
    wanted = max(1, round(TOKENS_A_NOTE * notes))
    cache = model.cache(prompt + wanted)
    token = draw(model(torch.randint(VOCABULARY, (1, prompt)), cache, 0))
    for past in range(prompt, prompt + wanted - 1):
        token = draw(model(token, cache, past))
    return prompt, wanted


def check(model):
    """A cached step gives what a whole pass gives."""
    tokens = torch.randint(VOCABULARY, (1, 20))
    whole = model(tokens, model.cache(20), 0)
    cache = model.cache(20)
    model(tokens[:, :19], cache, 0)
    torch.testing.assert_close(model(tokens[:, 19:], cache, 19), whole, rtol=1e-3, atol=1e-4)


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plan", required=True)
    parser.add_argument("--start", type=float, required=True)
    arguments = parser.parse_args()
    with open(arguments.plan) as file:
        plan = json.load(file)
    torch.manual_seed(1)
    model = Decoder().eval()
    ready_ms = (time.time() - arguments.start) * 1e3
    first = plan["regions"][0]
    fill(model, first["shown"][0], first["notes"][0])
    first_ms = (time.time() - arguments.start) * 1e3
    peak = peak_mib()
    check(model)
    threads = take_fastest_threads(lambda: fill(model, 50, 8))
    for place, context in enumerate(plan["contexts"]):
        samples, tokens = [], 0
        for region in plan["regions"]:
            began = time.perf_counter()
            tokens += sum(fill(model, region["shown"][place], region["notes"][place]))
            samples.append((time.perf_counter() - began) * 1e3)
        print_samples("decoder", "ms", samples, context=context, tokens=tokens)
    # The positions are not counted: MIDI-GPT's are far fewer.
    parameters = sum(p.numel() for p in model.parameters()) - model.positions.weight.numel()
    facts = {"parameters": parameters, "threads": threads, "torch": torch.__version__}
    print_samples("decoder ready", "ms", [ready_ms], **facts)
    print_samples("decoder first fill", "ms", [first_ms], **facts)
    print_samples("decoder memory", "MiB", [peak], **facts)


main()
