/**
 * Trainings in words, curves thinned for the screen, and files uploaded in pieces.
 */
import { describe, expect, test } from "vitest";
import type { TrainingRun } from "../../bridge/client/generated/protocol.ts";
import { curveOf } from "../../bridge/daemon/trainings/curve.ts";
import { emptyHistory, record } from "../../bridge/training/history.ts";
import { base64Of, inPieces } from "../../page/training/pieces.ts";
import { changeOf, count, duration, fractionOf, modelName, sourcesOf } from "../../page/training/words.ts";

const run = (more: Partial<TrainingRun>) =>
  ({ state: "training", minutes: 10, trainedSeconds: 60, folders: [], ...more }) as TrainingRun;

test("durations, counts and names", () => {
  expect([3.4, 59.4, 60, 599, 3600, 7_500].map(duration)).toEqual([
    "3 s",
    "59 s",
    "1 min",
    "10 min",
    "1 h",
    "2 h 5 min",
  ]);
  expect([7, 1_000, 1_234_567].map(count)).toEqual(["7", "1 000", "1 234 567"]);
  expect(["My Waltzes!", "Überjazz", "..."].map(modelName)).toEqual(["my-waltzes", "u-berjazz", "mine"]);
  expect(sourcesOf(run({ folders: ["/home/me/midi", "/x/datasets/a-1/files"] }))).toBe(
    "/home/me/midi, dropped files",
  );
});

test("how far and how much better it is", () => {
  expect(fractionOf(run({}))).toBe(0.1);
  expect(fractionOf(run({ state: "done", trainedSeconds: 1 }))).toBe(1);
  const change = (more: Partial<TrainingRun>) => changeOf(run({ heldOutPieces: 2, ...more }));
  expect(change({ heldOutPieces: 0, lossBefore: null, lossBest: null })).toContain("No files were held out");
  expect(change({ lossBefore: null, lossBest: null })).toBe("Not measured yet.");
  expect(change({ lossBefore: 2, lossBest: 2 })).toContain("Not better yet");
  expect(change({ lossBefore: 2, lossBest: 2, state: "done" })).toContain("Not better than before");
  expect(change({ lossBefore: 2, lossBest: 1.5 })).toContain("25.0 % better");
});

describe("a curve", () => {
  const parts = {};
  const history = (steps: number) => {
    const told = emptyHistory();
    const rest = { parts, learningRate: 1, gradientNorm: 1, stepsPerSecond: 1, notesPerSecond: 1 };
    record(told, { event: "heldOut", step: 0, set: "data", loss: 5, parts, seconds: 0, isBest: true });
    for (let step = 1; step <= steps; step += 1) {
      const facts = {
        event: "step",
        step,
        loss: step,
        seconds: step / 2,
        secondsLeft: 1,
        memoryMib: 1,
      } as const;
      record(told, { ...facts, ...rest });
    }
    record(told, {
      event: "heldOut",
      step: steps,
      set: "data",
      loss: 4,
      parts,
      seconds: steps / 2,
      isBest: true,
    });
    return told;
  };

  test("short ones are whole, and both losses of a step are one point", () => {
    expect(curveOf(history(2))).toEqual([
      { step: 0, seconds: 0, trainLoss: null, heldOutLoss: 5 },
      { step: 1, seconds: 0.5, trainLoss: 1, heldOutLoss: null },
      { step: 2, seconds: 1, trainLoss: 2, heldOutLoss: 4 },
    ]);
  });

  test("long ones are means of neighbours, up to the last step", () => {
    const points = curveOf(history(1_000), 10);
    expect(points.map(({ step }) => step)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
    expect(points[1]?.trainLoss).toBe(50.5);
    expect(points.at(-1)).toMatchObject({ trainLoss: 950.5, heldOutLoss: 4 });
  });

  test("steps without a number are not points", () => {
    const told = history(1);
    const [step] = told.steps;
    if (step === undefined) throw new Error("a step was recorded");
    told.steps.push({ ...step, step: 2, loss: null });
    expect(curveOf(told).map((point) => point.step)).toEqual([0, 1]);
  });
});

describe("files on their way", () => {
  const file = (name: string, size: number) => ({ name, size });

  test("fit into messages, in order, and what no message holds is left out", () => {
    const megabyte = 1024 * 1024;
    const files = [
      file("a", 3 * megabyte),
      file("b", 2 * megabyte),
      file("c", 100),
      file("d", 30 * megabyte),
    ];
    expect(inPieces(files).map((piece) => piece.map(({ name }) => name))).toEqual([["a"], ["b", "c"]]);
    const many = Array.from({ length: 450 }, (_, index) => file(String(index), 10));
    expect(inPieces(many).map((piece) => piece.length)).toEqual([200, 200, 50]);
    expect(inPieces([])).toEqual([]);
  });

  test("are sent as base64, byte for byte", async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256);
    expect(Buffer.from(await base64Of(new Blob([bytes])), "base64").equals(Buffer.from(bytes))).toBe(true);
  });
});
