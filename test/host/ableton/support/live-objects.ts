/**
 * Simulated objects of Live's SDK: they have exactly the documented members, and classes to tell them apart. Access
 * to anything else throws.
 */
import type { NoteDescription } from "@ableton-extensions/sdk";
import type { DeviceState, LiveSet } from "./live-set.ts";

/** Documented members, after the sources that sdk.d.ts names; more than the extension uses. */
const MEMBERS: Record<string, readonly string[]> = {
  DataModelObject: ["handle", "parent"],
  Song: [
    "tempo",
    "tracks",
    "returnTracks",
    "mainTrack",
    "scenes",
    "cuePoints",
    "rootNote",
    "scaleName",
    "scaleMode",
  ],
  Scene: ["name", "tempo", "signatureNumerator", "signatureDenominator"],
  Track: ["name", "mute", "solo", "arm", "mutedViaSolo", "groupTrack", "mixer", "devices", "clipSlots"],
  ArrangementTrack: ["arrangementClips", "takeLanes"],
  MidiTrack: ["createMidiClip"],
  TakeLane: ["name", "clips", "createMidiClip"],
  ClipSlot: ["clip", "createMidiClip", "deleteClip"],
  Clip: ["name", "color", "muted", "startTime", "endTime", "duration", "startMarker", "endMarker", "looping"],
  Loop: ["loopStart", "loopEnd"],
  MidiClip: ["notes"],
  Device: ["name", "parameters"],
  RackDevice: ["chains"],
  Chain: ["name", "devices", "mixer"],
  DrumChain: ["receivingNote"],
};
/** What the language itself asks any object. */
const LANGUAGE = new Set<string | symbol>(["then", "constructor", "toJSON"]);

export class DataModelObject {
  readonly handle: { readonly id: bigint };
  protected readonly live: Live;
  protected readonly id: number;

  constructor(live: Live, id: number) {
    this.live = live;
    this.id = id;
    this.handle = { id: BigInt(id) };
    // biome-ignore lint/correctness/noConstructorReturn: every object is watched, from its first moment.
    return watched(this);
  }
}

export class Song extends DataModelObject {
  get tempo() {
    return this.live.set.state.tempo;
  }
  get rootNote() {
    return this.live.number(this.live.set.state.rootNote);
  }
  get scaleName() {
    return this.live.set.state.scaleName;
  }
  get tracks() {
    return this.live.set.state.tracks.map(([id]) => this.live.trackObject(id));
  }
  get scenes() {
    return this.live.set.state.scenes.map((_, index) => this.live.object(Scene, 500 + index));
  }
}

export class Scene extends DataModelObject {
  get tempo() {
    return this.state.tempo;
  }
  get signatureNumerator() {
    return this.live.number(this.state.signatureNumerator);
  }
  get signatureDenominator() {
    return this.live.number(this.state.signatureDenominator);
  }
  private get state() {
    const scene = this.live.set.state.scenes[this.id - 500];
    if (scene === undefined) throw new Error("the scene is gone");
    return scene;
  }
}

export class Track extends DataModelObject {
  get name() {
    return this.state.name;
  }
  get mute() {
    return this.state.mute;
  }
  get mutedViaSolo() {
    return this.state.mutedViaSolo;
  }
  get groupTrack(): Track | null {
    return this.state.group === null ? null : this.live.trackObject(this.state.group);
  }
  get devices() {
    return this.live.devices(this.state.devices);
  }
  get clipSlots() {
    return this.state.slots.map((_, index) => this.live.object(ClipSlot, this.id * 100 + 300_000 + index));
  }
  get arrangementClips() {
    return this.state.clips.map((id) => this.live.clipObject(id));
  }
  get takeLanes() {
    return this.state.takeLanes.map((id) => this.live.object(TakeLane, id));
  }
  private get state() {
    return this.live.set.track(this.id);
  }
}

export class AudioTrack extends Track {}

export class MidiTrack extends Track {
  async createMidiClip(startTime: number, duration: number) {
    const { set } = this.live;
    const clip = { startTime, endTime: startTime + duration };
    return this.live.clipObject(set.makeClip(clip, (id) => set.track(this.id).clips.push(id)));
  }
}

export class TakeLane extends DataModelObject {
  get name() {
    return this.state.name;
  }
  get parent() {
    return this.live.trackObject(this.state.track);
  }
  get clips() {
    return this.state.clips.map((id) => this.live.clipObject(id));
  }
  async createMidiClip(startTime: number, duration: number) {
    const clip = { startTime, endTime: startTime + duration };
    return this.live.clipObject(this.live.set.makeClip(clip, (id) => this.state.clips.push(id)));
  }
  private get state() {
    const lane = this.live.set.state.takeLanes[this.id];
    if (lane === undefined) throw new Error("the take lane is gone");
    return lane;
  }
}

export class ClipSlot extends DataModelObject {
  get clip() {
    const id = this.track.slots[this.index] ?? null;
    return id === null ? null : this.live.clipObject(id);
  }
  async createMidiClip(length: number) {
    if (this.clip !== null) throw new Error("the slot is full");
    const clip = { endTime: length, looping: true };
    return this.live.clipObject(
      this.live.set.makeClip(clip, (id) => {
        this.track.slots[this.index] = id;
      }),
    );
  }
  private get index() {
    return (this.id - 300_000) % 100;
  }
  private get track() {
    return this.live.set.track(Math.floor((this.id - 300_000) / 100));
  }
}

