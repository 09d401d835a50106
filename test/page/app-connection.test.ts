/**
 * The page while the daemon disappears and returns: local changes arrive once, remote changes are merged.
 */
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { BridgeError } from "../../bridge/bridge-error.ts";
import type { Client } from "../../bridge/client/client.ts";
import type { RollChange } from "../../bridge/client/generated/protocol.ts";
import { heal } from "../../page/app/connection.ts";
import { newNote, type PlainNote, plainNote } from "../../page/document/song.ts";
import { PageClient, type Roll } from "../../page/page-client.ts";
import { Store } from "../../page/state.ts";
import { UNWRITTEN_MS } from "../../page/ui/is-away.ts";

const LOST = new BridgeError("CONNECTION_LOST", "lost", { retryable: true });

/** A daemon with one roll of one track, which can be away, or lose its answers. */
class FakeDaemon {
  notes: PlainNote[] = [note(0, 60), note(480, 62)];
  version = 3;
  edits = 0;
  isAway = false;
  losesAnswers = false;
  refuses = false;
  /** How many more edits it cannot write. */
  unwritten = 0;
  warnings: Roll["warnings"] = [];

  get roll(): Roll {
    const track = { id: "1", name: "Piano", program: 0, isDrums: false, notes: this.notes.map(plainNote) };
    return {
      rollId: "roll-1",
      title: "Song",
      version: this.version,
      openedAt: "2026-01-01T00:00:00Z",
      file: "song.mid",
      changedAt: null,
      earlier: null,
      host: null,
      song: { ppq: 480, durationTicks: 960, tempoMap: [], timeSignatures: [], tracks: [track] },
      warnings: this.warnings,
    };
  }

  apply(changes: readonly RollChange[]): void {
    for (const { removed, added } of changes) {
      for (const gone of removed) {
        const at = this.notes.findIndex(
          (one) => one.startTick === gone.startTick && one.pitch === gone.pitch,
        );
        if (at >= 0) this.notes.splice(at, 1);
      }
      // As the daemon does: the channel is that of the track.
      this.notes.push(...added.map((one) => ({ ...one, channel: 5 })));
    }
    this.version += 1;
  }

  async call(method: string, params: { changes?: RollChange[] }): Promise<unknown> {
    if (this.isAway) throw LOST;
    if (method === "roll/edit") {
      this.edits += 1;
      if (this.unwritten-- > 0) throw new BridgeError("CHANGE_NOT_WRITTEN", "full", { retryable: true });
      if (this.refuses) throw new BridgeError("TRACK_NOT_FOUND", "the roll has no such track");
      if (params.changes?.[0]?.trackId !== "1") throw new BridgeError("TRACK_NOT_FOUND", "no such track");
      this.apply(params.changes);
      if (this.losesAnswers) {
        this.isAway = true;
        throw LOST;
      }
      return { version: this.version };
    }
    return this.roll;
  }

  comesBack(): void {
    [this.isAway, this.losesAnswers] = [false, false];
  }
}

let daemon: FakeDaemon;
let store: Store;

beforeEach(async () => {
  daemon = new FakeDaemon();
  const client = { call: daemon.call.bind(daemon), on: () => () => {} };
  store = new Store(new PageClient(client as unknown as Client));
  store.show(await store.client.get("roll-1"));
});

test("changes arrive one after the other, and each is confirmed", async () => {
  add(100, 65);
  add(200, 66);
  expect(store.client.unsent.value).toBe(2);
  await store.client.settled();
  expect(store.client.unsent.value).toBe(0);
  expect(pitches()).toEqual([60, 62, 65, 66]);
  expect(store.client.versionOf("roll-1")).toBe(5);
});

test("what the daemon cannot write stays here, and is sent in order until it can", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  daemon.unwritten = 2;
  add(100, 65);
  add(200, 66);
  await vi.advanceTimersByTimeAsync(UNWRITTEN_MS + 1);
  expect([pitches(), store.client.unsent.value, store.messages.value]).toEqual([[60, 62], 2, []]);
  await vi.advanceTimersByTimeAsync(UNWRITTEN_MS + 1);
  expect([pitches(), store.client.unsent.value]).toEqual([[60, 62, 65, 66], 0]);
});

