/**
 * The page's state as signals: content and selections, the one place that the parts of the page share. Each part
 * draws what it reads of it; none calls another but by the interfaces at the end of this file.
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Bars } from "../bridge/music/bars.ts";
import { mapsOf, tracksWith } from "../bridge/music/song-in-region.ts";
import { TempoMap } from "../bridge/music/tempo.ts";
import type { Tick } from "../bridge/music/time.ts";
import { applyChanges, type Change, changesFromWire, differences } from "./document/change.ts";
import type { WrittenChords } from "./document/chords.ts";
import { History, type TrackMoves } from "./document/history.ts";
import {
  type AddedTrack,
  EMPTY_SONG,
  type NoteId,
  type PageNote,
  type PageRegion,
  type PageSong,
  songFromRoll,
  trackById,
  withoutTrack,
  withTrack,
} from "./document/song.ts";
import { type Ghosts, songWith } from "./ghosts.ts";
import type { PageClient, Roll, RollChanged, RollEntry, RollTrack, WriteProblem } from "./page-client.ts";
import { plainText, warningsWorthTelling } from "./ui/plain-words.ts";

/** What of the song is in the window of the editor. */
export interface View {
  /** At the left edge. */
  readonly startTick: Tick;
  readonly ticksPerPixel: number;
  /** At the upper edge, with a fraction: 127.5 is the middle of the highest row. */
  readonly topPitch: number;
  readonly pixelsPerPitch: number;
}

export interface TrackSettings {
  readonly isMuted: boolean;
  readonly isSolo: boolean;
  readonly isHidden: boolean;
  /** 0 to 1. */
  readonly volume: number;
}

export const PLAIN_TRACK: TrackSettings = { isMuted: false, isSolo: false, isHidden: false, volume: 0.8 };

export type Tool = "select" | "draw" | "lasso";
export type ConnectionState = "connecting" | "open" | "lost" | "forbidden";

/** Something to tell the musician. */
export interface Message {
  readonly kind: "error" | "info";
  readonly text: string;
}

export class Store {
  readonly client: PageClient;
  readonly connection = signal<ConnectionState>("connecting");
  readonly messages = signal<readonly Message[]>([]);
  /** Files that the daemon cannot write now. */
  readonly writeProblems = signal<readonly WriteProblem[]>([]);

  /** The open song; none on the start screen. */
  readonly roll = signal<RollEntry | undefined>(undefined);
  readonly song = signal<PageSong>(EMPTY_SONG);
  readonly history = new History({
    apply: (changes, tracks) => this.change(changes, tracks),
    song: () => this.song.peek(),
    drafts: (changes) => this.draftsOf(changes),
  });
  /** Tracks that are shown and heard, and not in the song that the daemon has before something is put in. */
  private readonly drafts = new Map<string, AddedTrack>();

  readonly tool = signal<Tool>("select");
  /** Of the editor; the track in which a new note or region is put. */
  readonly activeTrackId = signal<string | undefined>(undefined);
  readonly selected = signal<ReadonlySet<NoteId>>(new Set());
  /** The bars to fill. */
  readonly region = signal<PageRegion | undefined>(undefined);
  /** Notes that a fill keeps. */
  readonly locked = signal<ReadonlySet<NoteId>>(new Set());
  readonly ghosts = signal<Ghosts | undefined>(undefined);
  readonly view = signal<View>({ startTick: 0, ticksPerPixel: 4, topPitch: 96, pixelsPerPitch: 10 });
  /** The window as it was when the song was last looked at. */
  keptView: View | undefined;
  readonly trackSettings = signal<ReadonlyMap<string, TrackSettings>>(new Map());
  /** Where it plays, in ticks with a fraction; undefined where it does not. */
  readonly playTick = signal<Tick | undefined>(undefined);
  /** Where it begins to play. */
  readonly cursorTick = signal<Tick>(0);
  /** Chords that were written over bars; elsewhere they are those that sound. */
  readonly chords: Signal<WrittenChords> = signal(new Map());
  /** Lowest and highest pitch of a fill, by the handles on the keyboard; undefined where free. */
  readonly pitchRange: Signal<readonly [lowest: number, highest: number] | undefined> = signal(undefined);

  /** Tempo and meter of the active track. */
  readonly maps = computed(() => mapsOf(this.song.value, this.activeTrackId.value));
  readonly bars: ReadonlySignal<Bars> = computed(
    () => new Bars(this.maps.value.timeSignatures, this.song.value.ppq),
  );
  readonly tempo: ReadonlySignal<TempoMap> = computed(
    () => new TempoMap(this.maps.value.tempoMap, this.song.value.ppq),
  );
  /** The song as it is heard: with what is offered in place of what it would replace. */
  readonly heardSong: ReadonlySignal<PageSong> = computed(() => {
    const song = songWith(this.song.value, this.ghosts.value);
    if (song.tracks.every(({ pattern }) => pattern === undefined)) return song;
    return { ...song, tracks: tracksWith(song.tracks, this.activeTrackId.value) };
  });

  /** Set once by the parts themselves. */
  sound: SoundActions = SILENT;
  fill: FillActions = NO_FILL;

  constructor(client: PageClient) {
    this.client = client;
    client.onChanged((rollId, changes) => this.changedElsewhere(rollId, changes));
    client.onRoll((entry) => {
      if (entry.rollId === this.roll.value?.rollId) this.roll.value = entry;
    });
  }