export class Clip extends DataModelObject {
  get name() {
    return this.state.name;
  }
  get muted() {
    return this.state.muted;
  }
  get startTime() {
    return this.live.number(this.state.startTime);
  }
  get endTime() {
    return this.live.number(this.state.endTime);
  }
  get startMarker() {
    return this.state.startMarker;
  }
  /** As the beta has it: the end of all content, not of what is played. */
  get endMarker() {
    return this.state.loopEnd + 1_000;
  }
  get looping() {
    return this.state.looping;
  }
  get loopStart() {
    return this.state.loopStart;
  }
  get loopEnd() {
    return this.live.number(this.state.loopEnd);
  }
  protected get state() {
    return this.live.set.clip(this.id);
  }
}

export class AudioClip extends Clip {}

export class MidiClip extends Clip {
  get notes(): readonly NoteDescription[] {
    return this.state.notes.map((note) =>
      Object.freeze({ ...note, pitch: this.live.number(note.pitch) as number }),
    );
  }
  set notes(notes: readonly NoteDescription[]) {
    this.live.set.setNotes(this.id, notes);
  }
}

/** By their handles. */
const chainsOf = new WeakMap<object, Chain[]>();
const devicesOf = new WeakMap<object, Device[]>();

export class Device extends DataModelObject {}

export class RackDevice extends Device {
  get chains(): Chain[] {
    return chainsOf.get(this.handle) ?? [];
  }
}
export class DrumRack extends RackDevice {}

export class Chain extends DataModelObject {
  get devices(): Device[] {
    return devicesOf.get(this.handle) ?? [];
  }
}
export class DrumChain extends Chain {}

export const CLASSES = {
  DataModelObject,
  Song,
  Scene,
  Track,
  AudioTrack,
  MidiTrack,
  TakeLane,
  ClipSlot,
  Clip,
  AudioClip,
  MidiClip,
  Device,
  RackDevice,
  DrumRack,
  Chain,
  DrumChain,
};

type Class<T> = new (live: Live, id: number) => T;

/** Where the objects live: one for each handle, as in Live. */
export class Live {
  readonly set: LiveSet;
  /** Whole numbers come as BigInt, as they may. */
  readonly hasBigInts: boolean;
  readonly song: Song;
  private readonly objects = new Map<number, DataModelObject>();

  constructor(set: LiveSet, hasBigInts: boolean) {
    [this.set, this.hasBigInts] = [set, hasBigInts];
    this.song = this.object(Song, 1);
  }

  number(value: number): number | bigint {
    return this.hasBigInts && Number.isInteger(value) ? BigInt(value) : value;
  }

  object<T extends DataModelObject>(type: Class<T>, id: number): T {
    const known = this.objects.get(id) ?? new type(this, id);
    this.objects.set(id, known);
    return known as T;
  }

  devices(states: readonly DeviceState[]): Device[] {
    return states.map((state) => {
      if (state === "device") return new Device(this, 0);
      if (state === "drums") return new DrumRack(this, 0);
      const chains = state.chains.map((devices) => {
        const chain = state.isOfPads ? new DrumChain(this, 0) : new Chain(this, 0);
        devicesOf.set(chain.handle, this.devices(devices));
        return chain;
      });
      const rack = new RackDevice(this, 0);
      chainsOf.set(rack.handle, chains);
      return rack;
    });
  }

  trackObject(id: number): Track {
    const { kind } = this.set.track(id);
    return this.object<Track>(kind === "midi" ? MidiTrack : kind === "audio" ? AudioTrack : Track, id);
  }

  clipObject(id: number): Clip {
    return this.object<Clip>(this.set.clip(id).kind === "midi" ? MidiClip : AudioClip, id);
  }

  /** As the SDK: throws for another type, and for what is gone. */
  fromHandle<T>(handle: { id: bigint }, type: new (...given: never) => T): T {
    const id = Number(handle.id);
    if (this.set.state.tracks.some(([each]) => each === id)) this.trackObject(id);
    if (this.set.state.clips[id] !== undefined) this.clipObject(id);
    const object = this.objects.get(id);
    if (!(object instanceof type)) throw new Error(`the handle ${id} is of no ${type.name}`);
    return object;
  }
}

function watched<T extends DataModelObject>(object: T): T {
  const names = new Set<string | symbol>();
  for (let each = object.constructor; each !== Function.prototype; each = Object.getPrototypeOf(each)) {
    for (const name of MEMBERS[each.name] ?? []) names.add(name);
    if (each === Track) for (const name of MEMBERS.ArrangementTrack ?? []) names.add(name);
    if (each === Clip) for (const name of MEMBERS.Loop ?? []) names.add(name);
  }
  return new Proxy(object, {
    get(target, name) {
      if (typeof name === "symbol" || LANGUAGE.has(name)) return Reflect.get(target, name, target);
      if (!names.has(name)) throw new Error(`Live's ${object.constructor.name} has no ${name}`);
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set(target, name, value) {
      if (name !== "notes" || !(target instanceof MidiClip)) throw new Error(`${String(name)} can't be set`);
      return Reflect.set(target, name, value, target);
    },
  });
}
