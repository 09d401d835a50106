/**
 * A new song: one track, a tempo and a meter.
 */

import { USUAL_PPQ } from "../../bridge/music/time.ts";
import type { NewSong } from "../page-client.ts";
import type { Store } from "../state.ts";
import { type Instrument, instrumentName } from "../ui/InstrumentField.tsx";
import { opening, showRoll } from "./open.ts";

export const METERS = ["4/4", "3/4", "2/4", "6/8", "5/4", "7/8", "9/8", "12/8"] as const;
export type Meter = (typeof METERS)[number];
/** Beats a minute, as far as MIDI can say and anybody can play them. */
export const TEMPOS = { slowest: 20, fastest: 400, usual: 120 } as const;

interface SongForm {
  readonly title: string;
  /** Quarters a minute. */
  readonly qpm: number;
  readonly meter: Meter;
  readonly instrument: Instrument;
}

function newSong({ qpm, meter, instrument }: SongForm): NewSong {
  const [numerator = 4, denominator = 4] = meter.split("/").map(Number);
  return {
    ppq: USUAL_PPQ,
    tempoMap: [{ tick: 0, qpm: Math.min(TEMPOS.fastest, Math.max(TEMPOS.slowest, qpm)) }],
    timeSignatures: [{ tick: 0, numerator, denominator }],
    tracks: [{ id: "1", name: instrumentName(instrument), ...instrument, notes: [] }],
  };
}

/** Begin one, or say why not. */
export async function openNewSong(store: Store, form: SongForm): Promise<void> {
  const title = form.title.trim() || "New song";
  opening.value = title;
  try {
    const roll = await store.client.openSong(title, newSong(form));
    await showRoll(store, roll);
  } catch (thrown) {
    store.fail(thrown);
  } finally {
    opening.value = undefined;
  }
}
