/**
 * The target of a fill: a part of a clip's content and where it plays, or a clip that has yet to be created.
 */
import {
  type Clip,
  type ClipSlot,
  MidiClip,
  type MidiTrack,
  type NoteDescription,
  type TakeLane,
} from "@ableton-extensions/sdk";
import type { Quarters } from "../../bridge/music/time.ts";
import type { ClipTime, Span } from "./clip-time.ts";
import { Notice } from "./notice.ts";
import { idOf, plain } from "./numbers.ts";

/** Where the content is heard, which decides what else is. */
export type ClipPosition =
  /** On a lane of the arrangement; the region begins at `start`. */
  | { kind: "arrangement"; lane: MidiTrack | TakeLane; start: Quarters }
  /** In the slot of a scene. */
  | { kind: "session"; slot: ClipSlot; sceneIndex: number };

export interface Target {
  track: MidiTrack;
  position: ClipPosition;
  /** Undefined where there is none yet. */
  clip: MidiClip | undefined;
  /** The part of the clip's content; of a clip that is to be made, from 0 to its length. */
  region: Span;
  /** The same content is heard in other places too. */
  isRepeated: boolean;
  /** The clip was pointed at, not a part of it. */
  isWholeClip: boolean;
  title: string;
}

export function clipTimeOf(clip: Clip): ClipTime {
  return {
    startTime: plain(clip.startTime),
    endTime: plain(clip.endTime),
    startMarker: plain(clip.startMarker),
    loopStart: plain(clip.loopStart),
    loopEnd: plain(clip.loopEnd),
    looping: Boolean(clip.looping),
  };
}

export function clipsOf(lane: MidiTrack | TakeLane): MidiClip[] {
  const clips = "arrangementClips" in lane ? lane.arrangementClips : lane.clips;
  return clips.filter((clip) => clip instanceof MidiClip);
}

/** All notes of the target's clip now; none where there is no clip yet. @throws Notice */
export function notesOf({ clip }: Target): readonly NoteDescription[] {
  if (clip === undefined) return [];
  try {
    return [...clip.notes];
  } catch {
    throw new Notice("The clip is gone.");
  }
}

/** The clip of a target that had none, made now: an undo step of its own, for Live can't fill it in the same. */
export async function makeClip(target: Target): Promise<Target> {
  const { position, region } = target;
  const length = region.end - region.start;
  let clip: MidiClip;
  if (position.kind === "session") {
    if (position.slot.clip !== null) throw new Notice("The slot has a clip now.");
    clip = await position.slot.createMidiClip(length);
  } else {
    const part = { start: position.start, end: position.start + length };
    if (clipsOf(position.lane).some((other) => overlaps(other, part))) {
      throw new Notice("There is a clip in the selected time now.");
    }
    clip = await position.lane.createMidiClip(position.start, length);
  }
  const start = plain(clip.startMarker);
  return { ...target, clip, region: { start, end: start + length } };
}

export function overlaps(clip: Clip, part: Span): boolean {
  return plain(clip.startTime) < part.end && plain(clip.endTime) > part.start;
}

export function isClip(clip: Clip | null, id: string): clip is MidiClip {
  return clip instanceof MidiClip && idOf(clip) === id;
}
