/**
 * The daemon as the page uses it: the client of the protocol, with changes that are sent in order and again after a
 * connection was lost.
 */
import type { Client } from "../bridge/client/client.ts";
import type { Roll, RollChanged, RollEntry } from "../bridge/client/generated/protocol.ts";
import { type Change, wireChange } from "./document/change.ts";

export type { Roll, RollChanged, RollEntry } from "../bridge/client/generated/protocol.ts";

export class PageClient {
  readonly daemon: Client;
  private edits: Promise<unknown> = Promise.resolve();

  constructor(daemon: Client) {
    this.daemon = daemon;
  }

  /** Open a MIDI file. @param bytes  whole */
  async openFile(title: string, bytes: Uint8Array): Promise<Roll> {
    return this.daemon.call("roll/open", { title, file: base64(bytes) });
  }

  async get(rollId: string): Promise<Roll> {
    return this.daemon.call("roll/get", { rollId });
  }

  /** Tell the daemon what was changed here; one after the other, in the order in which it was done. */
  async edit(rollId: string, changes: readonly Change[]): Promise<void> {
    const sent = this.edits
      .catch(() => {})
      .then(() => this.daemon.call("roll/edit", { rollId, changes: changes.map(wireChange) }));
    this.edits = sent;
    await sent;
  }

  /** Resolves when every change so far has arrived. */
  async settled(): Promise<void> {
    await this.edits;
  }

  onChanged(listener: (rollId: string, changes: readonly RollChanged[]) => void): () => void {
    return this.daemon.on("roll/changed", ({ rollId, changes }) => listener(rollId, changes));
  }

  onRoll(listener: (entry: RollEntry) => void): () => void {
    return this.daemon.on("roll/host", listener);
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
