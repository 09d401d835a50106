/**
 * The music around a region, as sent to the daemon: all MIDI tracks that sound, on one timeline.
 */
import {
  type ExtensionContext,
  MidiClip,
  MidiTrack,
  type NoteDescription,
  type Track,
} from "@ableton-extensions/sdk";
import type { Note, TimeSignature, Track as TrackRequest } from "../../bridge/client/generated/protocol.ts";
import type { Quarters, Tick } from "../../bridge/music/time.ts";
import { type ClipTime, contentOf, firstHeardAt, type Span, turnsOf } from "./clip-time.ts";
import { isKnownAsDrums } from "./drums.ts";
import { keyOf, reachesInto, startsIn } from "./notes.ts";
import { idOf, NEAR_QUARTERS, plain, ticksFromQuarters } from "./numbers.ts";
import { clipsOf, clipTimeOf, type Target } from "./target.ts";

/** On either side of the region; more is not listened to. */
const CONTEXT_BARS = 64;
/** The daemon's limit is 1,024. */
const MAX_NAME = 200;
const MAX_NUMERATOR = 255;
const DEFAULT_VELOCITY = 100;

export interface Meter {
  numerator: number;
  denominator: number;
}

export interface Surroundings {
  tempoQpm: number;
  timeSignature: TimeSignature;
  tracks: TrackRequest[];
  /** Of the region's track. */
  trackId: string;
  /** Of the region's start. */
  startTick: Tick;
}

/** A note on the timeline. */
interface Heard extends Span {
  note: NoteDescription;
}

/**
 * @param notes  of the target's clip, as if they stood there
 * @param meter  instead of Live's
 */
export function surroundingsOf(
  context: ExtensionContext,
  target: Target,
  notes: readonly NoteDescription[],
  meter: Meter | undefined,
): Surroundings {
  const { song } = context.application;
  const sceneIndex = target.position.kind === "session" ? target.position.sceneIndex : -1;
  const { numerator, denominator } = meter ?? meterOf(context, sceneIndex);
  const bar = (numerator * 4) / denominator;
  const start = target.position.kind === "session" ? target.region.start : target.position.start;
  const window = windowOf(target, start, bar);
  // A bar begins at the first tick. What reaches into the region must begin before it there too.
  const firstBar = Math.floor(window.start / bar + NEAR_QUARTERS);
  const isTight = start - firstBar * bar < bar && notes.some((note) => reachesInto(note, target.region));
  const origin = (isTight ? firstBar - 1 : firstBar) * bar;
  const startTick = ticksFromQuarters(start - origin);
  const toTicks = ({ start: from, end, note }: Heard): Note => {
    const startOf = (quarters: number) => Math.max(0, startTick + ticksFromQuarters(quarters - start));
    return {
      startTick: startOf(from),
      durationTicks: Math.max(1, startOf(end) - startOf(from)),
      pitch: plain(note.pitch),
      velocity: Math.min(127, Math.max(1, Math.round(plain(note.velocity ?? DEFAULT_VELOCITY)))),
    };
  };
  const tracks: TrackRequest[] = [];
  for (const [index, track] of song.tracks.entries()) {
    if (!(track instanceof MidiTrack)) continue;
    const isTarget = idOf(track) === idOf(target.track);
    if (!isTarget && !isHeard(track)) continue;
    const heard = isTarget ? targetNotes(target, notes, window, start) : otherNotes(target, track, window);
    if (!isTarget && heard.length === 0) continue;
    tracks.push({
      id: trackIdOf(index),
      name: [...track.name].slice(0, MAX_NAME).join(""),
      ...(isKnownAsDrums(track) ? { isDrums: true } : {}),
      notes: heard.map(toTicks),
    });
  }
  const sceneTempo = plain(song.scenes[sceneIndex]?.tempo ?? 0);
  return {
    tempoQpm: sceneTempo > 0 ? sceneTempo : plain(song.tempo),
    timeSignature: { tick: 0, numerator, denominator },
    tracks,
    trackId: trackIdOf(song.tracks.findIndex((track) => idOf(track) === idOf(target.track))),
    startTick,
  };
}

function trackIdOf(index: number): string {
  return `track-${index + 1}`;
}

/** The scene's own, else of the next one above, else of the first that has one: the SDK does not tell the song's. */
function meterOf(context: ExtensionContext, sceneIndex: number): Meter {
  const { scenes } = context.application.song;
  for (const scene of [...scenes.slice(0, sceneIndex + 1).reverse(), ...scenes]) {
    const [numerator, denominator] = [plain(scene.signatureNumerator), plain(scene.signatureDenominator)];
    const isPower = denominator > 0 && denominator <= 128 && (denominator & (denominator - 1)) === 0;
    if (numerator > 0 && numerator <= MAX_NUMERATOR && isPower) return { numerator, denominator };
  }
  return { numerator: 4, denominator: 4 };
}

