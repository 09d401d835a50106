/**
 * Finds the region to fill from the place that was right-clicked.
 */
import {
  type ArrangementSelection,
  ClipSlot,
  DataModelObject,
  type ExtensionContext,
  type Handle,
  MidiClip,
  MidiTrack,
  TakeLane,
  type Track,
} from "@ableton-extensions/sdk";
import type { Quarters } from "../../bridge/music/time.ts";
import { contentOf, firstHeardAt, isRepeated, type Span, turnsOf } from "./clip-time.ts";
import { Notice } from "./notice.ts";
import { idOf, NEAR_QUARTERS, PPQ, plain } from "./numbers.ts";
import { clipsOf, clipTimeOf, isClip, overlaps, type Target } from "./target.ts";

/** Quarters of a clip in a slot when no other clip of the scene gives a length: four bars of 4/4. */
const SLOT_QUARTERS: Quarters = 16;

/** One target a MIDI lane, in their order; a lane that can't be filled gives its reason. @throws Notice */
export function targetsOfSelection(
  context: ExtensionContext,
  selection: ArrangementSelection,
): (Target | Notice)[] {
  const part = { start: plain(selection.time_selection_start), end: plain(selection.time_selection_end) };
  if (part.end - part.start < 1 / PPQ) {
    throw new Notice("Select the time to fill first, on MIDI tracks of the arrangement.");
  }
  const lanes = selection.selected_lanes.map((handle) =>
    context.getObjectFromHandle(handle, DataModelObject),
  );
  const targets: (Target | Notice)[] = [];
  for (const lane of lanes) {
    const track = lane instanceof TakeLane ? lane.parent : lane;
    if (!(track instanceof MidiTrack)) continue;
    if (lane instanceof MidiTrack || lane instanceof TakeLane) targets.push(targetOfLane(track, lane, part));
  }
  if (targets.length === 0) throw new Notice("None of the selected tracks is a MIDI track.");
  return targets;
}

function targetOfLane(track: MidiTrack, lane: MidiTrack | TakeLane, part: Span): Target | Notice {
  const title = `"${lane.name}"`;
  const base = {
    track,
    title,
    isWholeClip: false,
    position: { kind: "arrangement", lane, start: part.start },
  } as const;
  const [clip, another] = clipsOf(lane).filter((each) => overlaps(each, part));
  if (clip === undefined) {
    const region = { start: 0, end: part.end - part.start };
    return { ...base, clip, region, isRepeated: false };
  }
  const time = clipTimeOf(clip);
  const isCovered =
    part.start > time.startTime - NEAR_QUARTERS &&
    part.end < time.endTime + NEAR_QUARTERS &&
    another === undefined;
  if (!isCovered) {
    return new Notice(
      `On ${title}, the selected time is not within one clip: select less, or consolidate the clips first.`,
    );
  }
  const [turn, next] = turnsOf(time, part);
  if (turn === undefined || next !== undefined) {
    return new Notice(
      `On ${title}, the clip's loop restarts within the selected time: select part of one pass, or consolidate the clip first.`,
    );
  }
  const start = turn.local + (part.start - turn.start);
  const region = { start, end: start + (part.end - part.start) };
  return { ...base, clip, region, isRepeated: isRepeated(time, region) };
}

/** A clip, wherever it lies. @param isFree  only what is behind its last note @throws Notice */
export function targetOfClip(context: ExtensionContext, handle: Handle, isFree: boolean): Target {
  const clip = context.getObjectFromHandle(handle, MidiClip);
  const { track, slot, sceneIndex, lane } = homeOf(context, idOf(clip));
  const time = clipTimeOf(clip);
  const isInSession = slot !== undefined;
  const region = regionOfClip(clip, isInSession, isFree);
  const base = {
    track,
    clip,
    region,
    isRepeated: false,
    isWholeClip: true,
    title: `"${clip.name || track.name}"`,
  };
  if (slot !== undefined) return { ...base, position: { kind: "session", slot, sceneIndex } };
  const start = firstHeardAt(time, region.start) ?? time.startTime;
  return { ...base, position: { kind: "arrangement", lane, start } };
}

