/**
 * Unusual files from other programs: odd meters, missing note-offs, patterns, ports and programs. Notes outside the
 * region stay the same in both ways in which programs pair overlapping notes of one pitch.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { fillAnswerSchema } from "../../../bridge/engine/filled-file.ts";
import { infoAnswerSchema } from "../../../bridge/engine/schemas.ts";
import { runCli, temporaryFolder } from "../support/cli.ts";
import { expectInsideAsAnswered, expectOutsideUntouched, type Fill } from "../support/fill-checks.ts";
import { readChunks, readEvents } from "../support/smf.ts";

const file = (name: string) => join("test/odd-files", `${name}.mid`);

async function fill(name: string, args: readonly string[], command = "fill"): Promise<Fill> {
  const output = join(temporaryFolder(), "out.mid");
  const model = inject("tinyModel");
  const track = args.includes("--track") ? [] : ["--track", "1"];
  const shared = ["--model", model, "--seed", "3", "--no-daemon", "-o", output, "--json"];
  const result = await runCli([command, file(name), ...track, ...shared, ...args]);
  expect(result).toMatchObject({ exitCode: 0 });
  return { input: file(name), output, answer: fillAnswerSchema.parse(JSON.parse(result.stdout)) };
}

async function info(path: string) {
  const { stdout } = await runCli(["info", path, "--json"]);
  return infoAnswerSchema.parse(JSON.parse(stdout));
}

const codes = ({ warnings }: Fill["answer"]) => warnings.map(({ code }) => code);

type Way = "first" | "last";

/** Notes of the last track chunk: a note-off ends the note of its pitch that began first, or the one that began last. */
function readBy(way: Way, path: string) {
  const body = readChunks(readFileSync(path))
    .filter(({ type }) => type === "MTrk")
    .at(-1)?.body;
  const open = new Map<number, { start: number; pitch: number; end?: number }[]>();
  const notes: { start: number; pitch: number; end?: number }[] = [];
  for (const { tick, hex } of readEvents(body ?? Buffer.alloc(0))) {
    const [status = 0, pitch = 0, velocity = 0] = Buffer.from(hex, "hex");
    const sounding = open.get(pitch) ?? [];
    if (status >> 4 === 9 && velocity > 0) {
      const note = { start: tick, pitch };
      notes.push(note);
      open.set(pitch, [...sounding, note]);
    } else if (status >> 4 === 8 || status >> 4 === 9) {
      const ended = way === "first" ? sounding.shift() : sounding.pop();
      if (ended !== undefined) ended.end = tick;
      open.set(pitch, sounding);
    }
  }
  return notes;
}

describe("meters", () => {
  test.each(["meter-first-at-tick-1", "meter-repeat-midbar"])(
    "%s: sixteen bars of four quarters",
    async (name) => {
      expect(await info(file(name))).toMatchObject({ bars: 16, timeSignatures: [{ tick: 0, numerator: 4 }] });
      const done = await fill(name, ["--bars", "3-4"]);
      expect(done.answer.region).toEqual({ track: 1, startTick: 3840, endTick: 7680 });
      expect(done.answer.removed.length).toBe(8);
      expectOutsideUntouched(done);
      expectInsideAsAnswered(done);
    },
  );

  test("tracks that disagree are told with both meters", async () => {
    const { stderr } = await runCli(["info", file("meter-conflict-44-in-track-2")]);
    expect(stderr).toMatch(/^warning\[MIDI_METER_CONFLICT\]: .*3\/4.*4\/4/m);
  });

  test("a meter in mid-bar is told with bar and tick", async () => {
    const path = join(temporaryFolder(), "cut.mid");
    const bytes = readFileSync(file("meter-repeat-midbar"));
    // The second meter event, inside bar 2, says 3/4.
    bytes[bytes.lastIndexOf(Buffer.from("ff5804", "hex")) + 3] = 3;
    writeFileSync(path, bytes);
    const { stderr } = await runCli(["info", path]);
    expect(stderr).toMatch(/^warning\[MIDI_METER_MID_BAR\]: .*3\/4.*bar 2 at tick 2880/m);
  });
});

describe("a lost note-off", () => {
  test("leaves every other note its length, and a fill leaves every note outside as each program reads it", async () => {
    const { stdout } = await runCli(["notes", file("lost-note-off"), "--json"]);
    const lengths = JSON.parse(stdout).tracks[0].notes.map((note: number[]) => note[2]);
    expect(lengths).toEqual([22, 22, 24, ...Array.from({ length: 61 }, () => 22)]);

    const done = await fill("lost-note-off", ["--bars", "9-10", "--pitch-range", "C5-C6"]);
    expect(codes(done.answer)).toEqual(["MIDI_NOTE_UNCLOSED", "NOTE_UNCLEAR"]);
    const { startTick, endTick } = done.answer.region;
    for (const way of ["first", "last"] as const) {
      const outside = (path: string) =>
        readBy(way, path).filter(({ start }) => start < startTick || start >= endTick);
      expect(outside(done.output)).toEqual(outside(done.input));
    }
    // The old note whose end is unclear stays, the others go.
    expect(done.answer.removed.length).toBe(7);
    const inside = readBy("last", done.output).filter(
      ({ start, pitch }) => start >= startTick && start < endTick && pitch === 60,
    );
    expect(inside).toEqual([{ start: 15_360, pitch: 60, end: 15_800 }]);
  });

  test("is written where it is asked for, and then nothing stays", async () => {
    const done = await fill("lost-note-off", ["--bars", "9-10", "--end-held-notes"]);
    expect(codes(done.answer)).toEqual([]);
    expect(done.answer.removed.length).toBe(8);
    const outside = (notes: ReturnType<typeof readBy>) =>
      notes.filter(({ start }) => start < 15_360 || start >= 19_200);
    const expected = outside(readBy("last", done.input)).map((note) =>
      note.start === 960 ? { ...note, end: 1440 } : note,
    );
    for (const way of ["first", "last"] as const) {
      expect(outside(readBy(way, done.output))).toEqual(expected);
    }
  });
});

