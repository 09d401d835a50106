/**
 * Adds a part: a new track is shown at once, and becomes part of the song with the first note that is accepted. Until
 * then it can be cancelled without a trace.
 */
import { batch, signal } from "@preact/signals";
import { BridgeError } from "../../bridge/bridge-error.ts";
import { parsePart, type Role } from "../../bridge/music/parts.ts";
import { programTitle } from "../../bridge/music/programs.ts";
import { type WrittenChords, withRepeated } from "../document/chords.ts";
import { type AddedTrack, endTickOf, type PageRegion, trackById } from "../document/song.ts";
import type { Store } from "../state.ts";
import { type Problem, problemOf } from "./words.ts";

/** What the form says. */
export interface PartForm {
  /** None of an instrument that may do anything. */
  readonly role: Role | undefined;
  readonly program: number;
  /** Empty for the usual one. */
  readonly name: string;
  /** From 1. */
  readonly firstBar: number;
  readonly lastBar: number;
  /** Such as "Am | F | C G"; empty for those of the song. */
  readonly chords: string;
  /** Such as "D minor"; empty for any. */
  readonly key: string;
}

export interface OpenForm {
  readonly form: PartForm;
  /** Why the part could not be written so. */
  readonly problem?: Problem | undefined;
  /** Nothing is there to go by: chords or a key are wanted. */
  readonly asksForChords: boolean;
}

/** More than a part of a song usually has; the last bar that the form offers by itself. */
const USUAL_BARS = 8;
const LATEST_BAR = 9_999;

/** Wrong in a way that the form can mend. */
const OF_THE_FORM = new Set([
  "NOTHING_TO_HEAR",
  "CHORD_UNKNOWN",
  "SCALE_UNKNOWN",
  "REGION_TOO_LONG",
  "REGION_EMPTY",
]);

interface Before {
  readonly trackId: string;
  readonly activeTrackId: string | undefined;
  readonly region: PageRegion | undefined;
  readonly chords: WrittenChords;
  /** Those that the form wrote. */
  readonly written: WrittenChords;
}

export class Adding {
  /** The form, while it is open. */
  readonly open = signal<OpenForm | undefined>(undefined);
  private readonly store: Store;
  private before: Before | undefined;

  constructor(store: Store) {
    this.store = store;
  }

  /** Show the form, with the bars that are marked, else the first ones. */
  begin(): void {
    this.open.value = { form: this.usualForm(), asksForChords: false };
  }

  close(): void {
    this.open.value = undefined;
  }

  /** The track of a form, which the song does not have yet. */
  trackOf({ role, program, name }: PartForm): AddedTrack {
    const usual = usualName(role, program);
    const isDrums = role === "drums";
    return {
      id: `added-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`,
      name: name.trim() || usual,
      program: isDrums ? 0 : program,
      isDrums,
      ...(role === undefined ? {} : { role }),
    };
  }

  /** Show the track with its bars marked, and its chords written over them. */
  show(track: AddedTrack, form: PartForm): PageRegion {
    const { store } = this;
    const bars = store.bars.value;
    const span = [form.firstBar - 1, form.lastBar - 1] as const;
    const region = { trackId: track.id, startTick: bars.startTick(span[0]), endTick: bars.endTick(span[1]) };
    const chords = store.chords.value;
    const written = form.chords.trim() === "" ? chords : withRepeated(chords, span, form.chords);
    batch(() => {
      this.before = {
        ...{ trackId: track.id, activeTrackId: store.activeTrackId.value, region: store.region.value },
        ...{ chords, written },
      };
      store.chords.value = written;
      store.putDraft(track);
      store.activeTrackId.value = track.id;
      store.region.value = region;
    });
    return region;
  }

  /** The track is gone before anything of it was taken: as it was. */
  restore(): void {
    const { store, before } = this;
    if (before === undefined || trackById(store.song.value, before.trackId) !== undefined) return;
    this.before = undefined;
    batch(() => {
      if (store.chords.value === before.written) store.chords.value = before.chords;
      if (trackById(store.song.value, before.activeTrackId) === undefined) return;
      store.activeTrackId.value = before.activeTrackId;
      store.region.value ??= before.region;
    });
  }

  /** @returns whether the form says it, open again with what was in it */
  failed(form: PartForm, thrown: unknown): boolean {
    const code = thrown instanceof BridgeError ? thrown.code : "";
    if (!OF_THE_FORM.has(code)) return false;
    const problem = problemOf(thrown, form.firstBar);
    this.open.value = { form, problem, asksForChords: code === "NOTHING_TO_HEAR" };
    return true;
  }

  private usualForm(): PartForm {
    const { song, bars, region } = this.store;
    const hasDrums = song.value.tracks.some(({ isDrums }) => isDrums);
    const { role, program } = parsePart(hasDrums ? "bass" : "drums");
    const marked = region.value;
    const count = Math.max(1, bars.value.count(endTickOf(song.value)));
    const isEmpty = endTickOf(song.value) === 0;
    const [first, last] =
      marked === undefined
        ? [0, (isEmpty ? USUAL_BARS : Math.min(count, USUAL_BARS)) - 1]
        : [bars.value.barAtTick(marked.startTick), bars.value.barAtTick(Math.max(0, marked.endTick - 1))];
    return { role, program, name: "", firstBar: first + 1, lastBar: last + 1, chords: "", key: "" };
  }
}

/** "Bass", or the instrument's name. */
export function usualName(role: Role | undefined, program: number): string {
  return role === undefined ? programTitle(program) : parsePart(role).name;
}

/** The form with bars that there can be. */
export function withBars(form: PartForm, firstBar: number, lastBar: number): PartForm {
  const whole = (bar: number) => Math.min(LATEST_BAR, Math.max(1, Math.round(bar) || 1));
  return { ...form, firstBar: whole(firstBar), lastBar: Math.max(whole(firstBar), whole(lastBar)) };
}
