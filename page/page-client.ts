/**
 * The daemon as the page uses it: the client of the protocol, with changes that are sent in order and again after a
 * connection was lost.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Client } from "../bridge/client/client.ts";
import type {
  MethodParams,
  Notifications,
  Roll,
  RollChanged,
  RollEntry,
  RollTrack,
} from "../bridge/client/generated/protocol.ts";
import { type Change, holdsChanges, wireChange } from "./document/change.ts";
import type { AddedTrack } from "./document/song.ts";
import { isAway, isUnwritten, UNWRITTEN_MS } from "./ui/is-away.ts";

export type {
  ListedRoll,
  Roll,
  RollChanged,
  RollEntry,
  RollTrack,
  WriteProblem,
} from "../bridge/client/generated/protocol.ts";

export type NewSong = NonNullable<MethodParams["roll/open"]["song"]>;
export type NewTrack = MethodParams["track/add"]["track"];

/** A change on its way. */
interface Unsent {
  readonly rollId: string;
  /** @returns the song's version with it */
  readonly send: () => Promise<{ version: number }>;
  /** Whether a song looks as after it. */
  readonly isIn: (song: Roll["song"]) => boolean;
  readonly sent: Promise<void>;
  readonly arrived: () => void;
  readonly refused: (thrown: unknown) => void;
}

export class PageClient {
  readonly daemon: Client;
  private readonly queue: Unsent[] = [];
  private readonly count = signal(0);
  /** Of each roll, as last received from the daemon. */
  private readonly versions = new Map<string, number>();
  private isSending = false;
  /** The connection was lost: nobody knows whether the first of the queue arrived, so it waits for `resume`. */
  private isHeld = false;

  constructor(daemon: Client) {
    this.daemon = daemon;
    daemon.on("roll/changed", ({ rollId, version }) => this.versions.set(rollId, version));
  }

  /** How many changes the daemon has not confirmed yet. */
  get unsent(): ReadonlySignal<number> {
    return this.count;
  }

  /** The song of the change that is next; undefined where all have arrived. */
  get unsentRollId(): string | undefined {
    return this.queue[0]?.rollId;
  }

  /** Open a MIDI file. @param bytes  whole @param songNumber  from 1, of a file that holds several */
  async openFile(title: string, bytes: Uint8Array, songNumber?: number): Promise<Roll> {
    return this.known(await this.daemon.call("roll/open", { title, file: base64(bytes), songNumber }));
  }

  /** Open a song that is no file yet. */
  async openSong(title: string, song: NewSong): Promise<Roll> {
    return this.known(await this.daemon.call("roll/open", { title, song }));
  }

  async get(rollId: string): Promise<Roll> {
    return this.known(await this.daemon.call("roll/get", { rollId }));
  }

  /** This page no longer shows it. */
  close(rollId: string): void {
    // A daemon that is away knows nothing of this page anyway.
    this.daemon.call("roll/close", { rollId }).catch(() => {});
  }

  async addTrack(rollId: string, track: NewTrack): Promise<RollTrack> {
    const answer = await this.daemon.call("track/add", { rollId, track });
    this.versions.set(rollId, answer.version);
    return answer.track;
  }

  async removeTrack(rollId: string, trackId: string): Promise<void> {
    const { version } = await this.daemon.call("track/remove", { rollId, trackId });
    this.versions.set(rollId, version);
  }

  /** The version of a roll that includes every change which arrived. */
  versionOf(rollId: string): number | undefined {
    return this.versions.get(rollId);
  }

  /**
   * Tell the daemon what was changed here; one after the other, in the order in which it was done. While the
   * connection is lost it waits.
   */
  edit(rollId: string, changes: readonly Change[]): Promise<void> {
    return this.enqueue({
      rollId,
      send: () => this.daemon.call("roll/edit", { rollId, changes: changes.map(wireChange) }),
      isIn: (song) => holdsChanges(song, changes),
    });
  }

  /** A track that the page has named, in its turn among the changes. */
  bringTrack(rollId: string, { id, name, program, isDrums }: AddedTrack): Promise<void> {
    return this.enqueue({
      rollId,
      send: () => this.daemon.call("track/add", { rollId, track: { id, name, program, isDrums } }),
      isIn: ({ tracks }) => tracks.some((track) => track.id === id),
    });
  }

  /** An empty track that was added, in its turn among the changes. */
  takeTrack(rollId: string, trackId: string): Promise<void> {
    return this.enqueue({
      rollId,
      send: () => this.daemon.call("track/remove", { rollId, trackId }),
      isIn: ({ tracks }) => tracks.every(({ id }) => id !== trackId),
    });
  }

  private async enqueue(change: Pick<Unsent, "rollId" | "send" | "isIn">): Promise<void> {
    let [arrived, refused]: [() => void, (thrown: unknown) => void] = [() => {}, () => {}];
    const sent = new Promise<void>((resolve, reject) => {
      [arrived, refused] = [resolve, reject];
    });
    this.queue.push({ ...change, sent, arrived, refused });
    this.count.value = this.queue.length;
    this.send();
    await sent;
  }

  /** Resolves when every change so far has arrived. */
  async settled(): Promise<void> {
    await this.queue.at(-1)?.sent;
  }

  /**
   * Go on after the connection came back.
   * @param there  the song of the next change as the daemon has it now: tells whether that one had arrived
   */
  resume(there?: Roll): void {
    const [next] = this.queue;
    const version = next === undefined ? undefined : this.versions.get(next.rollId);
    if (next !== undefined && there?.rollId === next.rollId && version !== undefined) {
      const hasArrived = there.version > version && next.isIn(there.song);
      if (hasArrived) {
        this.versions.set(next.rollId, version + 1);
        this.shift().arrived();
      }
    }
    this.isHeld = false;
    this.send();
  }

  onChanged(listener: (rollId: string, changes: readonly RollChanged[]) => void): () => void {
    return this.daemon.on("roll/changed", ({ rollId, changes }) => listener(rollId, changes));
  }

  /** Another page added or removed a track. */
  onTracks(listener: (changed: Notifications["track/changed"]) => void): () => void {
    return this.daemon.on("track/changed", (changed) => {
      this.versions.set(changed.rollId, changed.version);
      listener(changed);
    });
  }

  /** Songs are no longer kept. */
  onRemoved(listener: (removed: Notifications["roll/removed"]) => void): () => void {
    return this.daemon.on("roll/removed", listener);
  }

  onRoll(listener: (entry: RollEntry) => void): () => void {
    return this.daemon.on("roll/host", listener);
  }

  private known(roll: Roll): Roll {
    this.versions.set(roll.rollId, roll.version);
    return roll;
  }

  private async send(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (let next = this.queue[0]; next !== undefined && !this.isHeld; next = this.queue[0]) {
      try {
        const { version } = await next.send();
        this.versions.set(next.rollId, version);
        this.shift().arrived();
      } catch (thrown) {
        if (isAway(thrown)) this.isHeld = true;
        // The daemon has changed nothing; what was done here stays, and is sent until it can be written.
        else if (isUnwritten(thrown)) await new Promise((resolve) => setTimeout(resolve, UNWRITTEN_MS));
        else this.shift().refused(thrown);
      }
    }
    this.isSending = false;
  }

  private shift(): Unsent {
    const first = this.queue.shift();
    if (first === undefined) throw new Error("no change is under way");
    this.count.value = this.queue.length;
    return first;
  }
}

const CHUNK = 0x8000;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text);
}
