/**
 * The tools as an assistant calls them: the SDK's own client, the real program, files in allowed folders.
 */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { startDaemon } from "../../e2e/support/daemon.ts";
import { runCli, temporaryFolder } from "../support/cli.ts";
import { assistant, FAURE, folderWithSong } from "./assistant.ts";

test("list, fill, vary, continue, evaluate: files in, files out, as the command line makes them", async () => {
  const folder = folderWithSong();
  const { client, call } = await assistant(folder);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    "list_files",
    "list_tracks",
    "read_notes",
    "list_models",
    "fill",
    "vary",
    "humanize",
    "continue",
    "add_parts",
    "evaluate_candidates",
  ]);
  expect(await call("list_tracks", { file: "song.mid" })).toMatchObject({
    tracks: [{ track: 1 }, { track: 2 }, { track: 3 }],
  });

  const common = { file: "song.mid", track: 1, model: "tiny", seed: 3 };
  const filled = await call("fill", {
    ...common,
    bars: "9-12",
    output: "a.mid",
    candidates: 2,
    scale: "auto",
  });
  expect(filled).toMatchObject({ seed: 3, region: { track: 1 }, candidates: [{}, {}] });
  await call("vary", { ...common, bars: "9.1-10.2", output: "b.mid", amount: 0.5 });
  await call("continue", { ...common, bars: 2, output: join(folder, "c.mid") });
  expect(readdirSync(folder).sort()).toEqual(["a.2.mid", "a.mid", "b.mid", "c.mid", "song.mid"]);

  const args = ["fill", FAURE, "--track", "1", "--bars", "9-12", "--model", "models/infill-s"];
  const byHand = join(temporaryFolder(), "a.mid");
  await runCli([...args, "--seed", "4", "-o", byHand]);
  await call("fill", { file: "song.mid", track: 1, bars: "9-12", seed: 4, output: "d.mid" });
  expect(readFileSync(join(folder, "d.mid")).equals(readFileSync(byHand))).toBe(true);

  const evaluation = await call("evaluate_candidates", {
    file: "song.mid",
    track: 1,
    bars: "9-12",
    candidates: ["song.mid", "a.mid", "d.mid"],
  });
  const { original, candidates } = z
    .object({ original: z.looseObject({}), candidates: z.array(z.looseObject({ file: z.string() })) })
    .parse(evaluation);
  const [same, first] = candidates;
  expect(same).toEqual({ ...original, file: join(folder, "song.mid") });
  expect(original).toMatchObject({ unchanged: 1 });
  const told = z.object({ candidates: z.array(z.looseObject({})) }).parse(filled).candidates[0];
  expect(first).toMatchObject({
    outOfScale: told?.outOfScale,
    copied: told?.copied,
    noteCount: told?.noteCount,
  });
});

test("nothing outside the allowed folders is read or written, whatever links lead where", async () => {
  const folder = folderWithSong();
  const outside = temporaryFolder();
  copyFileSync(FAURE, join(outside, "secret.mid"));
  writeFileSync(join(outside, "precious.mid"), "precious");
  symlinkSync(join(outside, "secret.mid"), join(folder, "link.mid"));
  symlinkSync(outside, join(folder, "door"));
  symlinkSync(join(outside, "precious.mid"), join(folder, "out.2.mid"));
  const { call } = await assistant(folder);
  for (const file of [
    join(outside, "secret.mid"),
    "link.mid",
    "door/secret.mid",
    "../songs/../x.mid",
    "/etc/passwd",
  ]) {
    expect(await call("list_tracks", { file })).toEqual({ error: "FILE_FORBIDDEN" });
  }
  const common = { file: "song.mid", track: 1, bars: "9-12", model: "tiny" };
  for (const output of [join(outside, "new.mid"), "door/new.mid", "../new.mid", "notes.txt", "song", "."]) {
    expect(await call("fill", { ...common, output })).toEqual({ error: "FILE_FORBIDDEN" });
  }
  expect(await call("fill", { ...common, output: "out.mid", candidates: 2 })).toEqual({
    error: "FILE_FORBIDDEN",
  });
  expect(readFileSync(join(outside, "precious.mid"), "utf8")).toBe("precious");
  expect(existsSync(join(outside, "new.mid"))).toBe(false);
  expect(await call("fill", { ...common, output: "song.mid" })).toEqual({ error: "OUTPUT_IS_INPUT" });
  expect(await call("list_tracks", { file: "none.mid" })).toEqual({ error: "INPUT_NOT_FOUND" });
  expect(await call("fill", { ...common, bars: "x", output: "out.mid" })).toEqual({ error: "BARS_INVALID" });
});

