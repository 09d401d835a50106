/**
 * Creates Ardour sessions with music. Ardour can import only in its window, so regions and notes are written into the
 * files of an empty session.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { runScript, userEnv } from "./ardour.ts";
import { midiFile } from "./midi-file.ts";
import { QUARTER, type SourceNote } from "./source-note.ts";

export interface RegionSpec {
  name: string;
  /** Where it lies on the timeline. */
  position: number;
  length: number;
  /** What of its source it leaves out at the left. */
  start?: number;
  notes: SourceNote[];
  isMuted?: boolean;
  isLocked?: boolean;
  /** Does it let those below be heard? */
  isTransparent?: boolean;
  layer?: number;
  /** Another region whose source it shares, as linked copies do. */
  linkedTo?: string;
}

export interface TrackSpec {
  name: string;
  regions: RegionSpec[];
  isMuted?: boolean;
  isHidden?: boolean;
}

export interface SessionSpec {
  name?: string;
  tracks: TrackSpec[];
  tempos?: { tick: number; qpm: number }[];
  meters?: { tick: number; numerator: number; denominator: number }[];
  /** Ardour's rule for notes of one pitch that overlap. */
  overlaps?: "InsertMergeRelax" | "InsertMergeReject";
}

export interface SessionFolder {
  /** The user's folder, in which everything lies. */
  user: string;
  env: NodeJS.ProcessEnv;
  folder: string;
  name: string;
}

const SUPERCLOCK = 282_240_000;
const empty = new Map<number, Promise<string>>();

/** An empty session with so many tracks, made once. */
function emptySession(tracks: number): Promise<string> {
  const made = empty.get(tracks) ?? makeEmpty(tracks);
  empty.set(tracks, made);
  return made;
}

async function makeEmpty(tracks: number): Promise<string> {
  const user = mkdtempSync(join(tmpdir(), "continuo-ardour-empty-"));
  process.on("exit", () => rmSync(user, { recursive: true, force: true }));
  const folder = join(user, "empty");
  await runScript("create.lua", [folder, "empty", String(tracks)], userEnv(user));
  return folder;
}

/** @param onEnd  when it is gone; with the test where left out */
export async function makeSession(
  spec: SessionSpec,
  onEnd: (remove: () => void) => void = onTestFinished,
): Promise<SessionFolder> {
  const source = await emptySession(spec.tracks.length);
  const user = mkdtempSync(join(tmpdir(), "continuo-ardour-"));
  const name = spec.name ?? "song";
  onEnd(() => rmSync(user, { recursive: true, force: true, maxRetries: 5 }));
  const folder = join(user, name);
  cpSync(source, folder, { recursive: true });
  const files = join(folder, "interchange", name, "midifiles");
  cpSync(join(folder, "interchange", "empty"), join(folder, "interchange", name), { recursive: true });
  rmSync(join(folder, "interchange", "empty"), { recursive: true });
  mkdirSync(files, { recursive: true });
  const regions = spec.tracks.flatMap(({ regions }) => regions);
  for (const region of regions) {
    if (region.linkedTo === undefined)
      writeFileSync(join(files, `${region.name}.mid`), midiFile(region.notes));
  }
  const xml = fill(readFileSync(join(folder, "empty.ardour"), "utf8"), spec, name);
  rmSync(join(folder, "empty.ardour"));
  writeFileSync(join(folder, `${name}.ardour`), xml);
  return { user, env: userEnv(user), folder, name };
}

function fill(text: string, spec: SessionSpec, name: string): string {
  let xml = text
    .replace('name="empty"', `name="${escaped(name)}"`)
    // Otherwise a dialog asks about the device, which is another one here.
    .replace(/\n *<EngineHints [^>]*>/, "");
  const regions = spec.tracks.flatMap(({ regions }) => regions);
  let id = Number(xml.match(/id-counter="(\d+)"/)?.[1]) + 10;
  const sources = new Map<string, number>();
  for (const { name, linkedTo } of regions) if (linkedTo === undefined) sources.set(name, id++);
  const sourceOf = ({ name, linkedTo }: RegionSpec) => sources.get(linkedTo ?? name) ?? 0;
  const sourceXml = [...sources].map(
    ([name, id]) =>
      `<Source name="${escaped(name)}.mid" take-id="" type="midi" flags="Writable,CanRename" id="${id}" origin="" captured-for=""/>`,
  );
  const whole = regions
    .filter(({ linkedTo }) => linkedTo === undefined)
    .map((region) => regionXml(region, id++, sourceOf(region), true));
  xml = xml
    .replace("<Sources/>", `<Sources>${sourceXml.join("")}</Sources>`)
    .replace("<Regions/>", `<Regions>${whole.join("")}</Regions>`);
  for (const [index, track] of spec.tracks.entries()) {
    const shown = track.regions.map((region) => regionXml(region, id++, sourceOf(region), false));
    xml = changeTrack(xml, `Track-${index + 1}`, track, shown.join(""));
  }
  xml = xml.replace(/(name="insert-merge-policy" value=)"\w+"/, `$1"${spec.overlaps ?? "InsertMergeRelax"}"`);
  return withMaps(xml, spec).replace(/id-counter="\d+"/, `id-counter="${id + 10}"`);
}

