/**
 * The undo history: named steps and their changes. Notes that another page has changed leave the history, so that
 * undo never restores an outdated version of them.
 */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { type Change, inverseOf } from "./change.ts";
import type { AddedTrack, NoteId, PageNote, PageSong } from "./song.ts";
import { Sounding } from "./sounding.ts";

export interface Step {
  /** Identifies a step, even after a reload. */
  readonly key: string;
  /** As people say it: "Move 3 notes", "Fill bars 5-8". */
  readonly label: string;
  readonly changes: readonly Change[];
  /** Tracks that came into the song with it, and go with it. */
  readonly tracks?: readonly AddedTrack[] | undefined;
}

export interface Steps {
  /** The latest last. */
  readonly done: readonly Step[];
  /** The next one to do again last. */
  readonly undone: readonly Step[];
}

/** Tracks that a step brings before its changes, and those that it takes away after them. */
export interface TrackMoves {
  readonly come: readonly AddedTrack[];
  readonly go: readonly AddedTrack[];
}

interface HistoryOptions {
  /** Makes changes in the song, and tells the daemon. */
  apply: (changes: readonly Change[], tracks: TrackMoves) => void;
  song: () => PageSong;
  /** Tracks that are only shown until one of these changes makes them part of the song. */
  drafts?: (changes: readonly Change[]) => readonly AddedTrack[];
}

/** As many as anybody goes back. */
const MOST_STEPS = 500;

let lastKey = 0;

export class History {
  private readonly done = signal<readonly Step[]>([]);
  private readonly undone = signal<readonly Step[]>([]);
  private readonly options: HistoryOptions;
  /** Notes that other pages put in. */
  private foreign = new Set<NoteId>();

  constructor(options: HistoryOptions) {
    this.options = options;
  }

  get steps(): ReadonlySignal<readonly Step[]> {
    return this.done;
  }

  get undoneSteps(): ReadonlySignal<readonly Step[]> {
    return this.undone;
  }

  /** Do something that can be undone; nothing where nothing changes. */
  do(label: string, changes: readonly Change[]): void {
    const real = withoutEmpty(changes);
    if (real.length === 0) return;
    lastKey += 1;
    const come = this.options.drafts?.(real) ?? [];
    const tracks = come.length === 0 ? {} : { tracks: come };
    const step: Step = { key: `${Date.now().toString(36)}.${lastKey}`, label, changes: real, ...tracks };
    batch(() => {
      this.options.apply(real, { come, go: [] });
      this.done.value = [...this.done.value, step].slice(-MOST_STEPS);
      this.undone.value = [];
    });
  }

  /** @returns what was undone */
  undo(): Step | undefined {
    return this.take(this.done, this.undone, ({ changes, tracks = [] }) => [
      inverseOf(changes),
      { come: [], go: tracks },
    ]);
  }

  /** @returns what was done again */
  redo(): Step | undefined {
    return this.take(this.undone, this.done, ({ changes, tracks = [] }) => [
      changes,
      { come: tracks, go: [] },
    ]);
  }

  /** Another page changed notes: those are no longer this page's to undo. */
  meet(changes: readonly Change[]): void {
    const gone = new Set(changes.flatMap(({ removed }) => removed.map(({ id }) => id)));
    for (const { added } of changes) for (const { id } of added) this.foreign.add(id);
    if (gone.size === 0) return;
    batch(() => {
      this.done.value = withoutNotes(this.done.value, gone);
      this.undone.value = withoutNotes(this.undone.value, gone);
    });
  }

  /** A track is gone, and what was done to it. */
  forgetTrack(trackId: string): void {
    const isOther = (change: Change) => change.trackId !== trackId;
    batch(() => {
      for (const steps of [this.done, this.undone]) {
        steps.value = steps.value.flatMap((step) =>
          ofChanges(withoutTrack(step, trackId), step.changes.filter(isOther)),
        );
      }
    });
  }

  /** Start with the earlier history, such as that from before a reload. */
  restore({ done, undone }: Steps): void {
    batch(() => {
      [this.done.value, this.undone.value] = [done, undone];
    });
    this.foreign = new Set();
  }

  /** Forget everything, as another song is opened. */
  clear(): void {
    this.restore({ done: [], undone: [] });
  }

  private take(
    from: typeof this.done,
    to: typeof this.done,
    movesOf: (step: Step) => [changes: readonly Change[], tracks: TrackMoves],
  ): Step | undefined {
    return batch(() => {
      for (;;) {
        const step = from.value.at(-1);
        if (step === undefined) return undefined;
        from.value = from.value.slice(0, -1);
        const kept = withoutNotes([step], this.blocked(movesOf(step)[0]))[0];
        // Nothing of it is left: the step before it, then.
        if (kept === undefined) continue;
        to.value = [...to.value, kept];
        this.options.apply(...movesOf(kept));
        return kept;
      }
    });
  }

  /** Notes that would come back over a note that another page put in. */
  private blocked(changes: readonly Change[]): ReadonlySet<NoteId> {
    const blocked = new Set<NoteId>();
    if (this.foreign.size === 0) return blocked;
    const tracks = new Map(this.options.song().tracks.map((track) => [track.id, track]));
    for (const { trackId, added } of changes) {
      const others = (tracks.get(trackId)?.notes ?? []).filter(({ id }) => this.foreign.has(id));
      const taken = new Sounding(others);
      for (const note of added) if (taken.overlaps(note)) blocked.add(note.id);
    }
    return blocked;
  }
}

function withoutEmpty(changes: readonly Change[]): Change[] {
  return changes.filter(({ removed, added }) => removed.length + added.length > 0);
}

function withoutTrack(step: Step, trackId: string): Step {
  if (step.tracks === undefined) return step;
  return { ...step, tracks: step.tracks.filter(({ id }) => id !== trackId) };
}

/** The step with other changes; none where they change nothing. */
function ofChanges(step: Step, changes: readonly Change[]): Step[] {
  const real = withoutEmpty(changes);
  return real.length === 0 ? [] : [{ ...step, changes: real }];
}

/** Steps that do not touch some notes; those that never did are the same objects. */
export function withoutNotes(steps: readonly Step[], gone: ReadonlySet<NoteId>): Step[] {
  if (gone.size === 0) return [...steps];
  const isKept = ({ id }: PageNote) => !gone.has(id);
  const isTouched = ({ removed, added }: Change) => ![...removed, ...added].every(isKept);
  return steps.flatMap((step) => {
    if (!step.changes.some(isTouched)) return [step];
    const changes = step.changes.map((change) => ({
      ...change,
      removed: change.removed.filter(isKept),
      added: change.added.filter(isKept),
    }));
    return ofChanges(step, changes);
  });
}
