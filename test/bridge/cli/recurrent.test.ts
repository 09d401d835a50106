/**
 * Recurrent models, through the real program: train, generate, resume, continue in a file, export.
 */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ToneMidi from "@tonejs/midi";
import { beforeAll, describe, expect, test } from "vitest";
import { fillAnswerSchema } from "../../../bridge/engine/filled-file.ts";
import { generateAnswerSchema, howlDocumentSchema } from "../../../bridge/engine/schemas.ts";
import { errorCode, runCli, temporaryFolder } from "../support/cli.ts";

const FIXTURES = "test/fixtures";
const PIECE = join(FIXTURES, "faure-apres-un-reve.mid");
const TINY = ["--model", "lstm-24", "--batch", "4", "--seq", "32"];

let data = "";
let model = "";

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "continuo-test-"));
  data = join(folder, "data");
  await runCli(["dataset", "build", FIXTURES, "-o", data]);
  const run = join(folder, "run");
  const trained = await runCli(["train", data, ...TINY, "--out", run, "--steps", "30", "--plain"]);
  expect(trained.exitCode).toBe(0);
  model = join(run, "model");
});

async function generate(...args: string[]) {
  const output = join(temporaryFolder(), "Stück.mid");
  const result = await runCli(["generate", "--model", model, "-o", output, "--json", ...args]);
  expect(result).toMatchObject({ exitCode: 0 });
  return { ...generateAnswerSchema.parse(JSON.parse(result.stdout)), bytes: readFileSync(output), output };
}

describe("generate", () => {
  test("the same seed gives the same bytes, and another reader finds the notes", async () => {
    const args = ["--from", "C4,E4,Bb3", "--notes", "80", "--seed", "5"];
    const [one, other] = [await generate(...args), await generate(...args)];
    expect(one.bytes.equals(other.bytes)).toBe(true);
    expect(one).toMatchObject({ given: 3, generated: 80, seed: 5 });
    const [track] = new ToneMidi.Midi(one.bytes).tracks;
    expect(track?.notes.slice(0, 3).map((note) => note.midi)).toEqual([60, 64, 58]);
    expect(
      (await generate("--seed", "6", "--notes", "80", "--from", "C4,E4,Bb3")).bytes.equals(one.bytes),
    ).toBe(false);
  });

  test("the folder of a training is its model", async () => {
    const one = await generate("--notes", "9", "--seed", "3");
    const other = await generate("--notes", "9", "--seed", "3", "--model", dirname(model));
    expect(other.bytes.equals(one.bytes)).toBe(true);
    const unfinished = temporaryFolder();
    writeFileSync(join(unfinished, "events.jsonl"), "");
    const none = await runCli(["generate", "--model", unfinished, "-o", join(unfinished, "a.mid")]);
    expect(none.stderr).toMatch(/^error\[MODEL_NOT_FOUND\]: the training .* has no model yet/);
  });

  test("stopped and gone on with is the same as in one go, and notes may be edited between", async () => {
    const state = join(temporaryFolder(), "piece.state");
    const whole = await generate("--notes", "60", "--seed", "9", "--noise", "0.1");
    await generate("--notes", "25", "--seed", "9", "--noise", "0.1", "--state", state);
    const paused = join(temporaryFolder(), "paused.state");
    copyFileSync(state, paused);
    const rest = await generate("--notes", "35", "--noise", "0.1", "--state", state);
    expect(rest.bytes.equals(whole.bytes)).toBe(true);
    const edited = await generate("--notes", "35", "--state", paused, "--from-midi", PIECE);
    expect(edited.given).toBeGreaterThan(100);
  });

  test("it may begin with a random note, by the seed", async () => {
    const first = async (seed: string) => {
      const { bytes } = await generate("--from", "random", "--notes", "3", "--seed", seed);
      return new ToneMidi.Midi(bytes).tracks[0]?.notes[0]?.midi;
    };
    const all = [await first("1"), await first("2"), await first("3")];
    expect(new Set(all).size).toBeGreaterThan(1);
    expect(await first("1")).toBe(all[0]);
  });

  // A note that costs the same however long the piece is takes microseconds; with all before it heard again for each, these
  // would take days.
  test("a piece of 100,000 notes comes to its end", async () => {
    expect((await generate("--notes", "100000", "--noise", "0.3", "--seed", "1")).generated).toBe(100_000);
  });

  test("it stops at a time, too", async () => {
    expect((await generate("--notes", "5000", "--seconds", "10")).seconds).toBeLessThanOrEqual(10.01);
  });

  test.each([
    ["a name that is not a note", ["--from", "J2"], "PITCH_INVALID"],
    ["two beginnings", ["--from", "C4", "--from-midi", PIECE], "OPTION_CONFLICT"],
    ["no notes", ["--notes", "0"], "NOTES_OUT_OF_RANGE"],
    ["too much noise", ["--noise", "2"], "NOISE_OUT_OF_RANGE"],
    ["an infill model", ["--model", "infill-s"], "MODEL_FAMILY"],
  ])("%s", async (_, args, code) => {
    const output = join(temporaryFolder(), "out.mid");
    const result = await runCli(["generate", "--model", model, "-o", output, ...args]);
    expect(errorCode(result.stderr)).toBe(code);
    expect(existsSync(output)).toBe(false);
  });

  test("a damaged state, or another model's", async () => {
    const folder = temporaryFolder();
    const state = join(folder, "state");
    const run = (...args: string[]) =>
      runCli(["generate", "--model", model, "-o", join(folder, "o.mid"), "--state", state, ...args]);
    writeFileSync(state, "{}");
    expect(errorCode((await run()).stderr)).toBe("STATE_DAMAGED");
    const notes = [[0, 1e9, 0.5, 0]];
    const file = { format: "continuo-state", version: 1, model: "00", seed: 1, position: 0, notes };
    writeFileSync(state, JSON.stringify(file));
    expect(errorCode((await run()).stderr)).toBe("STATE_OTHER_MODEL");
    const { sha256 } = JSON.parse((await runCli(["models", "info", model, "--json"])).stdout);
    writeFileSync(state, JSON.stringify({ ...file, model: sha256 }));
    expect(errorCode((await run()).stderr)).toBe("STATE_DAMAGED");
  });
});

