/**
 * Keyboard actions in the editor, on a store without a daemon.
 */
import { expect, test } from "vitest";
import type { Client } from "../../bridge/client/client.ts";
import { newNote, type PageNote, type PageSong } from "../../page/document/song.ts";
import { activateTrack, showStart } from "../../page/editor/actions.ts";
import { editorCommands } from "../../page/editor/commands.ts";
import { editorState } from "../../page/editor/editor-state.ts";
import { shownTracks } from "../../page/editor/frame.ts";
import { followPlay } from "../../page/editor/play-cursor.ts";
import { tickOfX, xOfTick } from "../../page/editor/viewport.ts";
import { PageClient } from "../../page/page-client.ts";
import { Store } from "../../page/state.ts";

const PPQ = 480;
const BAR = 4 * PPQ;

function note(startTick: number, pitch: number, durationTicks = 120): PageNote {
  return newNote({ startTick, durationTicks, pitch, velocity: 90, channel: 0 });
}

/** A store with two tracks of 16 bars, and all that was heard of it. */
function newStore() {
  const daemon = { on: () => () => {}, call: async () => ({}) } as unknown as Client;
  const store = new Store(new PageClient(daemon));
  const track = { name: "", program: 0, isDrums: false };
  const own = Array.from({ length: 64 }, (_, k) => note(k * PPQ, 60 + (k % 5)));
  const song: PageSong = {
    ppq: PPQ,
    tempoMap: [],
    timeSignatures: [],
    tracks: [
      { ...track, id: "1", notes: own },
      { ...track, id: "2", notes: [note(0, 40)] },
    ],
  };
  store.song.value = song;
  store.activeTrackId.value = "1";
  store.roll.value = {
    rollId: "r",
    title: "",
    version: 1,
    openedAt: "",
    file: null,
    changedAt: null,
    host: null,
  };
  const heard: number[] = [];
  store.sound = { play: () => {}, stop: () => {}, preview: (_, pitch) => heard.push(pitch) };
  editorState(store).area.value = { width: 1000, height: 600 };
  const commands = editorCommands(store);
  const run = (id: string) => {
    const command = commands.find((one) => one.id === `roll.${id}`);
    if (command === undefined) throw new Error(`no command ${id}`);
    if (command.isEnabled === undefined || command.isEnabled()) command.run();
  };
  const notes = () => store.song.value.tracks[0]?.notes ?? [];
  return { store, state: editorState(store), run, notes, own, heard, commands };
}

