/**
 * The queue of texts for the daemon to keep: only changed ones, the latest of each name, sent again after a lost
 * connection.
 */
import type { Client } from "../../bridge/client/client.ts";
import { isAway, isUnwritten, UNWRITTEN_MS } from "../ui/is-away.ts";

export type Texts = ReadonlyMap<string, string>;

export class KeptQueue {
  private readonly daemon: Pick<Client, "call">;
  /** By roll: the texts that the daemon has, or is being sent. */
  private readonly sent = new Map<string, Map<string, string>>();
  private readonly waiting = new Map<string, Map<string, string | null>>();
  private readonly pins = new Map<string, boolean>();
  private sending: Promise<void> = Promise.resolve();

  constructor(daemon: Pick<Client, "call">) {
    this.daemon = daemon;
  }

  /** What the daemon keeps of a roll. */
  async read(rollId: string): Promise<Map<string, string>> {
    const { texts } = await this.daemon.call("roll/kept", { rollId });
    const sent = new Map(texts.map(({ name, text }) => [name, text]));
    this.sent.set(rollId, sent);
    return new Map(sent);
  }

  /** Texts whose names are no longer among these are forgotten. */
  knownOf(rollId: string): Texts {
    return this.sent.get(rollId) ?? new Map();
  }

  /**
   * Have these texts kept, in place of those that were kept under such names.
   * @param isOwn  which names these are all texts of
   * @param isPinned  whether the song is to stay for their sake; as it was where left out
   */
  keep(rollId: string, texts: Texts, isOwn: (name: string) => boolean, isPinned?: boolean): void {
    if (isPinned !== undefined) this.pins.set(rollId, isPinned);
    const sent = this.sent.get(rollId) ?? new Map<string, string>();
    this.sent.set(rollId, sent);
    const waiting = this.waiting.get(rollId) ?? new Map<string, string | null>();
    for (const name of [...sent.keys()]) {
      if (!isOwn(name) || texts.has(name)) continue;
      sent.delete(name);
      waiting.set(name, null);
    }
    for (const [name, text] of texts) {
      if (sent.get(name) === text) continue;
      sent.set(name, text);
      waiting.set(name, text);
    }
    if (waiting.size > 0 || isPinned !== undefined) this.waiting.set(rollId, waiting);
    void this.send();
  }

  /** The song is no longer shown: what is known of it is read again the next time. */
  forget(rollId: string): void {
    void this.send().then(() => {
      if (!this.waiting.has(rollId)) this.sent.delete(rollId);
    });
  }

  /** Send what waits; where that is being done, once more after it. */
  send(): Promise<void> {
    this.sending = this.sending.then(() => this.sendAll());
    return this.sending;
  }

  /** Send what waits without waiting for what is on its way: the page goes. */
  sendNow(): void {
    void this.sendAll();
  }

  private async sendAll(): Promise<void> {
    for (const [rollId, changes] of [...this.waiting]) {
      this.waiting.delete(rollId);
      const isPinned = this.pins.get(rollId);
      this.pins.delete(rollId);
      try {
        const texts = [...changes].map(([name, text]) => ({ name, text }));
        await this.daemon.call("roll/keep", {
          rollId,
          texts,
          ...(isPinned === undefined ? {} : { isPinned }),
        });
      } catch (thrown) {
        if (isUnwritten(thrown)) setTimeout(() => void this.send(), UNWRITTEN_MS);
        else if (!isAway(thrown)) {
          // A removed song keeps nothing; a full one is sent everything again.
          this.sent.delete(rollId);
          continue;
        }
        this.waiting.set(rollId, new Map([...changes, ...(this.waiting.get(rollId) ?? [])]));
        if (isPinned !== undefined && !this.pins.has(rollId)) this.pins.set(rollId, isPinned);
        return;
      }
    }
  }
}