describe("a recurrent model in a file", () => {
  const region = ["--track", "1", "--bars", "5-8", "--seed", "3"];

  test("it continues what stands before, inside the region", async () => {
    const output = join(temporaryFolder(), "out.mid");
    const args = [
      "continue",
      PIECE,
      "--track",
      "1",
      "--bars",
      "2",
      "--seed",
      "3",
      "--model",
      model,
      "-o",
      output,
    ];
    const result = await runCli([...args, "--json"]);
    expect(result).toMatchObject({ exitCode: 0 });
    const answer = fillAnswerSchema.parse(JSON.parse(result.stdout));
    expect(answer.candidates[0]?.notes.length).toBeGreaterThan(0);
    const { startTick, endTick } = answer.region;
    for (const note of answer.candidates[0]?.notes ?? []) {
      expect(note.startTick).toBeGreaterThanOrEqual(startTick);
      expect(note.startTick + note.durationTicks).toBeLessThanOrEqual(endTick);
    }
  });

  test("fill hears only what comes before and says so; candidates differ; notes do not overlap", async () => {
    const output = join(temporaryFolder(), "out.mid");
    const args = ["fill", PIECE, ...region, "--candidates", "3", "--pitch-range", "C3-C6", "--model", model];
    const result = await runCli([...args, "-o", output, "--json"]);
    const answer = fillAnswerSchema.parse(JSON.parse(result.stdout));
    expect(answer.warnings.map((warning) => warning.code)).toContain("AFTER_NOT_HEARD");
    expect(new Set(answer.candidates.map((c) => JSON.stringify(c.notes))).size).toBe(3);
    for (const { notes } of answer.candidates) {
      for (const note of notes) {
        expect(note.pitch >= 48 && note.pitch <= 84).toBe(true);
        const clash = notes.filter(
          (other) =>
            other !== note &&
            other.pitch === note.pitch &&
            other.startTick < note.startTick + note.durationTicks &&
            note.startTick < other.startTick + other.durationTicks,
        );
        expect(clash).toEqual([]);
      }
    }
  });

  test.each([
    ["--density", "5"],
    ["--lock", "60"],
    ["--rhythm", "keep"],
  ])("no %s", async (...option) => {
    const output = join(temporaryFolder(), "out.mid");
    const result = await runCli(["fill", PIECE, ...region, ...option, "--model", model, "-o", output]);
    expect(errorCode(result.stderr)).toBe("OPTION_UNSUPPORTED");
  });

  test("its graph can be exported", async () => {
    const output = join(temporaryFolder(), "lstm.onnx");
    expect(await runCli(["models", "export", model, "-o", output])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(output).includes("LSTM")).toBe(true);
  });
});

