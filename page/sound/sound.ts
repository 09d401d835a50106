/**
 * Playback of the song: what plays, from where, how, and through what. The transport bar and the keys use it, and the other
 * parts by `store.sound`.
 */
import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { Tick } from "../../bridge/music/time.ts";
import { endTickOf, type PageSong } from "../document/song.ts";
import { type Ghosts, songWith } from "../ghosts.ts";
import type { SoundActions, Store } from "../state.ts";
import { PageAudio } from "./audio.ts";
import { Candidates } from "./candidates.ts";
import { countIn } from "./count-in.ts";
import { type LoopRange, loopRange, songEndTick, startingTick } from "./loop.ts";
import { MidiOutput } from "./midi-output.ts";
import { MidiPorts } from "./midi-ports.ts";
import { Mixer } from "./mixer.ts";
import type { Output, SoundEvent } from "./output.ts";
import { Player } from "./player.ts";
import type { Heard } from "./schedule.ts";

const TIMER_MS = 25;
/** From the click to the first note: enough for it to be sent in time. */
const START_SECONDS = 0.03;
const PREVIEW_SECONDS = 0.35;
/** Then the audio rests. */
const REST_MS = 15_000;

export class Sound implements SoundActions {
  readonly isPlaying = signal(false);
  readonly hasLeadIn = signal(false);
  readonly hasClicks = signal(false);
  readonly hasCountIn = signal(false);
  readonly volume = signal(0.8);
  /** Of the port that plays; undefined where this computer does. */
  readonly portId = signal<string | undefined>(undefined);
  /** How many notes began since the page was opened. */
  readonly sentNotes = signal(0);
  readonly audio = new PageAudio();
  readonly ports = new MidiPorts();
  readonly isLooping: ReadonlySignal<boolean>;
  readonly loop: ReadonlySignal<LoopRange | undefined>;
  /** Where Play begins. */
  readonly startTick: ReadonlySignal<number>;
  private readonly store: Store;
  private readonly player: Player;
  private readonly candidates = new Candidates();
  /** As the musician chose; on where there is a region until then. */
  private readonly loopChoice = signal<boolean | undefined>(undefined);
  private readonly endTick: ReadonlySignal<number>;
  private readonly output: ReadonlySignal<Output | undefined>;
  private readonly mixer: Mixer;
  private made: { song: PageSong; ghosts: Ghosts | undefined; heard: PageSong } | undefined;
  private readonly isRegionLatest = signal(false);
  /** One more with each start and stop, so that a waiting start knows that it is out of date. */
  private turn = 0;
  private freeFrom = 0;
  private isFirst = false;
  private timer: ReturnType<typeof setInterval> | undefined;
  private resting: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store) {
    this.store = store;
    this.isLooping = computed(() => this.loopChoice.value ?? store.region.value !== undefined);
    this.endTick = computed(() => songEndTick(store.bars.value, endTickOf(store.heardSong.value)));
    this.loop = computed(() =>
      loopRange({ isLooping: this.isLooping.value, hasLeadIn: this.hasLeadIn.value }, store.region.value, {
        bars: store.bars.value,
        tempo: store.tempo.value,
        endTick: this.endTick.value,
      }),
    );
    this.startTick = computed(() =>
      startingTick(store.cursorTick.value, store.region.value, this.loop.value, this.isRegionLatest.value),
    );
    this.output = computed(() => {
      const port = this.ports.port(this.portId.value);
      return port === undefined ? this.audio.speakers.value : new MidiOutput(port, this.audio);
    });
    this.mixer = new Mixer(store, this.output);
    this.player = new Player({
      now: () => this.audio.now(),
      source: (tick) => untracked(() => this.heardFrom(tick)),
      send: (events) => this.send(events),
    });
    this.watch();
  }

  /** From the cursor or the region, or stop. */
  toggle(): void {
    if (this.isPlaying.value) this.stop();
    else this.begin(this.startTick.value);
  }

  play(fromTick: Tick): void {
    // What is offered is heard where it comes from, if that is wanted.
    this.begin(startingTick(fromTick, this.store.region.value, this.loop.value, false));
  }

  stop(): void {
    const wasPlaying = this.isPlaying.value;
    this.finish();
    if (wasPlaying) this.silence();
  }

  /** The start of the song is where playing begins; there at once where it plays. */
  toStart(): void {
    this.store.cursorTick.value = 0;
    this.isRegionLatest.value = false;
    if (this.isPlaying.value) this.begin(0);
  }

  toggleLoop(): void {
    this.loopChoice.value = !this.isLooping.value;
  }

  /** The page came to the front, or went to the back. */
  visibilityChanged(): void {
    this.player.pump(document.hidden);
  }

  preview(trackId: string, pitch: number, velocity: number): void {
    const mix = this.mixer.mix.value;
    const channel = mix.channels.get(trackId);
    if (channel === undefined || !mix.isAudible(trackId)) return;
    void this.audio.load();
    // Several that waited for the sounds would be heard all at once.
    if (this.audio.speakers.value === undefined) return;
    this.restLater();
    const sound = async () => {
      const seconds = await this.audio.run();
      if (!this.isPlaying.value) this.mixer.rewind(this.startTick.value, seconds);
      this.output.value?.send([
        { kind: "on", seconds, channel, pitch, velocity: mix.velocityOf(trackId, velocity) },
        { kind: "off", seconds: seconds + PREVIEW_SECONDS, channel, pitch, velocity: 0 },
      ]);
      this.restLater();
    };
    sound().catch((thrown) => this.store.fail(thrown));
  }

  private begin(tick: Tick): void {
    performance.clearMarks("play-click");
    performance.mark("play-click");
    this.isFirst = true;
    this.stop();
    this.isPlaying.value = true;
    this.store.playTick.value = tick;
    const turn = this.turn;
    const start = async () => {
      const seconds = await this.audio.run();
      if (turn !== this.turn) return;
      this.candidates.begin(this.store.ghosts.value);
      let at = Math.max(seconds + START_SECONDS, this.freeFrom);
      if (this.hasCountIn.value) {
        const { clicks, endSeconds } = countIn(this.store.bars.value, this.store.tempo.value, tick, at);
        this.send(clicks);
        at = endSeconds;
      }
      this.player.start(tick, at, document.hidden);
      this.timer = setInterval(() => this.player.pump(document.hidden), TIMER_MS);
      this.follow();
    };
    start().catch((thrown) => {
      if (turn === this.turn) this.stop();
      this.store.fail(thrown);
    });
  }

  /** Cut what sounds, and what was sent for later. */
  private silence(): void {
    this.audio.clicks?.silence();
    this.freeFrom = this.output.value?.silence() ?? 0;
  }

  /** Nothing more is sent; what rings out does. */
  private finish(): void {
    this.turn += 1;
    clearInterval(this.timer);
    this.player.stop();
    this.isPlaying.value = false;
    this.store.playTick.value = undefined;
    this.restLater();
  }

  private restLater(): void {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (!this.isPlaying.value) void this.audio.rest();
    }, REST_MS);
  }

  /** Show where the music is, as long as it plays. */
  private follow(): void {
    const turn = this.turn;
    const frame = () => {
      if (turn !== this.turn) return;
      const tick = this.player.tickAt(this.audio.heardSeconds(), this.store.tempo.value);
      if (tick === undefined) {
        this.finish();
        return;
      }
      this.store.playTick.value = tick;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  private heardFrom(tick: Tick): Heard {
    const { store } = this;
    const loop = this.loop.value;
    const ghosts = this.candidates.heard(store.ghosts.value, tick, loop);
    return {
      song: this.songOf(store.song.value, ghosts),
      bars: store.bars.value,
      tempo: store.tempo.value,
      mix: this.mixer.mix.value,
      controls: this.mixer.controls.value,
      loop,
      endTick: this.endTick.value,
      hasClicks: this.hasClicks.value,
    };
  }

  /** Rebuilt only if something changed: it is asked for many times a second. */
  private songOf(song: PageSong, ghosts: Ghosts | undefined): PageSong {
    if (this.made?.song !== song || this.made.ghosts !== ghosts) {
      this.made = { song, ghosts, heard: songWith(song, ghosts) };
    }
    return this.made.heard;
  }

  private send(events: readonly SoundEvent[]): void {
    const notes = events.filter((event) => event.kind !== "click");
    for (const event of events) if (event.kind === "click") this.audio.clicks?.send(event);
    if (notes.length === 0) return;
    this.mixer.send(notes);
    const begun = notes.filter(({ kind }) => kind === "on").length;
    this.sentNotes.value += begun;
    if (!this.isFirst || begun === 0) return;
    this.isFirst = false;
    performance.clearMarks("play-first-event");
    performance.mark("play-first-event");
  }

  /** What was set goes to what plays as soon as it is. */
  private watch(): void {
    effect(() => this.audio.setVolume(this.volume.value));
    const rollId = computed(() => this.store.roll.value?.rollId);
    effect(() => {
      rollId.value;
      if (this.isPlaying.peek()) untracked(() => this.stop());
    });
    effect(() => {
      this.store.cursorTick.value;
      this.isRegionLatest.value = false;
    });
    effect(() => {
      this.isRegionLatest.value = this.store.region.value !== undefined;
    });
  }
}