/** The part of the timeline that is sent: in a slot, one pass of the clip's content, which is its own timeline. */
function windowOf(target: Target, start: Quarters, bar: Quarters): Span {
  const end = start + (target.region.end - target.region.start);
  if (target.position.kind === "arrangement") {
    return { start: Math.max(0, start - CONTEXT_BARS * bar), end: end + CONTEXT_BARS * bar };
  }
  if (target.clip === undefined) return { start, end };
  const { startMarker, loopStart, loopEnd, looping } = clipTimeOf(target.clip);
  return {
    start: Math.max(
      Math.min(start, startMarker, looping ? loopStart : startMarker),
      start - CONTEXT_BARS * bar,
    ),
    end: Math.min(Math.max(end, loopEnd), end + CONTEXT_BARS * bar),
  };
}

function isHeard(track: Track): boolean {
  for (let each: Track | null | undefined = track; each; each = each.groupTrack) if (each.mute) return false;
  return !track.mutedViaSolo;
}

/** Notes of a clip at the places where they are heard. */
function heardOf(clip: MidiClip, time: ClipTime, window: Span, notes: readonly NoteDescription[]): Heard[] {
  if (clip.muted) return [];
  const heard: Heard[] = [];
  for (const turn of turnsOf(time, window)) {
    const content = contentOf(turn);
    for (const note of notes) {
      if (note.muted === true) continue;
      const local = plain(note.startTime);
      if (local < content.start - NEAR_QUARTERS || local >= content.end - NEAR_QUARTERS) continue;
      const start = turn.start + (local - turn.local);
      const end = Math.min(start + plain(note.duration), turn.end);
      if (end > window.start && start < window.end) heard.push({ start, end, note });
    }
  }
  return heard;
}

function otherNotes(target: Target, track: MidiTrack, window: Span): Heard[] {
  const { position } = target;
  if (position.kind === "arrangement") {
    return clipsOf(track).flatMap((clip) => heardOf(clip, clipTimeOf(clip), window, clip.notes));
  }
  const clip = track.clipSlots[position.sceneIndex]?.clip;
  if (!(clip instanceof MidiClip)) return [];
  // All clips of a scene start together; the window is given in positions of the target's content.
  const shift = target.clip === undefined ? 0 : shiftOf(clipTimeOf(target.clip), target.region.start);
  const time = { ...clipTimeOf(clip), startTime: shift, endTime: Number.POSITIVE_INFINITY };
  return heardOf(clip, time, window, clip.notes);
}

/** Where the content's timeline has the moment at which the clip was started. */
function shiftOf(clip: ClipTime, local: number): number {
  const played = firstHeardAt({ ...clip, startTime: 0, endTime: Number.POSITIVE_INFINITY }, local);
  return local - (played ?? local - clip.startMarker);
}

/**
 * The target's own track. Of its clip, everything in the region or reaching into it is sent from where the region
 * is: no new note may fall on one that stays, heard or not. The region's other turns are left out, for they will
 * change with it.
 */
function targetNotes(
  target: Target,
  notes: readonly NoteDescription[],
  window: Span,
  start: number,
): Heard[] {
  const { clip, position, region } = target;
  const shift = start - region.start;
  const near = notes
    .filter((note) => (note.muted !== true && startsIn(note, region)) || reachesInto(note, region))
    .map((note) => at(note, shift));
  const rest = notes.filter((note) => !startsIn(note, region));
  const keyAt = (heard: Heard) => keyOf(ticksFromQuarters(heard.start), plain(heard.note.pitch));
  const isNear = new Set(near.map(keyAt));
  const isNew = (heard: Heard) => !isNear.has(keyAt(heard));
  if (position.kind === "session") {
    const inWindow = (heard: Heard) =>
      heard.note.muted !== true && heard.end > window.start && heard.start < window.end;
    return [
      ...near,
      ...rest.map((note) => at(note, shift)).filter((heard) => inWindow(heard) && isNew(heard)),
    ];
  }
  const around = clipsOf(position.lane).flatMap((each) => {
    const isOwn = clip !== undefined && idOf(each) === idOf(clip);
    return heardOf(each, clipTimeOf(each), window, isOwn ? rest : each.notes);
  });
  return [...near, ...around.filter(isNew)];
}

function at(note: NoteDescription, shift: number): Heard {
  const start = plain(note.startTime) + shift;
  return { start, end: start + plain(note.duration), note };
}
