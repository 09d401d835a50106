/**
 * What a run shows: curves, the live view, the report, TensorBoard's file.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../../bridge/engine/train-schemas.ts";
import { plotCurves } from "../../../bridge/training/curves.ts";
import { emptyHistory, record, smooth } from "../../../bridge/training/history.ts";
import { EVENTS_FILE, RunRecorder, readHistory } from "../../../bridge/training/recorder.ts";
import { renderReport } from "../../../bridge/training/report.ts";
import { maskedCrc, TensorBoardFile } from "../../../bridge/training/tensorboard.ts";
import { openView, renderView } from "../../../bridge/training/view.ts";
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
