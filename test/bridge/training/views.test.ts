/**
 * The views of a run: curves, the live view, the report, TensorBoard's event file.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../../bridge/engine/train-schemas.ts";
import { plotCurves } from "../../../bridge/training/curves.ts";
import { describeGain, mayBeChance } from "../../../bridge/training/gain.ts";
import { emptyHistory, record, smooth } from "../../../bridge/training/history.ts";
import { warnOfChance } from "../../../bridge/training/outcome.ts";
import { EVENTS_FILE, RunRecorder, readHistory } from "../../../bridge/training/recorder.ts";
import { renderReport } from "../../../bridge/training/report.ts";
import { maskedCrc, TensorBoardFile } from "../../../bridge/training/tensorboard.ts";
import { describeEvent, openView, renderView } from "../../../bridge/training/view.ts";
import { temporaryFolder } from "../support/cli.ts";

const START: RunEvent = {
  event: "start",
  modelId: "lstm-192",
  family: "recurrent",
  device: "cpu",
  parameters: 478_907,
  pieces: 30,
  heldOutPieces: 3,
  notes: 50_000,
  updates: null,
  seconds: 600,
  step: 0,
  from: "ab".repeat(32),
};
const step = (at: number, loss: number): RunEvent => ({
  event: "step",
  step: at,
  loss,
  parts: { pitch: loss - 0.1, values: 0.1, pitchError: 0.42 },
  learningRate: 0.002,
  gradientNorm: 1,
  stepsPerSecond: 100,
  notesPerSecond: 25_600,
  seconds: at,
  secondsLeft: 600 - at,
  memoryMib: 218.5,
});
const heldOut = (at: number, loss: number, isBest: boolean): RunEvent => ({
  event: "heldOut",
  step: at,
  set: "data",
  loss,
  parts: { pitch: loss, pitchError: 0.5 },
  seconds: at,
  isBest,
});
const EVENTS: RunEvent[] = [
  START,
  heldOut(0, 5, true),
  ...Array.from({ length: 40 }, (_, i) => step(i * 10 + 10, 4 - i * 0.05)),
  heldOut(400, 2.5, true),
  { event: "checkpoint", step: 400, path: "run/latest.safetensors", kind: "latest" },
];
const history = () => {
  const all = emptyHistory();
  for (const event of EVENTS) record(all, event);
  return all;
};
const formatSeconds = (seconds: number) => `${Math.round(seconds)} s`;

describe("the live view", () => {
  test("a falling curve goes from the upper left to the lower right", () => {
    const points = Array.from({ length: 50 }, (_, i) => ({ step: i, loss: 50 - i }));
    const lines = plotCurves([{ points, paint: String }], 20, 5);
    const plot = lines.slice(0, 5).map((line) => line.slice(9));
    expect(plot[0]?.[0]).not.toBe(" ");
    expect(plot[4]?.at(-1)?.charCodeAt(0)).toBeGreaterThan(0x2800);
    expect(plot[0]?.length).toBeLessThan(plot[4]?.length ?? 0);
    expect(lines.at(-1)).toMatch(/ 0 +49$/);
  });

  test("figures, and nothing wider than the terminal", () => {
    const lines = renderView(history(), 80, { colour: false, formatSeconds });
    const text = lines.join("\n");
    expect(text).toContain("best 2.500 at update 400");
    expect(text).toContain("25600 notes/s");
    expect(text).toContain("219 MiB");
    expect(text).toContain("pitch error 42.0 %");
    expect(text).toContain("checkpoint at update 400");
    expect(Math.max(...lines.slice(1, 15).map((line) => line.length))).toBeLessThan(80);
  });

  test("a terminal is redrawn in place and given back, anything else gets lines", () => {
    const written: string[] = [];
    const stream = { write: (text: string) => written.push(text), isTTY: true, columns: 80 };
    const live = openView(stream, { live: true, colour: false, formatSeconds });
    for (const event of EVENTS) live.show(event);
    live.close();
    expect(written[0]).toContain("\x1b[?25l");
    expect(written.at(-2)?.startsWith("\x1b[")).toBe(true);
    expect(written.at(-2)?.slice(2)).toMatch(/^\d+A/);
    expect(written.at(-1)).toBe("\x1b[?25h");
    written.length = 0;
    const plain = openView(stream, { live: false, colour: false, formatSeconds });
    for (const event of EVENTS) plain.show(event);
    plain.close();
    expect(written).toHaveLength(EVENTS.length);
    expect(written.join("")).not.toContain("\x1b");
  });

  test("how far measuring has come, and how long all takes, until it is over", () => {
    const all = history();
    const evaluating: RunEvent = { event: "evaluating", step: 400, done: 3, total: 12, secondsLeft: 95.4 };
    record(all, evaluating);
    const text = renderView(all, 80, { colour: false, formatSeconds }).join("\n");
    expect(text).toContain("update 400: measuring on held-out pieces, 25 %, 95 s left in all");
    expect(describeEvent(evaluating, formatSeconds)).toContain("25 %, 95 s left in all");
    record(all, heldOut(400, 2.4, true));
    expect(renderView(all, 80, { colour: false, formatSeconds }).join("\n")).not.toContain("measuring");
  });

  test("grown data restarts the held-out losses", () => {
    const all = history();
    const grown: RunEvent = { ...START, step: 400, pieces: 31, grownFrom: 25 };
    expect(describeEvent(grown, formatSeconds)).toContain(
      "going on from update 400 with 31 pieces, 25 before",
    );
    record(all, grown);
    expect([all.heldOut, all.best]).toEqual([[], undefined]);
    expect(all.steps).toHaveLength(40);
  });

  test("smoothing keeps the number of points and their mean", () => {
    const curve = [1, 2, 3, 4].map((loss, i) => ({ step: i, loss }));
    expect(smooth(curve, 1).map((point) => point.loss)).toEqual([1.5, 2, 3, 3.5]);
  });
});

describe("the report", () => {
  test("a page of its own with curves, facts, before and after", () => {
    const html = renderReport(history(), formatSeconds);
    expect(html).toContain("<title>Training of lstm-192</title>");
    expect(html.match(/<circle/g)).toHaveLength(2);
    expect(html).toContain('<td class="number">5.000</td><td class="number">2.500</td>');
    expect(html).not.toMatch(/https?:|<script/);
  });

  test("it has the name of its run, and says whether a gain can be chance", () => {
    const best: RunEvent = {
      event: "heldOut",
      ...{ step: 410, set: "data", loss: 2.4, parts: {}, seconds: 410, isBest: true },
      gain: { pieces: 8, mean: -0.153, standardError: 0.021 },
    };
    const all = history();
    record(all, best);
    const html = renderReport(all, formatSeconds, "Übung <2>");
    expect(html).toContain("<title>Training of Übung &lt;2&gt;</title>");
    expect(html).toContain("-0.153 ± 0.021 over 8 pieces</td>");
    record(all, { ...best, gain: { pieces: 2, mean: -0.153, standardError: 0.021 } });
    expect(renderReport(all, formatSeconds)).toContain("over 2 pieces; this may be chance");
  });

  test("it is made from the events of a run, whatever a crash left of the last line", () => {
    const run = temporaryFolder();
    const lines = EVENTS.map((event) => JSON.stringify(event)).join("\n");
    writeFileSync(join(run, EVENTS_FILE), `${lines}\n{"event":"step","st`);
    expect(readHistory(run).steps).toHaveLength(40);
    const recorder = new RunRecorder(run, formatSeconds);
    recorder.add(START);
    recorder.add(heldOut(400, 2.5, true));
    expect(readFileSync(join(run, "report.html"), "utf8")).toContain("2.500");
  });

  test("a folder that cannot be written ends nothing", () => {
    const run = join(temporaryFolder(), "file");
    writeFileSync(run, "");
    expect(() => new RunRecorder(run, formatSeconds).add(heldOut(1, 2, true))).not.toThrow();
  });
});

describe("a gain", () => {
  test.each([
    [{ pieces: 8, mean: -0.153, standardError: 0.021 }, false],
    // 2.36 standard errors are the limit of eight pieces, 12.7 that of two.
    [{ pieces: 8, mean: -0.049, standardError: 0.021 }, true],
    [{ pieces: 2, mean: -0.2, standardError: 0.02 }, true],
    [{ pieces: 2, mean: -0.3, standardError: 0.02 }, false],
    [{ pieces: 400, mean: -0.043, standardError: 0.02 }, false],
    [{ pieces: 1, mean: -2, standardError: null }, true],
    [{ pieces: 3, mean: null, standardError: null }, true],
  ])("%j may be chance: %s", (gain, isChance) => {
    expect(mayBeChance(gain)).toBe(isChance);
    expect(warnOfChance(gain).map(({ code }) => code)).toEqual(isChance ? ["GAIN_MAY_BE_CHANCE"] : []);
  });

  test("in words", () => {
    expect(describeGain({ pieces: 8, mean: 0.0204, standardError: 0.01 })).toBe(
      "+0.020 ± 0.010 over 8 pieces",
    );
    expect(describeGain({ pieces: 1, mean: -0.5, standardError: null })).toBe("-0.500 over 1 piece");
  });
});

describe("TensorBoard's file", () => {
  test("its checksum is CRC-32C", () => {
    // The check value of CRC-32C, "123456789" to e3069283, masked as TFRecord does.
    const crc = 0xe3069283;
    const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
    expect(maskedCrc(Buffer.from("123456789"))).toBe(masked);
  });

  test("every record is framed, and holds tag, step and value", () => {
    const folder = join(temporaryFolder(), "tensorboard");
    mkdirSync(folder);
    const file = new TensorBoardFile(folder, 1_700_000_000);
    for (const event of EVENTS) file.add(event, 1_700_000_001);
    const records = readRecords(readFileSync(file.path));
    expect(records[0]?.toString("latin1")).toContain("brain.Event:2");
    expect(records).toHaveLength(1 + 40 + 2);
    const last = records.at(-1) ?? Buffer.alloc(0);
    const at = last.indexOf("loss/heldOut");
    expect(at).toBeGreaterThan(0);
    // After the tag comes field 2, a float.
    expect(last[at + 12]).toBe(0x15);
    expect(last.readFloatLE(at + 13)).toBeCloseTo(2.5);
    // Field 2 of the event: the step as a varint.
    expect([...last.subarray(9, 12)]).toEqual([0x10, 0x90, 0x03]);
  });
});

/** Records of a TFRecord file, each checksum checked. */
function readRecords(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc(data));
    records.push(data);
    at += 16 + length;
  }
  return records;
}
