/**
 * Whole sessions with an assistant that knows only what the tools describe. Each ends with the requested files, and
 * the rest of the song is unchanged.
 */
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { expectOutsideUntouched } from "../support/fill-checks.ts";
import { assistant, FAURE, folderWithSong } from "./assistant.ts";

const CONCERTO = resolve("test/fixtures/caudioso-mandolin-concerto-1.mid");

const filesSchema = z.looseObject({ files: z.array(z.looseObject({ file: z.string() })).min(1) });
const tracksSchema = z.looseObject({
  bars: z.int(),
  ppq: z.int(),
  tracks: z.array(z.looseObject({ track: z.int(), name: z.string(), program: z.int() })),
});
const regionSchema = z.object({ track: z.int(), startTick: z.int(), endTick: z.int(), bars: z.string() });
const fillSchema = z.looseObject({
  seed: z.int(),
  region: regionSchema,
  warnings: z.array(z.unknown()),
  candidates: z.array(z.looseObject({ file: z.string(), noteCount: z.int() })).min(1),
});
const noteSchema = z.looseObject({
  bar: z.int(),
  pitch: z.int(),
  name: z.string(),
  startTick: z.int(),
  durationTicks: z.int(),
});
const notesSchema = z.looseObject({ notes: z.array(noteSchema), isAll: z.literal(true) });
const evaluationSchema = z.looseObject({
  original: z.looseObject({ notesPerQuarter: z.number() }),
  candidates: z.array(
    z.looseObject({
      file: z.string(),
      noteCount: z.int(),
      outOfScale: z.number(),
      notesPerQuarter: z.number(),
      unchanged: z.number(),
    }),
  ),
});

test("new bass for bars 5 to 8, two versions in new files", async () => {
  const folder = folderWithSong(CONCERTO);
  const { call } = await assistant(folder);
  const [song] = filesSchema.parse(await call("list_files", {})).files;
  const file = song?.file ?? "";
  const { tracks } = tracksSchema.parse(await call("list_tracks", { file }));
  const bass = tracks.find(({ name }) => /bass/i.test(name));
  expect(bass).toMatchObject({ track: 4, name: "Basso:" });
  const common = { file, track: bass?.track, bars: "5-8" };
  const before = notesSchema.parse(await call("read_notes", common));
  const made = fillSchema.parse(await call("fill", { ...common, output: "bass.mid", candidates: 2 }));
  expect(made).toMatchObject({ region: { track: 4, bars: "5-8" }, warnings: [] });
  expect(readdirSync(folder).sort()).toEqual(["bass.2.mid", "bass.mid", "song.mid"]);
  const written = [];
  for (const candidate of made.candidates) {
    const { notes } = notesSchema.parse(await call("read_notes", { ...common, file: candidate.file }));
    expect(notes).toHaveLength(candidate.noteCount);
    expect(notes.every(({ bar }) => bar >= 5 && bar <= 8)).toBe(true);
    expect(notes).not.toEqual(before.notes);
    expectOutsideUntouched({ input: CONCERTO, output: candidate.file, answer: made });
    written.push(notes);
  }
  expect(written[0]).not.toEqual(written[1]);
  expect(readFileSync(file).equals(readFileSync(CONCERTO))).toBe(true);
});

test("a little variation that keeps the low D and the first bar", async () => {
  const folder = folderWithSong(CONCERTO);
  const { call } = await assistant(folder);
  const region = { file: "song.mid", track: "Basso", bars: "5-8" };
  const { notes } = notesSchema.parse(await call("read_notes", region));
  const low = notes.filter(({ name }) => name === "D3");
  expect(low.length).toBeGreaterThan(0);
  const firstBar = notes.filter(({ bar }) => bar === 5);
  const [start, end] = [firstBar[0]?.startTick, notes.find(({ bar }) => bar === 6)?.startTick];
  const answer = await call("vary", {
    ...region,
    amount: 0.5,
    lock: ["D3"],
    lockTicks: `${start}-${end}`,
    output: "varied.mid",
  });
  const made = fillSchema.parse(answer);
  const varied = notesSchema.parse(await call("read_notes", { ...region, file: "varied.mid" }));
  for (const note of [...low, ...firstBar]) expect(varied.notes).toContainEqual(note);
  expect(varied.notes).not.toEqual(notes);
  // Half of them change, so more than a quarter stay, whatever is drawn.
  const stayed = notes.filter((note) => varied.notes.some((other) => other.startTick === note.startTick));
  expect(stayed.length).toBeGreaterThan(notes.length / 4);
  expectOutsideUntouched({ input: CONCERTO, output: join(folder, "varied.mid"), answer: made });
});

