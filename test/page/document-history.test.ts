/**
 * The undo history of two pages with one song: a page undoes only its own changes.
 */
import { expect, test } from "vitest";
import { applyChanges, type Change, changesFromWire, wireChange } from "../../page/document/change.ts";
import { History } from "../../page/document/history.ts";
import {
  EMPTY_SONG,
  inOrder,
  newNote,
  type PageNote,
  type PageSong,
  plainNote,
} from "../../page/document/song.ts";
import { randomFrom } from "./sound-songs.ts";

function note(startTick: number, pitch = 60, durationTicks = 120): PageNote {
  return newNote({ startTick, durationTicks, pitch, velocity: 90, channel: 0 });
}

/** A page: its song, its history, and what it would tell the others. */
class Page {
  song: PageSong;
  readonly sent: Change[][] = [];
  readonly history: History;

  constructor(notes: readonly PageNote[]) {
    const track = { id: "1", name: "Piano", program: 0, isDrums: false };
    this.song = { ...EMPTY_SONG, tracks: [{ ...track, notes: inOrder(notes.map(newNote)) }] };
    this.history = new History({
      apply: (changes) => {
        this.song = applyChanges(this.song, changes);
        this.sent.push([...changes]);
      },
      song: () => this.song,
    });
  }

  get notes(): readonly PageNote[] {
    return this.song.tracks[0]?.notes ?? [];
  }

  get plain() {
    return this.notes.map(plainNote);
  }

  /** Another shape of the note at an index. */
  shape(at: number, to: Partial<PageNote>): void {
    const old = this.notes[at];
    if (old === undefined) throw new Error("no note there");
    this.history.do("Move note", [{ trackId: "1", removed: [old], added: [{ ...old, ...to }] }]);
  }

  remove(at: number): void {
    const old = this.notes[at];
    if (old !== undefined) this.history.do("Delete note", [{ trackId: "1", removed: [old], added: [] }]);
  }

  draw(...added: PageNote[]): void {
    this.history.do("Draw note", [{ trackId: "1", removed: [], added }]);
  }

  /** Hear what another page did since. */
  hear(other: Page): void {
    for (const changes of other.sent.splice(0)) {
      const told = changes.map(wireChange).map((change) => ({
        trackId: change.trackId,
        removed: change.removed.map((one) => ({ ...one, channel: one.channel ?? 0 })),
        added: change.added.map((one) => ({ ...one, channel: one.channel ?? 0 })),
      }));
      const meant = changesFromWire(this.song, told);
      this.history.meet(meant);
      this.song = applyChanges(this.song, meant);
    }
  }
}

function twoPages(...notes: PageNote[]): [Page, Page] {
  return [new Page(notes), new Page(notes)];
}

test("a note that another page moved on is not brought back beside itself", () => {
  const [here, there] = twoPages(note(0));
  here.shape(0, { startTick: 480 });
  there.hear(here);
  there.shape(0, { startTick: 960 });
  here.hear(there);
  expect(here.history.undo()).toBeUndefined();
  expect(here.plain).toEqual([plainNote(note(960))]);
  // The other page can: it was the last to touch the note.
  there.history.undo();
  here.hear(there);
  expect([here.plain, there.plain]).toEqual([[plainNote(note(480))], [plainNote(note(480))]]);
});

test("of a step with several notes those are undone that nobody else touched", () => {
  const [here, there] = twoPages(note(0, 60), note(0, 64));
  const both = here.notes;
  const moved = both.map((one) => ({ ...one, startTick: 480 }));
  here.history.do("Move 2 notes", [{ trackId: "1", removed: both, added: moved }]);
  there.hear(here);
  there.remove(0);
  here.hear(there);
  expect(here.history.undo()?.label).toBe("Move 2 notes");
  expect(here.plain).toEqual([plainNote(note(0, 64))]);
  here.history.redo();
  expect(here.plain).toEqual([plainNote(note(480, 64))]);
});

test("what is undone does not come back over a note that another page drew there", () => {
  const [here, there] = twoPages(note(0, 60, 480));
  here.remove(0);
  there.hear(here);
  there.draw(note(240, 60, 100));
  here.hear(there);
  here.history.undo();
  expect(here.plain).toEqual([plainNote(note(240, 60, 100))]);
});

test("a deeper step of a note that another page took is passed over as well", () => {
  const [here, there] = twoPages(note(0, 60), note(5000, 72));
  here.shape(0, { startTick: 100 });
  here.shape(0, { startTick: 200 });
  here.shape(1, { pitch: 74 });
  there.hear(here);
  there.shape(0, { startTick: 300 });
  here.hear(there);
  expect(here.history.steps.value.map(({ changes }) => changes[0]?.added[0]?.pitch)).toEqual([74]);
});

test("two pages that edit and undo at random never double a note, and end with the same song", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = randomFrom(seed);
    const pages = twoPages(...Array.from({ length: 6 }, (_, at) => note(at * 960, 60)));
    for (let step = 0; step < 60; step += 1) {
      const [page, other] = random(2) === 0 ? pages : [pages[1], pages[0]];
      const at = random(Math.max(1, page.notes.length));
      const act = random(6);
      // Each note has a place of its own for every shape, so that only a double one could overlap.
      if (act <= 1 && page.notes.length > 0) {
        const start = page.notes[at]?.startTick ?? 0;
        page.shape(at, { startTick: start - (start % 960) + 120 * random(8) });
      } else if (act === 2) page.remove(at);
      else if (act === 3) page.draw(note(960 * (10 + step), 60));
      else if (act === 4) page.history.undo();
      else page.history.redo();
      other.hear(page);
      expect(other.plain).toEqual(page.plain);
      const starts = page.notes.map(({ startTick }) => Math.floor(startTick / 960));
      expect(new Set(starts).size, `seed ${seed}, step ${step}`).toBe(starts.length);
    }
  }
});