test("a link with the name of music does not replace another kind of file", async () => {
  const folder = folderWithSong();
  writeFileSync(join(folder, "notes.txt"), "precious");
  symlinkSync(join(folder, "notes.txt"), join(folder, "inlink.mid"));
  const { call } = await assistant(folder);
  const args = { file: "song.mid", track: 1, bars: "9-12", model: "tiny", overwrite: true };
  expect(await call("fill", { ...args, output: "inlink.mid" })).toEqual({ error: "FILE_FORBIDDEN" });
  expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("precious");
});

test("a folder that is exchanged for a link while notes are made leads nowhere", async () => {
  const folder = folderWithSong();
  const outside = temporaryFolder();
  const drafts = join(folder, "drafts");
  mkdirSync(drafts);
  const { call } = await assistant(folder);
  // To and fro, many times in each fill.
  const swapper = spawn(process.execPath, [
    "-e",
    `const { renameSync, symlinkSync, rmSync } = require("node:fs");
     const [drafts, outside] = process.argv.slice(1);
     for (;;) { renameSync(drafts, drafts + ".old"); symlinkSync(outside, drafts); rmSync(drafts); renameSync(drafts + ".old", drafts); }`,
    ...[drafts, outside],
  ]);
  onTestFinished(() => void swapper.kill("SIGKILL"));
  const results = [];
  for (let number = 1; number <= 30; number += 1) {
    const args = { file: "song.mid", track: 1, bars: "9-10", model: "tiny", output: `drafts/${number}.mid` };
    results.push(await call("fill", args));
  }
  swapper.kill("SIGKILL");
  expect(readdirSync(outside)).toEqual([]);
  // Some met the folder, the others were told.
  const errors = results.flatMap((result) => ("error" in result ? [result.error] : []));
  expect(new Set([...errors, "FILE_FORBIDDEN", "OUTPUT_FOLDER_MISSING"]).size).toBe(2);
});

test("a file that is there is replaced only where that is asked for", async () => {
  const folder = folderWithSong();
  const { call } = await assistant(folder);
  const common = { file: "song.mid", track: 1, bars: "9-12", model: "tiny", output: "out.mid" };
  for (const name of ["out.mid", "out.2.mid"]) {
    writeFileSync(join(folder, name), "precious");
    expect(await call("fill", { ...common, candidates: 2 })).toEqual({ error: "OUTPUT_EXISTS" });
    expect(readFileSync(join(folder, name), "utf8")).toBe("precious");
    rmSync(join(folder, name));
  }
  writeFileSync(join(folder, "out.mid"), "precious");
  expect(await call("fill", { ...common, overwrite: true })).toMatchObject({ warnings: [] });
  expect(readdirSync(folder).sort()).toEqual(["out.mid", "song.mid"]);
  expect(await call("vary", { ...common, amount: 1, overwrite: "true" })).toMatchObject({ candidates: [{}] });
  expect(await call("fill", { ...common, output: "song.mid", overwrite: true })).toEqual({
    error: "OUTPUT_IS_INPUT",
  });
});