test("four bars more, and what they are is read where the answer says", async () => {
  const folder = folderWithSong();
  const { call } = await assistant(folder);
  const { bars } = tracksSchema.parse(await call("list_tracks", { file: "song.mid" }));
  const cello = { file: "song.mid", track: "Violoncelle" };
  const old = notesSchema.parse(await call("read_notes", cello));
  const made = fillSchema.parse(await call("continue", { ...cello, bars: 4, output: "longer.mid" }));
  const [first, last] = made.region.bars.split("-").map(Number);
  expect((last ?? 0) - (first ?? 0)).toBe(3);
  expect(first).toBe((old.notes.at(-1)?.bar ?? 0) + 1);
  expect(last).toBeGreaterThanOrEqual(bars);
  const longer = { ...cello, file: "longer.mid" };
  const added = notesSchema.parse(await call("read_notes", { ...longer, bars: made.region.bars }));
  expect(added.notes).toHaveLength(made.candidates[0]?.noteCount ?? 0);
  expect(notesSchema.parse(await call("read_notes", longer)).notes).toEqual([...old.notes, ...added.notes]);
  expectOutsideUntouched({ input: FAURE, output: join(folder, "longer.mid"), answer: made });
});

test("mistakes are put right by what their errors say, one after the other", async () => {
  const folder = folderWithSong(CONCERTO);
  copyFileSync(FAURE, join(folder, "precious.mid"));
  const { call, refused } = await assistant(folder);
  const output = "precious.mid";
  // Each mistake is followed by what its error leads to.
  expect(await refused("fill_bars", {})).toMatch(/unknown tool fill_bars; there are .*fill, vary/);
  expect(
    await refused("fill", { file: "song.mid", track: "Cello", start_bar: 5, end_bar: 8, output }),
  ).toMatch(
    /"bars" is missing; it takes .*"5-8".*unknown argument "start_bar", did you mean "bars"\?.*"end_bar"/,
  );
  expect(await refused("fill", { file: "song.mid", track: "Cello", bars: [5, 8], output })).toMatch(
    /"bars" cannot be \[5,8\]; it takes which bars.*"5-8"/,
  );
  expect(await refused("fill", { file: "song.mid", track: "Cello", bars: "5-8", output })).toMatch(
    /no track "Cello".*4 "Basso:"/,
  );
  expect(await refused("fill", { file: "song.mid", track: 4, bars: "5-8" })).toMatch(
    /"output" is missing; it takes the file to write/,
  );
  const region = { file: "song.mid", track: 4, bars: "5-8" };
  expect(await refused("fill", { ...region, output, num_candidates: 2 })).toContain(
    'did you mean "candidates"?',
  );
  expect(await refused("fill", { ...region, output, candidates: 2 })).toMatch(
    /OUTPUT_EXISTS.*precious.mid.*another name.*overwrite: true/,
  );
  expect(await refused("vary", { ...region, output: "new.mid", amount: "30%" })).toMatch(
    /"amount" cannot be "30%"; it takes .*0\.3 changes three of ten/,
  );
  expect(await refused("continue", { ...region, bars: "4 bars", output: "new.mid" })).toMatch(
    /"bars" cannot be "4 bars"; it takes how many bars/,
  );
  expect(await refused("read_notes", { file: "song.mid" })).toMatch(/"track" is missing; it takes number/);
  expect(await refused("fill", { ...region, output: "new.mid", wobble: 1, wubble: 2 })).toMatch(
    /unknown arguments "wobble", "wubble"; it takes file, track, bars, output/,
  );
  expect(readdirSync(folder).sort()).toEqual(["precious.mid", "song.mid"]);
  expect(readFileSync(join(folder, "precious.mid")).equals(readFileSync(FAURE))).toBe(true);

  const made = fillSchema.parse(await call("fill", { ...region, output: "new.mid", candidates: 2 }));
  for (const { file } of made.candidates)
    expectOutsideUntouched({ input: CONCERTO, output: file, answer: made });
});

test("of four candidates the one that fits is chosen, and the seed makes all of them again", async () => {
  const folder = folderWithSong(CONCERTO);
  const { call } = await assistant(folder);
  const region = { file: "song.mid", track: 4, bars: "5-8" };
  const fillArguments = { ...region, candidates: 4, scale: "auto" };
  const made = fillSchema.parse(await call("fill", { ...fillArguments, output: "try.mid" }));
  const files = made.candidates.map(({ file }) => file);
  // An assistant may well write a list as text.
  const answer = await call("evaluate_candidates", { ...region, candidates: JSON.stringify(files) });
  const { original, candidates } = evaluationSchema.parse(answer);
  expect(candidates.map(({ file }) => file)).toEqual(files);
  for (const [index, { outOfScale, unchanged, noteCount }] of candidates.entries()) {
    expect(outOfScale).toBe(0);
    expect(unchanged).toBeLessThan(1);
    expect(noteCount).toBe(made.candidates[index]?.noteCount);
  }
  const away = ({ notesPerQuarter }: { notesPerQuarter: number }) =>
    Math.abs(Math.log(notesPerQuarter / original.notesPerQuarter));
  const best = candidates.reduce((one, other) => (away(other) < away(one) ? other : one));
  expectOutsideUntouched({ input: CONCERTO, output: best.file, answer: made });
  const again = fillSchema.parse(
    await call("fill", { ...fillArguments, output: "again.mid", seed: made.seed }),
  );
  for (const [index, { file }] of again.candidates.entries())
    expect(readFileSync(file).equals(readFileSync(files[index] ?? ""))).toBe(true);
});
