/**
 * State of the editor alone: its size, its grid, and unfinished drags.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { type Grid, Snap } from "../../bridge/music/snap.ts";
import type { NoteId, PageNote, PageRegion, PageTrack } from "../document/song.ts";
import { endTickOf, trackById } from "../document/song.ts";
import type { Store } from "../state.ts";
import { areChordsShown } from "../ui/frame-state.ts";
import type { Clip } from "./edits.ts";
import type { Point } from "./hit.ts";
import { type Layout, layoutOf } from "./layout.ts";
import type { Extent, Size } from "./viewport.ts";

/** Notes that are being dragged: drawn where they would be. */
export interface Draft {
  readonly trackId: string;
  readonly notes: readonly PageNote[];
  /** Notes of the song that are not drawn meanwhile. */
  readonly hidden: ReadonlySet<NoteId>;
}

const NOBODY: ReadonlySet<NoteId> = new Set();

export class EditorState {
  readonly store: Store;
  /** CSS pixels of the whole area. */
  readonly area = signal<Size>({ width: 0, height: 0 });
  readonly grid = signal<Grid>("1/16");
  readonly draft = signal<Draft | undefined>(undefined);
  /** A region that is being marked. */
  readonly regionDraft = signal<PageRegion | undefined>(undefined);
  /** Of the notes' area. */
  readonly box = signal<readonly [from: Point, to: Point] | undefined>(undefined);
  readonly lasso = signal<readonly Point[]>([]);
  /** Velocities that are being dragged. */
  readonly velocities = signal<ReadonlyMap<NoteId, number>>(new Map());
  /** A key that is held down. */
  readonly heldPitch = signal<number | undefined>(undefined);
  /** Where the pointer is over the notes, as a pitch. */
  readonly hoverPitch = signal<number | undefined>(undefined);
  /** The bar under the pointer in the ruler, from 0. */
  readonly hoverBar = signal<number | undefined>(undefined);
  readonly clip = signal<Clip | undefined>(undefined);
  /** What was done, in words, until something else is selected. */
  private readonly saying = signal<{ text: string; selected: ReadonlySet<NoteId> }>();

  readonly activeTrack: ReadonlySignal<PageTrack | undefined>;
  readonly layout: ReadonlySignal<Layout>;
  readonly bodySize: ReadonlySignal<Size>;
  readonly extent: ReadonlySignal<Extent>;
  readonly snap: ReadonlySignal<Snap>;
  readonly shownRegion: ReadonlySignal<PageRegion | undefined>;
  readonly selectedNotes: ReadonlySignal<readonly PageNote[]>;
  /** Notes that are drawn faintly, since what is offered would replace them. */
  readonly fadedIds: ReadonlySignal<ReadonlySet<NoteId>>;

  constructor(store: Store) {
    this.store = store;
    this.activeTrack = computed(() => trackById(store.song.value, store.activeTrackId.value));
    const isDrums = computed(() => this.activeTrack.value?.isDrums ?? false);
    this.layout = computed(() => {
      const { width, height } = this.area.value;
      return layoutOf(width, height, isDrums.value, areChordsShown.value);
    });
    this.bodySize = computed(() => this.layout.value.body);
    this.extent = computed(() => ({ endTick: endTickOf(store.song.value), ppq: store.song.value.ppq }));
    this.snap = computed(() => new Snap(store.bars.value, store.song.value.ppq, this.grid.value));
    this.shownRegion = computed(() => this.regionDraft.value ?? store.region.value);
    this.selectedNotes = computed(() => {
      const ids = store.selected.value;
      if (ids.size === 0) return [];
      return store.song.value.tracks.flatMap(({ notes }) => notes.filter(({ id }) => ids.has(id)));
    });
    this.fadedIds = computed(() => store.ghosts.value?.hidden ?? NOBODY);
  }

  /** The active track, unless it is hidden. */
  seenTrack(): PageTrack | undefined {
    const track = this.activeTrack.value;
    return track === undefined || this.store.settingsOf(track.id).isHidden ? undefined : track;
  }

  say(text: string): void {
    this.saying.value = { text, selected: this.store.selected.value };
  }

  get said(): string {
    const saying = this.saying.value;
    return saying?.selected === this.store.selected.value ? saying.text : "";
  }

  /** A grid of beats for regions, whatever that of the notes is. */
  snapBy(grid: Grid): Snap {
    return new Snap(this.store.bars.value, this.store.song.value.ppq, grid);
  }
}

const states = new WeakMap<Store, EditorState>();

/** The editor's part of what the page knows, the same for its view and its commands. */
export function editorState(store: Store): EditorState {
  let state = states.get(store);
  if (state === undefined) {
    state = new EditorState(store);
    states.set(store, state);
  }
  return state;
}
