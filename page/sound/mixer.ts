/**
 * Assigns each track its channel and volume, and adds the events of its file besides notes. Changes are sent to the
 * output at once.
 */
import { computed, effect, type ReadonlySignal, untracked } from "@preact/signals";
import type { Seconds, Tick } from "../../bridge/music/time.ts";
import type { Store } from "../state.ts";
import { NO_CONTROLS, type TrackControls } from "./controls.ts";
import { BEND, CONTROLLER, type Message, RESET, VOLUME } from "./messages.ts";
import { channelsOf, type Mix, mixOf } from "./mix.ts";
import type { ChannelState, MusicEvent, Output } from "./output.ts";
import { USUAL_VOLUME } from "./schedule.ts";
import { SongControls } from "./song-controls.ts";
import { Wanted } from "./wanted.ts";

/** A channel as it was before another song used it: what a reset leaves as it is, too. */
const AS_NEW: readonly Message[] = [
  [CONTROLLER, RESET, 0],
  [BEND, 0, 64],
  [CONTROLLER, 8, 64],
  [CONTROLLER, 10, 64],
  [CONTROLLER, 11, 127],
  ...Array.from({ length: 10 }, (_, at): Message => [CONTROLLER, 70 + at, 64]),
  [CONTROLLER, 91, 40],
  [CONTROLLER, 93, 0],
  [CONTROLLER, 0, 0],
  [CONTROLLER, 32, 0],
  [CONTROLLER, 101, 0],
  [CONTROLLER, 100, 0],
  [CONTROLLER, 6, 2],
  [CONTROLLER, 101, 127],
  [CONTROLLER, 100, 127],
];

export class Mixer {
  readonly controls: ReadonlySignal<ReadonlyMap<string, TrackControls>>;
  readonly mix: ReadonlySignal<Mix>;
  private readonly store: Store;
  private readonly output: ReadonlySignal<Output | undefined>;
  private readonly channels: ReadonlySignal<ReadonlyMap<string, number>>;
  private readonly wanted = new Wanted();
  private states = new Map<number, ChannelState>();
  /** Controller 7 as the file set it last, by channel: the mixer goes by it. */
  private readonly fileVolumes = new Map<number, number>();
  /** Channels that files have set. */
  private readonly touched = new Set<number>();
  /** The channels are in the state of the place where playing begins. */
  private isRewound = false;

  constructor(store: Store, output: ReadonlySignal<Output | undefined>) {
    [this.store, this.output] = [store, output];
    this.controls = new SongControls(store).value;
    this.channels = this.computeChannels();
    this.mix = computed(() => {
      const settings = store.trackSettings.value;
      const settingsOf = (id: string) => settings.get(id) ?? store.settingsOf(id);
      return mixOf(store.song.value.tracks, settingsOf, this.channels.value);
    });
    this.watch();
  }

  send(events: readonly MusicEvent[]): void {
    this.isRewound = false;
    this.output.value?.send(events.map((event) => this.mixed(event)));
  }

  /** Where a key of a track sounds that is pressed while nothing plays: as the song would there. */
  rewind(tick: Tick, seconds: Seconds): void {
    if (this.isRewound) return;
    const seen = new Set<number>();
    const events = this.store.song.value.tracks.flatMap(({ id, program }): MusicEvent[] => {
      const [channel, own] = [this.channels.value.get(id), this.controls.value.get(id)];
      if (channel === undefined || own === undefined || seen.has(channel)) return [];
      seen.add(channel);
      const messages = own.chase(tick, program, USUAL_VOLUME);
      return messages.map((message) => ({ kind: "control", seconds, channel, message }));
    });
    if (events.length > 0) this.send(events);
    this.isRewound = true;
  }

  /** The same map while it says the same, so that an edit of notes changes nothing else. */
  private computeChannels(): ReadonlySignal<ReadonlyMap<string, number>> {
    let known: ReadonlyMap<string, number> = new Map();
    let knownOutput: Output | undefined;
    return computed(() => {
      const controls = this.controls.value;
      const output = this.output.value;
      const { tracks } = this.store.song.value;
      const next = channelsOf(tracks, output?.ports, (id) => controls.get(id) ?? NO_CONTROLS);
      const isSame =
        next.size === known.size && [...next].every(([id, channel]) => known.get(id) === channel);
      if (!isSame || output !== knownOutput) known = next;
      knownOutput = output;
      return known;
    });
  }

  /** A file's volumes go by the mixer; what else it says goes as it is. */
  private mixed(event: MusicEvent): MusicEvent {
    if (event.kind !== "control") return event;
    const { channel, message } = event;
    const [kind, first, second] = message;
    this.touched.add(channel);
    if (kind !== CONTROLLER || first !== VOLUME) return event;
    this.fileVolumes.set(channel, second);
    return { ...event, message: [CONTROLLER, VOLUME, this.mix.value.volumeOf(channel, second)] };
  }

  private watch(): void {
    const rollId = computed(() => this.store.roll.value?.rollId);
    effect(() => {
      rollId.value;
      untracked(() => this.clean());
    });
    let last: Output | undefined;
    effect(() => {
      const output = this.output.value;
      if (output !== last) {
        this.states = new Map();
        this.fileVolumes.clear();
        this.isRewound = false;
        last?.silence();
        last = output;
      }
      this.setChannels(output);
      output?.prepare?.(this.wanted.next(this.store.heardSong.value, this.controls.value));
    });
  }

  private setChannels(output: Output | undefined): void {
    const mix = this.mix.value;
    for (const [channel, { program, volume: plain }] of mix.states) {
      const fileVolume = this.fileVolumes.get(channel);
      const volume = fileVolume === undefined ? plain : mix.volumeOf(channel, fileVolume);
      const known = this.states.get(channel);
      if (known?.program !== program) output?.setChannel(channel, { program, volume });
      else if (known.volume !== volume) output?.setVolume(channel, volume);
      this.states.set(channel, { program, volume });
    }
  }

  /** Another song finds the channels as they are for a song without controllers. */
  private clean(): void {
    const output = this.output.value;
    const events = [...this.touched].flatMap((channel) =>
      AS_NEW.map((message): MusicEvent => ({ kind: "control", seconds: 0, channel, message })),
    );
    if (events.length > 0) output?.send(events);
    this.touched.clear();
    this.fileVolumes.clear();
    this.states = new Map();
    this.isRewound = false;
  }
}
