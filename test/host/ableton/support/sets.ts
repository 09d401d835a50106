/**
 * Live sets for the tests.
 */
import type { NoteDescription } from "@ableton-extensions/sdk";
import { type ClipState, newClip, type SetState, type TrackState } from "./live-set.ts";

export const LEAD = 11;
export const BASS = 12;
export const DRUMS = 13;
export const AUDIO = 14;
export const LEAD_CLIP = 101;
export const BASS_CLIP = 102;
export const DRUMS_CLIP = 103;

export function newTrack(name: string, change: Partial<TrackState> = {}): TrackState {
  return {
    kind: "midi",
    name,
    mute: false,
    mutedViaSolo: false,
    group: null,
    devices: ["device"],
    slots: [null, null],
    clips: [],
    takeLanes: [],
    ...change,
  };
}

const STEPS = [0, 4, 7, 12, 11, 7, 4, 2];

/** A note every half quarter. */
export function eighths(quarters: number, lowest: number): NoteDescription[] {
  return Array.from({ length: quarters * 2 }, (_, index) => ({
    pitch: lowest + (STEPS[index % STEPS.length] ?? 0),
    startTime: index / 2,
    duration: 0.5,
    velocity: 70 + (index % 4) * 5,
    ...(index % 3 === 0 ? { probability: 0.75, velocityDeviation: -8.5, releaseVelocity: 61 } : {}),
  }));
}

export function emptyScene(): SetState["scenes"][number] {
  return { tempo: -1, signatureNumerator: -1, signatureDenominator: -1 };
}

/** Sixteen bars in the arrangement on three MIDI tracks, and an audio track. */
export function arrangement(change: Partial<SetState> = {}, lead: Partial<ClipState> = {}): SetState {
  return {
    tempo: 96,
    rootNote: 2,
    scaleName: "Dorian",
    scenes: [emptyScene(), emptyScene()],
    tracks: [
      [LEAD, newTrack("Lead", { clips: [LEAD_CLIP] })],
      [BASS, newTrack("Bäss ♭ 低音", { clips: [BASS_CLIP] })],
      [DRUMS, newTrack("Beats", { clips: [DRUMS_CLIP], devices: ["device", "drums"] })],
      [AUDIO, newTrack("Voice", { kind: "audio" })],
    ],
    takeLanes: {},
    clips: {
      [LEAD_CLIP]: newClip({ name: "melody", endTime: 64, notes: eighths(64, 60), ...lead }),
      [BASS_CLIP]: newClip({ endTime: 64, notes: eighths(64, 36) }),
      [DRUMS_CLIP]: newClip({ endTime: 64, notes: eighths(64, 36) }),
    },
    ...change,
  };
}

/** The same clips, four bars and looping, in the first scene. */
export function session(change: Partial<SetState> = {}, lead: Partial<ClipState> = {}): SetState {
  const looped = { endTime: 16, looping: true };
  return arrangement({
    tracks: [
      [LEAD, newTrack("Lead", { slots: [LEAD_CLIP, null] })],
      [BASS, newTrack("Bass", { slots: [BASS_CLIP, null] })],
      [DRUMS, newTrack("Beats", { slots: [null, DRUMS_CLIP] })],
    ],
    clips: {
      [LEAD_CLIP]: newClip({ name: "melody", ...looped, notes: eighths(16, 60), ...lead }),
      [BASS_CLIP]: newClip({ ...looped, endTime: 8, loopEnd: 8, notes: eighths(8, 36) }),
      [DRUMS_CLIP]: newClip({ ...looped, notes: eighths(16, 36) }),
    },
    ...change,
  });
}
