/**
 * TensorFlow.js compared with our own network through the real addon, and how it is found.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { checkCompute } from "../../bridge/engine/gradient.ts";
import type { GradientTask } from "../../bridge/engine/gradient-task.ts";
import { AlphaDropout } from "../../bridge/tfjs/dropout.ts";
import { gradientOf } from "../../bridge/tfjs/gradient.ts";
import { loadTfjs } from "../../bridge/tfjs/load.ts";
import { temporaryFolder } from "./support/cli.ts";

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend("cpu");
});

const compute = (task: GradientTask) => gradientOf(tf, task);

describe("losses and gradients", () => {
  test.each(["lstm-16x2", "gru-16x2", "lstm-9", "gru-9x3"])(
    "of %s are those of the CPU's code, for every tensor",
    async (preset) => {
      const { loss, gradient } = await checkCompute(compute, preset);
      expect(loss).toBeLessThan(1e-5);
      expect(gradient).toBeLessThan(1e-4);
    },
  );

  test.each([
    ["cells.1.bias", "gru-8x2"],
    ["cells.0.recurrent_bias", "gru-8x2"],
    ["cells.0.recurrent", "lstm-8"],
    ["blocks.2.weight", "lstm-8"],
  ])("a network that takes no notice of %s is found out", async (name, preset) => {
    const blind = (task: GradientTask) => {
      const { from, to } = rangeOf(task, name);
      task.weights.fill(0, from, to);
      return compute(task);
    };
    expect((await checkCompute(blind, preset)).gradient).toBeGreaterThan(0.02);
  });

  test("nothing of an update stays in memory", async () => {
    await checkCompute(compute, "gru-8x2");
    const before = tf.memory().numTensors;
    await checkCompute(compute, "gru-8x2");
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    [
      "an error",
      () => {
        throw new Error("out of\nmemory");
      },
      "BACKEND_FAILED",
    ],
    [
      "too few values",
      (task: GradientTask) => ({ ...compute(task), gradient: new Float32Array(3) }),
      "BACKEND_FAILED",
    ],
  ])("%s is told and ends the wait", async (_, failing, code) => {
    await expect(checkCompute(failing, "lstm-8")).rejects.toMatchObject({ code });
  });

  test("NaN agrees with nothing", async () => {
    const lost = (task: GradientTask) => {
      const answer = compute(task);
      answer.gradient.fill(Number.NaN);
      return answer;
    };
    expect(await checkCompute(lost, "lstm-8")).toMatchObject({ gradient: null });
  });
});

function rangeOf({ tensors }: GradientTask, name: string): { from: number; to: number } {
  let from = 0;
  for (const tensor of tensors) {
    const to = from + tensor.shape.reduce((product, size) => product * size, 1);
    if (tensor.name === name) return { from, to };
    from = to;
  }
  throw new Error(`no tensor ${name}`);
}

describe("alpha dropout", () => {
  test("takes its share, the same for the same seed, wherever a chunk ends", () => {
    const chunks = (seed: number, sizes: number[]) => {
      const dropout = new AlphaDropout(seed);
      let from = 0;
      return sizes.flatMap((size) => {
        const indices = dropout.draw(size).map((index) => index + from);
        from += size;
        return indices;
      });
    };
    const whole = chunks(4_000_000_000, [300_000]);
    expect(whole.length / 300_000).toBeCloseTo(0.01, 3);
    expect(chunks(4_000_000_000, [1, 99_999, 200_000])).toEqual(whole);
    expect(chunks(5, [300_000])).not.toEqual(whole);
  });

  test("keeps mean and variance of what SELU gives", () => {
    const normal = tf.randomNormal([1000, 256], 0, 1, "float32", 7);
    const { mean, variance } = tf.moments(new AlphaDropout(1).apply(tf, normal));
    expect(mean.dataSync()[0]).toBeCloseTo(0, 1);
    expect(variance.dataSync()[0]).toBeCloseTo(1, 1);
  });
});

describe("which package", () => {
  const real = createRequire(import.meta.url).resolve("@tensorflow/tfjs");

  /** A folder with packages of the given code; the place that they are looked for from. */
  function installed(packages: Record<string, string>): string {
    const folder = temporaryFolder();
    for (const [name, code] of Object.entries(packages)) {
      const path = join(folder, "node_modules", "@tensorflow", name, "index.js");
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, code);
    }
    return join(folder, "package.json");
  }
  const working = `module.exports = require(${JSON.stringify(real)})`;

  test("none: what to install", async () => {
    await expect(loadTfjs([installed({})])).rejects.toMatchObject({
      code: "BACKEND_NOT_INSTALLED",
      message: expect.stringContaining("npm install @tensorflow/tfjs-node"),
    });
  });

  test("the fastest that is anywhere, before a slower one that is nearer", async () => {
    const [near, far] = [installed({ tfjs: working }), installed({ "tfjs-node": working })];
    const { name, broken } = await loadTfjs([near, far]);
    expect(name).toMatch(/^@tensorflow\/tfjs-node 4\.\d+\.\d+ \(cpu\)$/);
    expect(broken).toEqual([]);
  });

  test("one that does not load, and one that loads and does not compute, are passed over and named", async () => {
    const warn = vi.spyOn(console, "warn");
    const folder = installed({
      "tfjs-node-gpu": 'throw new Error("libcudart.so.11.0 is missing\\nand more")',
      "tfjs-node": `module.exports = { ...require(${JSON.stringify(real)}), tidy() { throw new TypeError("no such function") } }`,
      tfjs: `console.warn("noise"); ${working}`,
    });
    const { name, broken } = await loadTfjs([folder]);
    expect(name).toMatch(/^@tensorflow\/tfjs 4/);
    expect(broken).toEqual([
      "@tensorflow/tfjs-node-gpu does not work (libcudart.so.11.0 is missing)",
      "@tensorflow/tfjs-node does not work (no such function)",
    ]);
    expect(warn).not.toHaveBeenCalled();
  });

  test("where none works the error says why", async () => {
    const folder = installed({ "tfjs-node": 'throw new Error("built for another Node")' });
    await expect(loadTfjs([folder])).rejects.toMatchObject({
      code: "BACKEND_NOT_INSTALLED",
      message: expect.stringContaining("built for another Node"),
    });
  });
});
