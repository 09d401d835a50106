/**
 * Several tracks filled together: one request, one candidate for all, one step.
 */
import { expect, test } from "vitest";
import { plainNote } from "../../page/document/song.ts";
import { fillOf } from "../../page/fill/fill.ts";
import { fillTexts, pastFrom } from "../../page/fill/past.ts";
import { answerOf, BAR, notesOf, openStore, PPQ, plain, REGION, settle, songOf } from "./fill-support.ts";

const OWN = [plain(0), plain(2 * BAR, 60), plain(4 * BAR)];
const OTHER = [plain(2 * BAR, 40), plain(3 * BAR, 41), plain(3 * BAR + PPQ, 60)];

function opened() {
  const { store, daemon } = openStore(songOf(OWN, OTHER));
  const fill = fillOf(store);
  store.activeTrackId.value = "own";
  store.region.value = REGION;
  fill.together.choose("other", true);
  return { store, daemon, fill };
}

const at = (trackId: string, startTick: number, pitch: number) => ({ ...plain(startTick, pitch), trackId });

async function answered({ daemon, fill }: ReturnType<typeof opened>) {
  fill.start();
  const removed = [
    ...OWN.slice(1, 2).map((note) => ({ ...note, trackId: "own" })),
    ...OTHER.slice(0, 2).map((note) => ({ ...note, trackId: "other" })),
  ];
  // The same note in both is two notes.
  const first = [at("own", 2 * BAR, 70), at("other", 2 * BAR, 70), at("other", 3 * BAR, 45)];
  daemon.fills[0]?.end(answerOf(removed, first, [at("own", 3 * BAR, 72)]));
  await settle();
}

test("one request names the tracks, and locked notes theirs", () => {
  const page = opened();
  const { store, daemon, fill } = page;
  const locked = store.song.value.tracks[1]?.notes[2];
  store.locked.value = new Set([locked?.id ?? -1]);
  fill.start();
  const { region, lockedNotes, tracks } = daemon.fills[0]?.request ?? {};
  expect(region).toEqual({ trackIds: ["own", "other"], startTick: 2 * BAR, endTick: 4 * BAR });
  expect(lockedNotes).toEqual([{ ...OTHER[2], trackId: "other" }]);
  expect(tracks?.map(({ notes }) => notes.length)).toEqual([3, 3]);
  expect(store.ghosts.value?.hidden.size).toBe(3);
});

test("a candidate is shown and heard in all tracks, and taken and undone as one step", async () => {
  const page = opened();
  const { store, fill } = page;
  const locked = store.song.value.tracks[1]?.notes[2];
  store.locked.value = new Set([locked?.id ?? -1]);
  await answered(page);
  const heard = (trackId: string) =>
    store.heardSong.value.tracks.find(({ id }) => id === trackId)?.notes.map(plainNote);
  const other = [plain(2 * BAR, 70), plain(3 * BAR, 45), OTHER[2]];
  expect(heard("own")).toEqual([OWN[0], plain(2 * BAR, 70), OWN[2]]);
  expect(heard("other")).toEqual(other);
  fill.candidates.acceptAll();
  expect([notesOf(store.song.value, "own"), notesOf(store.song.value, "other")]).toEqual([
    [OWN[0], plain(2 * BAR, 70), OWN[2]],
    other,
  ]);
  expect(store.history.steps.value).toHaveLength(1);
  store.history.undo();
  expect([notesOf(store.song.value, "own"), notesOf(store.song.value, "other")]).toEqual([OWN, OTHER]);
});

test("a bar, or one note, is taken in the track that it is for", async () => {
  const page = opened();
  const { store, fill } = page;
  await answered(page);
  fill.candidates.acceptSpan({ startTick: 3 * BAR, endTick: 4 * BAR }, "Bar 4");
  expect(notesOf(store.song.value, "own")).toEqual(OWN);
  expect(notesOf(store.song.value, "other")).toEqual([OTHER[0], plain(3 * BAR, 45), OTHER[2]]);
  const note = store.ghosts.value?.notes.find(({ trackId }) => trackId === "other");
  if (note === undefined) throw new Error("a note is offered there");
  fill.acceptNote(note);
  expect(notesOf(store.song.value, "own")).toEqual(OWN);
  expect(notesOf(store.song.value, "other")).toContainEqual(plain(2 * BAR, 70));
});

test("it comes back from what is kept with the song, and what is varied is asked for in its tracks", async () => {
  const page = opened();
  const { store, daemon, fill } = page;
  await answered(page);
  const [record] = fill.past.all.value;
  const [again] = pastFrom(fillTexts(fill.past.all.value));
  const plainly = (notes: readonly (ReturnType<typeof plain> & { trackId?: string | undefined })[] = []) =>
    notes.map((note) => [note.trackId, plainNote(note)]);
  expect(again?.region).toEqual(record?.region);
  expect(plainly(again?.before)).toEqual(plainly(record?.before));
  expect(again?.candidates.map(({ notes }) => plainly(notes))).toEqual(
    record?.candidates.map(({ notes }) => plainly(notes)),
  );
  fill.moreLikeThis();
  const { request } = daemon.fills[1] ?? {};
  expect(request?.mode).toBe("vary");
  expect(request?.tracks.map(({ notes }) => notes)).toEqual([
    [OWN[0], plain(2 * BAR, 70), OWN[2]],
    [plain(2 * BAR, 70), plain(3 * BAR, 45), OTHER[2]],
  ]);
  expect(store.history.steps.value).toHaveLength(0);
});