test("an argument that there is not is an error that names the one that was meant", async () => {
  const folder = folderWithSong();
  const { refused: said } = await assistant(folder);
  const common = { file: "song.mid", track: 1, bars: "9-12", output: "out.mid" };
  expect(await said("fill", { ...common, lokc: "60" })).toBe(
    'error[REQUEST_INVALID]: fill: unknown argument "lokc", did you mean "lock"?',
  );
  expect(await said("fill", { ...common, wobble: 1 })).toMatch(
    /it takes file, track, bars, output, overwrite/,
  );
  expect(await said("list_tracks", {})).toMatch(
    /^error\[REQUEST_INVALID\]: list_tracks: "file" is missing; it takes a Standard MIDI File/,
  );
  expect(await said("fill", { ...common, candidates: 65 })).toMatch(/candidates: .*64/);
  expect(await said("fil", common)).toBe("error[METHOD_UNKNOWN]: unknown tool fil; did you mean fill?");
  expect(readdirSync(folder)).toEqual(["song.mid"]);
});

test("numbers may be text and text may be numbers", async () => {
  const folder = folderWithSong();
  const { call } = await assistant(folder);
  const common = { file: "song.mid", model: "tiny", seed: "7" };
  const asText = { ...common, track: "2", bars: 5, candidates: "2", temperature: "1.1", output: "a.mid" };
  const filled = await call("fill", asText);
  expect(filled).toMatchObject({ seed: 7, region: { track: 2, startTick: 4 * 1440 }, candidates: [{}, {}] });
  expect(await call("continue", { ...common, track: "1", bars: "2", output: "b.mid" })).toMatchObject({
    seed: 7,
  });
  const evaluated = { file: "song.mid", track: "2", bars: "5", candidates: "a.mid" };
  expect(await call("evaluate_candidates", evaluated)).toMatchObject({ candidates: [{}] });
});

test("notes are read as a musician counts them, and locked notes stay", async () => {
  const folder = folderWithSong();
  const { call } = await assistant(folder);
  const notesSchema = z.looseObject({
    notes: z.array(z.looseObject({ bar: z.int(), beat: z.number(), pitch: z.int(), startTick: z.int() })),
  });
  const read = async (file: string) =>
    notesSchema.parse(await call("read_notes", { file, track: 2, bars: "5-6" }));
  const before = await read("song.mid");
  expect(before).toMatchObject({ track: 2, startTick: 4 * 1440, endTick: 6 * 1440, isAll: true });
  expect(before.notes[0]).toMatchObject({ bar: 5, beat: 1, startTick: 4 * 1440 });
  for (const { bar, beat, startTick } of before.notes) {
    expect((bar - 1) * 1440 + (beat - 1) * 480).toBeCloseTo(startTick, 0);
  }
  const [first] = before.notes;
  const locked = before.notes.filter(({ pitch }) => pitch === first?.pitch);
  const args = { file: "song.mid", track: 2, bars: "5-6", output: "out.mid", model: "tiny" };
  await call("fill", { ...args, lock: String(first?.pitch) });
  const after = await read("out.mid");
  for (const note of locked) expect(after.notes).toContainEqual(note);
  expect(after.notes).not.toEqual(before.notes);
  expect(await call("read_notes", { file: "song.mid", track: "Nobody" })).toEqual({
    error: "TRACK_NOT_FOUND",
  });
});

test("files and models are listed", async () => {
  const folder = folderWithSong();
  const outside = temporaryFolder();
  copyFileSync(FAURE, join(outside, "secret.mid"));
  mkdirSync(join(folder, "drafts", ".hidden"), { recursive: true });
  for (const name of ["drafts/Träumerei.MID", "drafts/notes.txt", "drafts/.hidden/x.mid"]) {
    writeFileSync(join(folder, name), "x");
  }
  symlinkSync(outside, join(folder, "door"));
  symlinkSync(join(outside, "secret.mid"), join(folder, "link.mid"));
  const { call } = await assistant(folder);
  const listed = z
    .looseObject({ folders: z.array(z.string()), files: z.array(z.looseObject({ file: z.string() })) })
    .parse(await call("list_files", {}));
  expect(listed.files.map(({ file }) => file)).toEqual([
    join(folder, "song.mid"),
    join(folder, "drafts", "Träumerei.MID"),
  ]);
  expect(listed).toMatchObject({ folders: [folder], isAll: true });
  expect(await call("list_files", { folder: "drafts" })).toMatchObject({ files: [{ bytes: 1 }] });
  expect(await call("list_files", { folder: ".." })).toEqual({ error: "FILE_FORBIDDEN" });
  expect(await call("list_files", { folder: "door" })).toEqual({ error: "FILE_FORBIDDEN" });
  const { models } = await call("list_models", {});
  expect(models).toContainEqual(
    expect.objectContaining({ id: "infill-s", isDefault: true, family: "infill" }),
  );
  expect(models).toContainEqual(expect.objectContaining({ id: "howl-lstm-192", family: "recurrent" }));
});