describe("a note without end", () => {
  test("does not bar its pitch; the answer names it and says how to end it", async () => {
    const args = ["--bars", "5-8", "--pitch-range", "C4-C4"];
    const done = await fill("pitch-unclosed-once", args);
    expect(done.answer.candidates[0]?.notes.length).toBeGreaterThan(0);
    const held = done.answer.warnings.find(({ code }) => code === "NOTE_HELD");
    expect(held?.message).toMatch(/^C4 of bar 1 .*--end-held-notes/);
    // The first new note ends it, with a note-off of its own.
    const first = Math.min(...(done.answer.candidates[0]?.notes ?? []).map(({ startTick }) => startTick));
    expect(readBy("first", done.output)[0]).toEqual({ start: 0, pitch: 60, end: first });
    expect(
      codes(await fill("pitch-unclosed-once", [...args, "--end-held-notes"]).then(({ answer }) => answer)),
    ).toEqual([]);
  });

  test("ends where it ended before when the file grows", async () => {
    const done = await fill("unclosed-at-end", ["--bars", "4"], "continue");
    expect(done.answer.candidates[0]?.notes.length).toBeGreaterThan(0);
    const lengthOf = async (path: string) => {
      const { stdout } = await runCli(["notes", path, "--json"]);
      const notes: number[][] = JSON.parse(stdout).tracks[0].notes;
      return notes.filter(([start = 0]) => start < (15_312 / 480) * 24);
    };
    expect(await lengthOf(done.output)).toEqual(await lengthOf(done.input));
    expect((await info(done.output)).warnings).toEqual([]);
  });

  test("batch can have it ended too", async () => {
    const folder = temporaryFolder();
    const line = {
      in: file("pitch-unclosed-once"),
      track: 1,
      startTick: 7680,
      endTick: 15_360,
      out: join(folder, "out.mid"),
      endHeldNotes: true,
      model: inject("tinyModel"),
    };
    writeFileSync(join(folder, "requests.jsonl"), JSON.stringify(line));
    const results = join(folder, "results.jsonl");
    await runCli(["batch", join(folder, "requests.jsonl"), "-o", results]);
    expect(JSON.parse(readFileSync(results, "utf8")).warnings).toEqual([]);
    expect(readBy("first", line.out)[0]).toEqual({ start: 0, pitch: 60, end: 7680 });
  });
});

describe("parts of the format that are rare", () => {
  test("a pattern of format 2 is counted in its own bars", async () => {
    const done = await fill("format-2", ["--track", "2", "--bars", "3-4"]);
    expect(done.answer.region).toEqual({ track: 2, startTick: 2880, endTick: 5760 });
    expectOutsideUntouched(done);
    expect((await info(file("format-2"))).patterns).toMatchObject([
      { tracks: [1], bars: 8, tempoMap: [{ qpm: 120 }], timeSignatures: [{ numerator: 4 }] },
      { tracks: [2], bars: 8, tempoMap: [{ qpm: 150 }], timeSignatures: [{ numerator: 3 }] },
    ]);
    const { stdout } = await runCli(["info", file("format-2")]);
    expect(stdout).toContain("pattern 2 (track 2): 8 bars, tempo 150 quarters a minute, meter 3/4");
  });

  test("a port has programs of its own", async () => {
    const { tracks } = await info(file("two-ports"));
    expect(tracks).toMatchObject([
      { port: 0, channel: 0, program: 40 },
      { port: 1, channel: 0, program: 0 },
    ]);
    const { stdout } = await runCli(["info", file("two-ports")]);
    expect(stdout).toMatch(/track {2}name {2}port {2}channel/);
  });

  test("programs that change are told with their bars", async () => {
    const { tracks } = await info(file("program-changes-midway"));
    expect(tracks[0]?.programChanges).toEqual([{ tick: 15_359, bar: 9, program: 33 }]);
    const { stdout } = await runCli(["info", file("program-changes-midway")]);
    expect(stdout).toContain("acoustic piano, fingered bass from bar 9");
    // Where there is nothing to tell, nothing is told.
    const plain = (await info(file("lost-note-off"))).tracks[0];
    expect([plain?.programChanges, plain?.port]).toEqual([undefined, undefined]);
  });
});