function changeTrack(xml: string, token: string, track: TrackSpec, regions: string): string {
  // Ardour 8 numbers the playlists of a track.
  const playlist = new RegExp(`<Playlist ([^>]*name="${token}(?:\\.1)?"[^>]*)/>`);
  const route = new RegExp(`<Route [^>]*name="${token}"[\\s\\S]*?</Route>`);
  return xml
    .replace(playlist, `<Playlist $1>${regions}</Playlist>`)
    .replace(route, (text) => {
      let changed = text;
      if (track.isMuted) {
        changed = changed
          .replace(/(<MuteMaster [^>]*muted=)"0"/, '$1"1"')
          .replace(/(<Controllable name="mute" [^>]*value=)"0"/, '$1"1"');
      }
      if (track.isHidden) changed = changed.replace('flags="MidiTrack,', 'flags="MidiTrack,Hidden,');
      return changed;
    })
    .replaceAll(token, escaped(track.name));
}

function regionXml(region: RegionSpec, id: number, source: number, isWhole: boolean): string {
  const end = Math.max(
    region.length + (region.start ?? 0),
    ...region.notes.map(([start, duration]) => start + duration),
  );
  const [position, start, length] = isWhole
    ? [0, 0, end]
    : [region.position, region.start ?? 0, region.length];
  return (
    `<Region name="${escaped(region.name)}" muted="${region.isMuted ? 1 : 0}" opaque="${region.isTransparent ? 0 : 1}" locked="${region.isLocked ? 1 : 0}" video-locked="0" automatic="0" ` +
    `whole-file="${isWhole ? 1 : 0}" import="0" external="0" sync-marked="0" left-of-split="0" right-of-split="0" hidden="0" ` +
    `position-locked="0" valid-transients="0" start="b${start}" length="b${length}@b${position}" sync-position="b0" ` +
    `ancestral-start="b0" ancestral-length="b0@b0" stretch="1" shift="1" layering-index="${region.layer ?? 0}" tags="" ` +
    `contents="0" id="${id}" type="midi" first-edit="nothing" source-0="${source}" master-source-0="${source}"/>`
  );
}

/** Tempo and meter maps; both begin at 0. */
function withMaps(xml: string, spec: SessionSpec): string {
  const tempos = spec.tempos ?? [{ tick: 0, qpm: 120 }];
  const meters = spec.meters ?? [{ tick: 0, numerator: 4, denominator: 4 }];
  const superclock = (tick: number) => {
    let clock = 0;
    for (const [index, tempo] of tempos.entries()) {
      const end = Math.min(tick, tempos[index + 1]?.tick ?? tick);
      if (end > tempo.tick) clock += ((end - tempo.tick) / QUARTER) * (60 / tempo.qpm) * SUPERCLOCK;
    }
    return Math.round(clock);
  };
  const bbt = (tick: number) => {
    let bars = 1;
    for (const [index, meter] of meters.entries()) {
      const beat = (QUARTER * 4) / meter.denominator;
      const end = Math.min(tick, meters[index + 1]?.tick ?? tick);
      if (end < meter.tick) break;
      const beats = (end - meter.tick) / beat;
      if (end === tick) {
        const beatInBar = beats % meter.numerator;
        return `${bars + Math.floor(beats / meter.numerator)}|${Math.floor(beatInBar) + 1}|${Math.round((beatInBar % 1) * QUARTER)}`;
      }
      bars += beats / meter.numerator;
    }
    return "1|1|0";
  };
  const constant = xml.match(/type="((?:Tempo::)?Constant)"/)?.[1];
  const timeOf = (tick: number) =>
    `sclock="${superclock(tick)}" quarters="${Math.floor(tick / QUARTER)}:${tick % QUARTER}" bbt="${bbt(tick)}"`;
  const tempoXml = tempos.map(
    ({ tick, qpm }) =>
      `<Tempo npm="${qpm}" enpm="${qpm}" note-type="4" type="${constant}" active="1" locked-to-meter="0" continuing="0" ${timeOf(tick)} omega="0"/>`,
  );
  const meterXml = meters.map(
    ({ tick, numerator, denominator }) =>
      `<Meter note-value="${denominator}" divisions-per-bar="${numerator}" ${timeOf(tick)}/>`,
  );
  return xml
    .replace(/<Tempos>[\s\S]*?<\/Tempos>/, `<Tempos>${tempoXml.join("")}</Tempos>`)
    .replace(/<Meters>[\s\S]*?<\/Meters>/, `<Meters>${meterXml.join("")}</Meters>`);
}

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