  /** Show a song that the daemon has opened. */
  show({ song, warnings, earlier: _, ...entry }: Roll): void {
    this.history.clear();
    this.keptView = undefined;
    this.drafts.clear();
    this.song.value = songFromRoll(song);
    this.roll.value = entry;
    this.selected.value = new Set();
    this.locked.value = new Set();
    this.ghosts.value = undefined;
    this.pitchRange.value = undefined;
    this.chords.value = new Map();
    this.trackSettings.value = new Map();
    const region = entry.host?.region;
    this.region.value = region;
    this.activeTrackId.value = region?.trackId ?? this.song.value.tracks[0]?.id;
    this.cursorTick.value = region?.startTick ?? 0;
    for (const text of warningsWorthTelling(warnings)) this.tell("info", text);
  }

  /** The tracks that the daemon has: others may have come or gone while it was away. */
  meetTracks(tracks: readonly RollTrack[]): void {
    for (const { id } of this.song.value.tracks) {
      if (!this.drafts.has(id) && !tracks.some((track) => track.id === id)) this.dropTrack(id);
    }
    for (const { id, name, program, isDrums } of tracks) this.putTrack({ id, name, program, isDrums });
  }

  putTrack(track: AddedTrack): void {
    this.song.value = withTrack(this.song.value, track);
  }

  dropTrack(trackId: string): void {
    batch(() => {
      this.drafts.delete(trackId);
      this.history.forgetTrack(trackId);
      this.hideTrack(trackId);
    });
  }

  /** Show a track that comes into the song with the first note that is put into it; undoing that takes it out again. */
  putDraft(track: AddedTrack): void {
    if (trackById(this.song.value, track.id) !== undefined) return;
    this.drafts.set(track.id, track);
    this.putTrack(track);
  }

  draft(trackId: string): AddedTrack | undefined {
    return this.drafts.get(trackId);
  }

  /** Take away the drafts that are not wanted. */
  dropDrafts(isKept: (trackId: string) => boolean = () => false): void {
    batch(() => {
      for (const id of [...this.drafts.keys()]) if (!isKept(id)) this.dropTrack(id);
    });
  }

  private draftsOf(changes: readonly Change[]): AddedTrack[] {
    return [...this.drafts.values()].filter(({ id }) => changes.some(({ trackId }) => trackId === id));
  }

  private hideTrack(trackId: string): void {
    this.song.value = withoutTrack(this.song.value, trackId);
    if (this.activeTrackId.value === trackId) this.activeTrackId.value = this.song.value.tracks[0]?.id;
    if (this.region.value?.trackId === trackId) this.region.value = undefined;
  }

  settingsOf(trackId: string): TrackSettings {
    return this.trackSettings.value.get(trackId) ?? PLAIN_TRACK;
  }

  setTrack(trackId: string, settings: Partial<TrackSettings>): void {
    const next = new Map(this.trackSettings.value);
    this.trackSettings.value = next.set(trackId, { ...this.settingsOf(trackId), ...settings });
  }

  /** Repeating a message shows it once more, not twice. */
  tell(kind: Message["kind"], text: string): void {
    const others = this.messages.value.filter((message) => message.text !== text);
    this.messages.value = [...others, { kind, text }];
  }

  dismiss(gone: Message): void {
    this.messages.value = this.messages.value.filter((message) => message !== gone);
  }

  /** Say why something failed. */
  fail(thrown: unknown): void {
    this.tell("error", plainText(thrown, this.roll.value === undefined ? undefined : this.bars.value));
  }

  /** Show what another page did. */
  takeOver(changes: readonly Change[]): void {
    batch(() => {
      this.history.meet(changes);
      this.song.value = applyChanges(this.song.value, changes);
    });
  }

  private change(changes: readonly Change[], { come, go }: TrackMoves): void {
    for (const track of come) {
      this.drafts.delete(track.id);
      this.putTrack(track);
    }
    this.song.value = applyChanges(this.song.value, changes);
    // Notes that others put in keep the track where it is.
    const gone = go.filter(({ id }) => trackById(this.song.value, id)?.notes.length === 0);
    for (const { id } of gone) this.hideTrack(id);
    const roll = this.roll.value;
    if (roll === undefined) return;
    const { rollId } = roll;
    const sent = [
      ...come.map((track) => this.client.bringTrack(rollId, track)),
      this.client.edit(rollId, changes),
      ...gone.map(({ id }) => this.client.takeTrack(rollId, id)),
    ];
    Promise.all(sent).catch((thrown) => this.refused(rollId, thrown));
  }

  /** What the daemon does not take is taken back here: what is seen is what is kept. */
  private async refused(rollId: string, thrown: unknown): Promise<void> {
    this.fail(thrown);
    try {
      const { song } = await this.client.get(rollId);
      const isOpen = this.roll.value?.rollId === rollId && this.client.unsent.value === 0;
      if (!isOpen) return;
      this.meetTracks(song.tracks);
      this.takeOver(differences(this.song.value, song));
    } catch {
      // Away, or gone: others report it.
    }
  }

  private changedElsewhere(rollId: string, changes: readonly RollChanged[]): void {
    if (rollId !== this.roll.value?.rollId) return;
    this.takeOver(changesFromWire(this.song.value, changes));
  }
}

/** What the sound does for the other parts. */
export interface SoundActions {
  /** Play from a tick, or stop. */
  play(fromTick: Tick): void;
  stop(): void;
  /** Sound one note for a moment, as it is drawn or its key is pressed. */
  preview(trackId: string, pitch: number, velocity: number): void;
}

/** What filling does for the other parts. */
export interface FillActions {
  /** Take one note of those that are offered. */
  acceptNote(note: PageNote): void;
}

const SILENT: SoundActions = { play: () => {}, stop: () => {}, preview: () => {} };
const NO_FILL: FillActions = { acceptNote: () => {} };