describe("Howl's encoding", () => {
  test("notes as a list, and back to the same list", async () => {
    const read = async (file: string, ...args: string[]) => {
      const result = await runCli(["notes", file, "--encoding", "howl", "--json", ...args]);
      return howlDocumentSchema.parse(JSON.parse(result.stdout));
    };
    const list = await read(PIECE);
    expect(list[0]?.[0]).toBe(0);
    const [json, again] = [join(temporaryFolder(), "a.json"), join(temporaryFolder(), "b.mid")];
    writeFileSync(json, JSON.stringify(list));
    expect(await runCli(["notes", "--decode", json, "-o", again])).toMatchObject({ exitCode: 0 });
    const decoded = await read(again);
    expect(decoded.length).toBe(list.length);
    const total = (notes: typeof list) => notes.reduce((sum, [delay]) => sum + delay, 0);
    expect(total(decoded)).toBeCloseTo(total(list), 1);
    const changed = await read(PIECE, "--augment", "--seed", "2");
    const factor = (changed[1]?.[1] ?? 0) / (list[1]?.[1] ?? 1);
    expect(factor).toBeGreaterThanOrEqual(0.5);
    expect(factor).toBeLessThanOrEqual(2);
    expect(await read(PIECE, "--augment", "--seed", "2")).toEqual(changed);
  });

  test("the stated example, there and back", async () => {
    const stated: [number, number, number, number][] = [
      [0, 1, 0.3, 0],
      [1, 1, 1, 23],
      [2, 1, 1, -54],
    ];
    const folder = temporaryFolder();
    const [json, file] = [join(folder, "a.json"), join(folder, "a.mid")];
    writeFileSync(json, JSON.stringify(stated));
    expect(await runCli(["notes", "--decode", json, "-o", file])).toMatchObject({ exitCode: 0 });
    const [track] = new ToneMidi.Midi(readFileSync(file)).tracks;
    const seen = track?.notes.map(({ midi, time, duration }) => [midi, time, duration]);
    // C4, B5 and F#-1, as another reader of MIDI files sees them.
    expect(seen).toEqual([
      [60, 0, 1],
      [83, 1, 1],
      [6, 3, 1],
    ]);
    const back = await runCli(["notes", file, "--encoding", "howl", "--json"]);
    const rows = howlDocumentSchema.parse(JSON.parse(back.stdout));
    expect(rows.length).toBe(stated.length);
    rows.forEach(([delay, duration, volume, pitch], i) => {
      const [d, l, v, p] = stated[i] ?? [];
      expect([delay, duration, pitch]).toEqual([d, l, p]);
      expect(volume).toBeCloseTo(v ?? 0, 2);
    });
  });

  test("drums are left out unless asked for", async () => {
    const count = async (...args: string[]) => {
      const result = await runCli([
        "notes",
        join(FIXTURES, "drummer1-rock-115.mid"),
        "--encoding",
        "howl",
        "--json",
        ...args,
      ]);
      expect(result).toMatchObject({ exitCode: 0 });
      return JSON.parse(result.stdout).length;
    };
    expect(await count()).toBeLessThan(await count("--with-drums"));
  });

  test.each([
    ["a negative delay", "[[-1, 1, 0.5, 0]]"],
    ["no numbers", '[["a"]]'],
  ])("%s is refused", async (_, text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "a.json"), text);
    const result = await runCli(["notes", "--decode", join(folder, "a.json"), "-o", join(folder, "a.mid")]);
    expect(errorCode(result.stderr)).toBe("NOTES_INVALID");
  });
});