test("warnings reach the assistant, and another song's file is not a candidate", async () => {
  const folder = folderWithSong();
  copyFileSync(resolve("test/fixtures/holmes-le-desir.mid"), join(folder, "other.mid"));
  // Bytes after the last chunk are read over, with a warning.
  writeFileSync(join(folder, "odd.mid"), Buffer.concat([readFileSync(FAURE), Buffer.from("trailing")]));
  const { call } = await assistant(folder);
  const odd = { warnings: [{ code: "MIDI_TRAILING_BYTES" }] };
  expect(await call("list_tracks", { file: "odd.mid" })).toMatchObject(odd);
  expect(await call("read_notes", { file: "odd.mid", track: 1 })).toMatchObject(odd);
  const region = { track: 1, bars: "9-12" };
  const args = { file: "odd.mid", ...region, output: "out.mid", model: "tiny" };
  expect(await call("fill", args)).toMatchObject(odd);
  const evaluated = { file: "song.mid", ...region };
  expect(await call("evaluate_candidates", { ...evaluated, candidates: ["odd.mid"] })).toMatchObject(odd);
  expect(await call("evaluate_candidates", { ...evaluated, candidates: ["other.mid"] })).toEqual({
    error: "CANDIDATE_OTHER_SONG",
  });
});

test("progress is told where it is asked for", async () => {
  const folder = folderWithSong();
  const { client } = await assistant(folder);
  const told: number[] = [];
  const args = { file: "song.mid", track: 1, bars: "1-", output: "out.mid", model: "infill-s" };
  await client.callTool({ name: "fill", arguments: args }, undefined, {
    onprogress: ({ progress, total }) => {
      expect(total).toBe(1);
      told.push(progress);
    },
  });
  expect(told.length).toBeGreaterThan(0);
  expect(told).toEqual([...told].sort((a, b) => a - b));
});

test("every tool says what it takes and gives", async () => {
  const { client } = await assistant(folderWithSong());
  const { tools } = await client.listTools();
  for (const { name, description, inputSchema, outputSchema, annotations } of tools) {
    expect(description, name).toBeTruthy();
    expect(inputSchema, name).toMatchObject({ type: "object", additionalProperties: false });
    expect(outputSchema, name).toMatchObject({ type: "object" });
    expect(annotations?.readOnlyHint, name).toBe(
      !["fill", "vary", "humanize", "continue", "add_parts"].includes(name),
    );
  }
  expect(client.getInstructions()).toContain("list_files");
});

test("--allow names other folders; a daemon that runs does the work", async () => {
  const daemon = await startDaemon({ config: { model: "infill-s" } });
  const [first, second] = [folderWithSong(), temporaryFolder()];
  const args = ["--allow", first, "--allow", second];
  const { call } = await assistant(temporaryFolder(), { home: daemon.home, args });
  const output = join(second, "out.mid");
  const answer = await call("fill", { file: "song.mid", track: 1, bars: "9-12", output, seed: 1 });
  expect(answer).toMatchObject({ candidates: [{ file: output }] });
  await call("list_tracks", { file: output });
  await daemon.stop();
  expect(daemon.log()).toContain('"client":"continuo"');
});
