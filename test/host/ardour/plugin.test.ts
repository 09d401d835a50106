/**
 * The plugin in the real Ardour, as LV2 and as VST3: a call is played on one track, its answer recorded on another; the
 * saved session plays the same notes again without a daemon and without the call, into a sound file as well.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { fillResultSchema } from "../../../bridge/protocol/fill.ts";
import { readJournal } from "../../e2e/support/journal.ts";
import { PATIENT_MS } from "../../e2e/support/wait.ts";
import { startDesk } from "../support/musician.ts";
import { ardourMajor, commandOf, runScript, testArdour } from "./support/ardour.ts";
import { makeSession, type SessionFolder } from "./support/session.ts";
import { BAR, QUARTER, type SourceNote } from "./support/source-note.ts";

/** Of the plugin's requests. */
const PPQ = 960;
const KINDS = ["lv2", "vst3"] as const;
type Kind = (typeof KINDS)[number];
/** Start, duration, pitch, velocity. */
type Recorded = readonly [number, number, number, number];

const PITCHES = [60, 64, 67, 72, 71, 67, 64, 62];
/** Quavers over a bar; the call's second bar is silent, so that all of it is heard when the answer is asked for. */
const CALL = PITCHES.map((pitch, index): SourceNote => [(index * QUARTER) / 2, QUARTER / 2 - 120, pitch, 90]);

/** Where the user's Ardour finds the plugin: the bundle, and for VST3 Ardour's own list of what is inside. */
async function install(kind: Kind, { user, env }: SessionFolder): Promise<NodeJS.ProcessEnv> {
  const folder = join(user, `.${kind}`);
  cpSync(join("dist", "plugin", kind), folder, { recursive: true });
  // Ardour trusts its list of plugins only where they are older than it by more than a second.
  const before = new Date(Date.now() - 3_600_000);
  for (const path of readdirSync(folder, { recursive: true }).map(String))
    utimesSync(join(folder, path), before, before);
  if (kind === "lv2") return { ...env, LV2_PATH: `${folder}:/usr/lib/lv2` };
  const settings = join(user, ".config", `ardour${ardourMajor}`);
  mkdirSync(settings, { recursive: true });
  writeFileSync(
    join(settings, "config"),
    '<?xml version="1.0"?><Ardour><Config><Option name="use-vst3" value="1"/></Config></Ardour>',
  );
  // Without a window it reads no plugin that was not scanned before.
  const library = `/usr/lib/ardour${ardourMajor}`;
  const [program, ...args] = commandOf(`${library}/ardour-vst3-scanner`, [
    ...["-f", "-q"],
    join(folder, "Continuo.vst3"),
  ]);
  await promisify(execFile)(program, args, {
    env: { ...env, LD_LIBRARY_PATH: library },
    timeout: PATIENT_MS,
  });
  return env;
}

async function record(
  session: SessionFolder,
  kind: Kind,
  env: NodeJS.ProcessEnv,
  ...again: string[]
): Promise<Recorded[]> {
  const out = join(session.user, "recorded.txt");
  await runScript("plugin.lua", [session.folder, session.name, kind, out, ...again], env);
  const lines = readFileSync(out, "utf8").trim().split("\n").filter(Boolean);
  const notes = lines.map((line) => line.split(" ").map(Number));
  return notes.map(([start = 0, duration = 0, pitch = 0, velocity = 0]) => [
    start,
    duration,
    pitch,
    velocity,
  ]);
}

/** Those of bars 3 and 4. */
const inAnswer = (notes: readonly Recorded[]) =>
  notes.filter(([start]) => start >= 2 * BAR - 20 && start < 4 * BAR - 20);

/** What the daemon's journal has of its answer, in Ardour's ticks. */
function answered(home: string) {
  const answers = readJournal(home).entries.filter(({ type }) => type === "answer");
  expect(answers).toHaveLength(1);
  const { candidates } = fillResultSchema.parse(answers[0]?.result);
  const notes = candidates[0]?.notes ?? [];
  expect(notes.length).toBeGreaterThan(3);
  return notes.map(({ startTick, durationTicks, pitch, velocity }): Recorded => {
    const [start, end] = [startTick, startTick + durationTicks].map((tick) => (tick * QUARTER) / PPQ);
    return [start ?? 0, (end ?? 0) - (start ?? 0), pitch, velocity];
  });
}

/** How loud each bar of an exported sound is at its loudest, of 1. @param path  16 bits, any number of channels */
function loudness(path: string): number[] {
  const bytes = readFileSync(path);
  expect(bytes.toString("latin1", 0, 4)).toBe("RIFF");
  const [rate, format] = [bytes.readUInt32LE(24), bytes.readUInt16LE(34)];
  expect(format).toBe(16);
  const data = bytes.indexOf("data", 36, "latin1") + 8;
  const barBytes = 2 * rate * bytes.readUInt16LE(32);
  return [0, 1, 2, 3].map((bar) => {
    const from = data + bar * barBytes;
    // The end of a note before the bar may still sound in it.
    const samples = bytes.subarray(from, Math.min(bytes.length, from + barBytes));
    let loudest = 0;
    for (let at = 0; at + 1 < samples.length; at += 2) {
      loudest = Math.max(loudest, Math.abs(samples.readInt16LE(at)));
    }
    return loudest / 32_768;
  });
}

for (const kind of KINDS) {
  testArdour(`${kind}: an answer to the tick, kept in the session`, async () => {
    const desk = await startDesk({ model: "infill-s" });
    const session = await makeSession({
      tempos: [{ tick: 0, qpm: 120 }],
      tracks: [
        { name: "Call", regions: [{ name: "Call-1", position: 0, length: 2 * BAR, notes: CALL }] },
        { name: "Answer", regions: [] },
      ],
    });
    const env = { ...(await install(kind, session)), CONTINUO_HOME: desk.daemon.home };
    const first = await record(session, kind, env);
    const heard = first.filter(([start]) => start < 2 * BAR - 20);
    expect(heard.map(([start, , pitch]) => [start, pitch])).toEqual(
      PITCHES.map((pitch, index) => [(index * QUARTER) / 2, pitch]),
    );
    await desk.daemon.stop();
    const nobody = join(session.user, "nobody");
    mkdirSync(nobody);
    const wav = join(session.user, "sound.wav");
    const without = { ...env, CONTINUO_HOME: nobody };
    const answer = inAnswer(await record(session, kind, without, "again", wav));
    expect(answer).toEqual(answered(desk.daemon.home));
    // On a busy machine its first notes may have come too late to be played at once; the others are the same notes.
    const live = inAnswer(first);
    expect(live.length).toBeGreaterThan(0);
    for (const note of live.slice(1)) expect(answer).toContainEqual(note);
    expect(live.at(-1)).toEqual(answer.at(-1));
    const loud = loudness(wav).map((peak) => peak > 0.001);
    expect(loud).toEqual([false, false, true, true]);
  });
}