/** The content that the clip plays: its loop, or what is heard of it. `endMarker` is not to be relied on. */
function regionOfClip(clip: MidiClip, isInSession: boolean, isFree: boolean): Span {
  const time = clipTimeOf(clip);
  const region = { start: time.startMarker, end: time.loopEnd };
  if (time.looping && time.loopEnd - time.loopStart > NEAR_QUARTERS) region.start = time.loopStart;
  if (!isInSession) {
    const heard = { start: Number.POSITIVE_INFINITY, end: Number.NEGATIVE_INFINITY };
    for (const turn of turnsOf(time, { start: time.startTime, end: time.endTime })) {
      const content = contentOf(turn);
      heard.start = Math.min(heard.start, content.start);
      heard.end = Math.max(heard.end, content.end);
    }
    region.start = time.looping ? Math.max(region.start, heard.start) : heard.start;
    region.end = time.looping ? Math.min(region.end, heard.end) : heard.end;
  }
  if (isFree) {
    for (const note of clip.notes) {
      const start = plain(note.startTime);
      if (start >= region.end - NEAR_QUARTERS) continue;
      // From the next whole quarter.
      const end = Math.ceil(start + plain(note.duration) - NEAR_QUARTERS);
      region.start = Math.min(Math.max(region.start, end), region.end);
    }
    if (region.end - region.start < 1 / PPQ) {
      throw new Notice(
        `${clip.name ? `"${clip.name}"` : "The clip"} has no room behind its last note: make it longer first.`,
      );
    }
  }
  if (region.end - region.start < 1 / PPQ) throw new Notice("The clip has no length to fill.");
  return region;
}

/** A slot: its clip, or a new one as long as the longest of its scene. @throws Notice */
export function targetOfSlot(context: ExtensionContext, handle: Handle): Target {
  const slot = context.getObjectFromHandle(handle, ClipSlot);
  if (slot.clip !== null) {
    if (slot.clip instanceof MidiClip) return targetOfClip(context, slot.clip.handle, false);
    throw new Notice("The slot has no MIDI clip.");
  }
  for (const track of midiTracks(context)) {
    const sceneIndex = track.clipSlots.findIndex((each) => idOf(each) === idOf(slot));
    if (sceneIndex < 0) continue;
    const lengths = midiTracks(context)
      .map((other) => other.clipSlots[sceneIndex]?.clip)
      .filter((clip) => clip instanceof MidiClip)
      .map((clip) => plain(clip.loopEnd) - plain(clip.looping ? clip.loopStart : clip.startMarker));
    const region = { start: 0, end: Math.max(0, ...lengths) || SLOT_QUARTERS };
    const position = { kind: "session", slot, sceneIndex } as const;
    return {
      track,
      position,
      clip: undefined,
      region,
      isRepeated: false,
      isWholeClip: true,
      title: `"${track.name}"`,
    };
  }
  throw new Notice("The slot is not on a MIDI track.");
}

type Home =
  | { track: MidiTrack; slot: ClipSlot; sceneIndex: number; lane: undefined }
  | { track: MidiTrack; slot: undefined; sceneIndex: -1; lane: MidiTrack | TakeLane };

function homeOf(context: ExtensionContext, id: string): Home {
  for (const track of midiTracks(context)) {
    const sceneIndex = track.clipSlots.findIndex(({ clip }) => isClip(clip, id));
    const slot = track.clipSlots[sceneIndex];
    if (slot !== undefined) return { track, slot, sceneIndex, lane: undefined };
    const lane = [track, ...track.takeLanes].find((each) => clipsOf(each).some((clip) => isClip(clip, id)));
    if (lane !== undefined) return { track, slot: undefined, sceneIndex: -1, lane };
  }
  throw new Notice("The clip is not on a MIDI track.");
}

function midiTracks(context: ExtensionContext): MidiTrack[] {
  return context.application.song.tracks.filter((track: Track) => track instanceof MidiTrack);
}
