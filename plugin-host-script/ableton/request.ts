/**
 * The request of a fill.
 */
import type { ExtensionContext, NoteDescription } from "@ableton-extensions/sdk";
import type { Mode, Note, OneTrackRequest } from "../../bridge/client/generated/protocol.ts";
import type { Tick } from "../../bridge/music/time.ts";
import { keyOf, regionTick, regionTicks } from "./notes.ts";
import { Notice } from "./notice.ts";
import { PPQ, plain } from "./numbers.ts";
import { controlsOf, meterIn, modelOf, type Settings, samplingOf } from "./settings.ts";
import { surroundingsOf } from "./surroundings.ts";
import type { Target } from "./target.ts";

/** The best that is finished by then is the answer. */
export const DEADLINE_MS = 120_000;

export interface Asked {
  request: OneTrackRequest;
  /** Of the region's start, in the request. */
  startTick: Tick;
}

/**
 * @param notes     of the target's clip, as if they stood there
 * @param isLocked  which of them stay, by their ticks from the region's start
 * @throws Notice
 */
export function requestOf(
  context: ExtensionContext,
  target: Target,
  { notes, mode, settings, isLocked }: RequestOptions,
): Asked {
  const meter = meterIn(settings);
  if (settings.meter !== "" && meter === undefined) {
    throw new Notice(`"${settings.meter}" in the settings is not a meter; write one such as 7/8.`);
  }
  const around = surroundingsOf(context, target, notes, meter);
  const { startTick, trackId } = around;
  const { region } = target;
  const { song } = context.application;
  const old = around.tracks.find(({ id }) => id === trackId)?.notes ?? [];
  const locks = new Set(
    notes.filter(isLocked).map((note) => keyOf(startTick + regionTick(note, region), plain(note.pitch))),
  );
  const lockedNotes: Note[] = old.filter((note) => locks.has(keyOf(note.startTick, note.pitch)));
  const live = { rootNote: plain(song.rootNote), scaleName: String(song.scaleName) };
  return {
    startTick,
    request: {
      ppq: PPQ,
      tempoMap: [{ tick: 0, qpm: around.tempoQpm }],
      timeSignatures: [around.timeSignature],
      tracks: around.tracks,
      region: { trackId, startTick, endTick: startTick + regionTicks(region) },
      mode,
      controls: controlsOf(settings, mode, live),
      sampling: samplingOf(settings),
      lockedNotes,
      deadlineMs: DEADLINE_MS,
      ...modelOf(settings),
    },
  };
}

interface RequestOptions {
  notes: readonly NoteDescription[];
  mode: Mode;
  settings: Settings;
  isLocked: (note: NoteDescription) => boolean;
}