test("a song whose changes the daemon cannot read yet is not taken for what it had: the page waits", async () => {
  add(100, 65);
  await store.client.settled();
  const whole = daemon.notes;
  [daemon.notes, daemon.version] = [[note(0, 60), note(480, 62)], 1];
  daemon.warnings = [{ code: "ROLL_UNREADABLE", message: "no rights" }];
  await expect(heal(store)).rejects.toMatchObject({ retryable: true });
  expect([pitches(), here(), daemon.edits]).toEqual([[60, 62], [60, 62, 65], 1]);
  [daemon.notes, daemon.version, daemon.warnings] = [whole, 4, []];
  await heal(store);
  expect([pitches(), here(), daemon.edits]).toEqual([[60, 62, 65], [60, 62, 65], 1]);
});

test("what is done while the daemon is away is sent when it is back, in order and once", async () => {
  daemon.isAway = true;
  add(100, 65);
  add(200, 66);
  await ticks();
  expect(store.client.unsent.value).toBe(2);
  expect(store.messages.value).toEqual([]);
  daemon.comesBack();
  await heal(store);
  expect(pitches()).toEqual([60, 62, 65, 66]);
  expect([daemon.edits, store.client.unsent.value]).toEqual([2, 0]);
});

test("a change whose answer was lost is not made twice", async () => {
  daemon.losesAnswers = true;
  add(100, 65);
  add(200, 66);
  await ticks();
  expect(pitches()).toEqual([60, 62, 65]);
  daemon.comesBack();
  await heal(store);
  expect(pitches()).toEqual([60, 62, 65, 66]);
  expect(here()).toEqual([60, 62, 65, 66]);
  expect(store.client.versionOf("roll-1")).toBe(5);
});

test("undo of a change whose answer was lost arrives as well", async () => {
  daemon.losesAnswers = true;
  add(100, 65);
  store.history.undo();
  await ticks();
  daemon.comesBack();
  await heal(store);
  expect([pitches(), here()]).toEqual([
    [60, 62],
    [60, 62],
  ]);
});

test("what another page did in the meantime is taken over, and the steps can still be undone", async () => {
  add(100, 65);
  await store.client.settled();
  daemon.isAway = true;
  add(200, 66);
  await ticks();
  daemon.comesBack();
  daemon.apply([{ trackId: "1", removed: [note(0, 60)], added: [note(0, 59)] }]);
  await heal(store);
  expect(pitches()).toEqual([59, 62, 65, 66]);
  expect(here()).toEqual([59, 62, 65, 66]);
  store.history.undo();
  store.history.undo();
  await store.client.settled();
  expect([pitches(), here()]).toEqual([
    [59, 62],
    [59, 62],
  ]);
});

test("what a daemon confirmed and lost is given to it again", async () => {
  const before = { notes: [...daemon.notes], version: daemon.version };
  add(100, 65);
  await store.client.settled();
  Object.assign(daemon, before);
  await heal(store);
  await store.client.settled();
  expect([pitches(), here()]).toEqual([
    [60, 62, 65],
    [60, 62, 65],
  ]);
});

test("with the same version nothing is touched", async () => {
  const { song } = store;
  const before = song.value;
  await heal(store);
  expect(song.value).toBe(before);
});

test("a change that is refused is told, and does not hold up the others", async () => {
  store.history.do("Add", [{ trackId: "nowhere", removed: [], added: [newNote(note(0, 1))] }]);
  add(100, 65);
  await store.client.settled();
  expect(store.messages.value).toEqual([
    { kind: "error", text: "This track is no longer in the song. Load the page again." },
  ]);
  expect(pitches()).toEqual([60, 62, 65]);
});

test("what the daemon refuses is not left on the screen", async () => {
  daemon.refuses = true;
  add(100, 65);
  expect(here()).toEqual([60, 62, 65]);
  await expect.poll(here).toEqual([60, 62]);
  expect(pitches()).toEqual([60, 62]);
});

function note(startTick: number, pitch: number): PlainNote {
  return { startTick, pitch, durationTicks: 120, velocity: 90, channel: 5 };
}

/** As the page draws one, which does not know the channel. */
function add(startTick: number, pitch: number): void {
  const added = [newNote({ ...note(startTick, pitch), channel: 0 })];
  store.history.do("Add", [{ trackId: "1", removed: [], added }]);
}

function pitches(): number[] {
  return daemon.notes.map(({ pitch }) => pitch).sort((a, b) => a - b);
}

function here(): number[] {
  return (store.song.value.tracks[0]?.notes ?? []).map(({ pitch }) => pitch).sort((a, b) => a - b);
}

/** Until everything that is under way has been tried: it waits for promises alone. */
async function ticks(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