test("no two commands that can run at once have the same key", () => {
  const { commands } = newStore();
  const keys = commands.flatMap((command) => command.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test("arrows find a note from the cursor, then move it by the grid, and by pitch; all is undone", () => {
  const { store, state, run, notes, own, heard } = newStore();
  store.cursorTick.value = 2 * BAR;
  run("later");
  expect(state.selectedNotes.value).toEqual([own[8]]);
  run("nextNote");
  run("previousNote");
  expect(state.selectedNotes.value).toEqual([own[8]]);
  run("later");
  run("octaveUp");
  expect(state.selectedNotes.value[0]).toMatchObject({ startTick: 2 * BAR + 120, pitch: 75 });
  expect(heard.at(-1)).toBe(75);
  expect(store.history.steps.value.map(({ label }) => label)).toEqual(["Move note", "Move note"]);
  store.history.undo();
  store.history.undo();
  expect(notes()).toEqual(own);
});

test("a note that is inserted moves the cursor on, so that the next follows it", () => {
  const { store, run, notes } = newStore();
  store.cursorTick.value = 20 * BAR;
  run("insert");
  run("insert");
  const added = notes().filter(({ startTick }) => startTick >= 20 * BAR);
  expect(added.map(({ startTick }) => startTick)).toEqual([20 * BAR, 20 * BAR + 120]);
  expect(store.cursorTick.value).toBe(20 * BAR + 240);
});

test("copy and paste at the cursor, cut, duplicate, each one step", () => {
  const { store, run, notes, own } = newStore();
  store.selected.value = new Set(own.slice(0, 2).map(({ id }) => id));
  run("copy");
  store.cursorTick.value = 30 * BAR;
  run("paste");
  run("duplicate");
  expect(
    notes()
      .slice(-4)
      .map(({ startTick }) => startTick - 30 * BAR),
  ).toEqual([0, 480, 960, 1440]);
  run("cut");
  expect(notes()).toHaveLength(66);
  expect(store.history.steps.value.map(({ label }) => label)).toEqual([
    "Paste 2 notes",
    "Duplicate 2 notes",
    "Cut 2 notes",
  ]);
});

test("locks hold through a move and go with the note", () => {
  const { store, run, own } = newStore();
  store.selected.value = new Set(own.slice(0, 3).map(({ id }) => id));
  run("lock");
  run("higher");
  expect(store.locked.value).toEqual(store.selected.value);
  expect(store.locked.value.size).toBe(3);
  run("delete");
  expect(store.locked.value.size).toBe(0);
});

test("bars are marked from the cursor or the selection, stretched and moved by keys", () => {
  const { store, run, own } = newStore();
  store.cursorTick.value = 4 * BAR + 100;
  run("markBars");
  expect(store.region.value).toEqual({ trackId: "1", startTick: 4 * BAR, endTick: 5 * BAR });
  run("markMore");
  run("markLater");
  expect(store.region.value).toMatchObject({ startTick: 5 * BAR, endTick: 7 * BAR });
  for (let turn = 0; turn < 5; turn += 1) run("markLess");
  expect(store.region.value).toMatchObject({ startTick: 5 * BAR, endTick: 6 * BAR });
  for (let turn = 0; turn < 9; turn += 1) run("markEarlier");
  expect(store.region.value).toMatchObject({ startTick: 0, endTick: BAR });
  store.selected.value = new Set(own.slice(7, 14).map(({ id }) => id));
  run("markBars");
  expect(store.region.value).toMatchObject({ startTick: BAR, endTick: 4 * BAR });
});

test("all of the region is selected first, then all of the track", () => {
  const { store, state, run } = newStore();
  store.region.value = { trackId: "1", startTick: BAR, endTick: 2 * BAR };
  run("selectAll");
  expect(state.selectedNotes.value).toHaveLength(4);
  run("selectAll");
  expect(state.selectedNotes.value).toHaveLength(64);
});

test("the region goes with the track, unless something is offered for it; a hidden track is shown again", () => {
  const { store } = newStore();
  store.region.value = { trackId: "1", startTick: 0, endTick: BAR };
  store.setTrack("2", { isHidden: true });
  const frame = () => ({
    song: store.song.value,
    settings: store.trackSettings.value,
    activeTrackId: store.activeTrackId.value,
  });
  expect(shownTracks(frame()).map(({ track, state }) => [track.id, state])).toEqual([["1", "active"]]);
  activateTrack(store, "2");
  expect(store.region.value.trackId).toBe("2");
  expect(shownTracks(frame()).map(({ track, state }) => [track.id, state])).toEqual([
    ["1", "other"],
    ["2", "active"],
  ]);
  store.ghosts.value = { region: store.region.value, notes: [], hidden: new Set(), isGrowing: false };
  activateTrack(store, "1");
  expect(store.region.value.trackId).toBe("2");
  store.setTrack("1", { isSolo: true });
  expect(shownTracks(frame()).map(({ state }) => state)).toEqual(["muted", "active"]);
});

test("what is said holds until something else is selected", () => {
  const { store, state, run, own } = newStore();
  store.selected.value = new Set(own.slice(0, 1).map(({ id }) => id));
  run("copy");
  expect(state.said).toMatch(/^1 note copied/);
  store.selected.value = new Set();
  expect(state.said).toBe("");
});

test("the window turns the page when what plays leaves it, and stays where somebody else has moved it", () => {
  const { store, state } = newStore();
  showStart(store);
  const line = { hidden: true, style: {} } as HTMLElement;
  const stop = followPlay(state, line);
  const width = state.bodySize.value.width;
  const right = tickOfX(store.view.value, width);
  store.playTick.value = right - 10;
  expect([line.hidden, store.view.value.startTick]).toEqual([false, 0]);
  store.playTick.value = right + 10;
  expect(store.view.value.startTick).toBeGreaterThan(0);
  expect(xOfTick(store.view.value, right + 10)).toBeCloseTo(width * 0.04);
  expect(line.hidden).toBe(false);
  // Looked elsewhere while it plays.
  store.view.value = { ...store.view.value, startTick: 0 };
  store.playTick.value = right + 20;
  expect([line.hidden, store.view.value.startTick]).toEqual([true, 0]);
  store.playTick.value = undefined;
  store.playTick.value = right + 30;
  expect(line.hidden).toBe(false);
  stop();
});
