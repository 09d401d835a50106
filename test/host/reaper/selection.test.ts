/**
 * REAPER: what the script treats as selected, and what it refuses.
 */
import { expect, test } from "vitest";
import { onEachLua } from "../shared/lua.ts";
import { eighths, song } from "./support/projects.ts";
import { type FakeItem, type FakeProject, FakeReaper, MIDI_EDITOR, type State } from "./support/reaper.ts";
import { scriptedDaemon } from "./support/scripted-daemon.ts";

const NOTHING = "Select notes in the MIDI editor, or MIDI items, or a time and a track; then try again.";

interface Choice {
  project?: FakeProject;
  /** The track whose item is open in the MIDI editor. */
  editor?: number;
  time?: [number, number];
  /** Of the action list. */
  section?: number;
  action?: "Fill" | "Continue";
}

/** The region in quarter notes and its track's name, or what was said instead. */
async function chosen(
  lua: string,
  { project = song(), editor, time, section, action = "Fill" }: Choice,
): Promise<[number, number, string] | string[]> {
  const daemon = scriptedDaemon();
  const reaper = new FakeReaper(lua, daemon.home);
  await reaper.open(project);
  if (editor !== undefined) await reaper.edit(editor);
  if (time !== undefined) await reaper.selectTime(...time);
  const state: State = await reaper.run(action, undefined, section);
  expect([state.errors, state.undo]).toEqual([[], []]);
  if (!daemon.messages.some(({ method }) => method === "fill/start")) return state.said;
  const { region, tracks } = daemon.request();
  const track = tracks.find(({ id }) => id === region.trackId);
  return [region.startTick / 960, region.endTick / 960, track?.name ?? "none"];
}

const LEAD = "Flöte 🎶";

function withSelected(first: number, last: number): FakeProject {
  const notes = eighths(64, 60);
  for (const note of notes.slice(first, last)) note[5] = "selected";
  return song({ lead: { notes } });
}

/** A selected track without a selected item, but with these items. */
function onTrack(...items: FakeItem[]): FakeProject {
  const project = song();
  project.tracks = [
    { name: "Lead", selected: true, lanes: items.some(({ plays }) => plays === false), items },
  ];
  return project;
}

onEachLua("from the MIDI editor REAPER's script takes", (lua) => {
  test("the selected notes before a time selection", async () => {
    const choice = { project: withSelected(8, 12), editor: 1, section: MIDI_EDITOR };
    expect(await chosen(lua, { ...choice, time: [32, 48] })).toEqual([4, 6, LEAD]);
    // As from its list of events.
    expect(await chosen(lua, { ...choice, time: [32, 48], section: 32_061 })).toEqual([4, 6, LEAD]);
  });

  test("the time selection in its take before selected items", async () => {
    expect(await chosen(lua, { editor: 2, time: [32, 80], section: MIDI_EDITOR })).toEqual([32, 64, "Bass"]);
  });
});

onEachLua("REAPER's script takes", (lua) => {
  test("items and times before notes that were left selected in the MIDI editor", async () => {
    const project = withSelected(8, 12);
    expect(await chosen(lua, { project, editor: 1, time: [32, 48] })).toEqual([32, 48, LEAD]);
    expect(await chosen(lua, { project, editor: 1 })).toEqual([0, 64, LEAD]);
    expect(await chosen(lua, { editor: 2, time: [32, 80] })).toEqual([32, 64, LEAD]);
    const other = withSelected(8, 12);
    for (const [index, track] of other.tracks.entries()) {
      track.selected = index === 1;
      for (const item of track.items ?? []) item.selected = false;
    }
    expect(await chosen(lua, { project: other, editor: 1, time: [32, 48] })).toEqual([32, 48, "Bass"]);
    // Where nothing else is selected they are all that can be meant.
    expect(await chosen(lua, { project: other, editor: 1 })).toEqual([4, 6, LEAD]);
    for (const track of other.tracks) track.selected = false;
    expect(await chosen(lua, { project: other, editor: 1, time: [32, 48] })).toEqual([32, 48, LEAD]);
  });

  test("of a selected track what plays", async () => {
    const notes = eighths(16, 60);
    const muted = { start: 0, length: 16, notes, mute: true };
    const other = { start: 4, length: 4, notes: eighths(4, 50) };
    expect(await chosen(lua, { project: onTrack(muted, other), time: [0, 16] })).toEqual([4, 8, "Lead"]);
    const lane = { start: 0, length: 16, notes, plays: false };
    expect(await chosen(lua, { project: onTrack(lane, other), time: [0, 16] })).toEqual([4, 8, "Lead"]);
    const hidden = { start: 0, length: 16, notes, plays: "hidden" as const };
    expect(await chosen(lua, { project: onTrack(hidden, other), time: [0, 16] })).toEqual([4, 8, "Lead"]);
    // What is hidden does not stand in the way of a new item.
    expect(await chosen(lua, { project: onTrack(hidden), time: [8, 16] })).toEqual([8, 16, "Lead"]);
    for (const project of [onTrack(muted), onTrack(lane)]) {
      expect(await chosen(lua, { project, time: [8, 16] })).toEqual([
        "What is in bars 3-4 is muted, or on a lane that does not play; select the item to fill it.",
      ]);
    }
  });

  test("of selected tracks those that play, and leaves the muted item of another alone", async () => {
    const project = onTrack({ start: 0, length: 16, notes: eighths(16, 60), mute: true });
    project.tracks.push({
      name: "Bass",
      selected: true,
      items: [{ start: 0, length: 16, notes: eighths(16, 40) }],
    });
    expect(await chosen(lua, { project, time: [0, 8] })).toEqual([0, 8, "Bass"]);
  });

  test("a muted item where it is the one that is selected, and no other way", async () => {
    const item = { start: 0, length: 16, selected: true, notes: eighths(16, 60) };
    const other = { ...item, start: 8, length: 4, notes: eighths(4, 40) };
    const muted = { ...item, mute: true };
    expect(await chosen(lua, { project: onTrack(muted), time: [0, 8] })).toEqual([0, 8, "Lead"]);
    expect(await chosen(lua, { project: onTrack(muted, other), time: [0, 16] })).toEqual([8, 12, "Lead"]);
    // The other one is not in this time.
    expect(await chosen(lua, { project: onTrack(muted, other), time: [0, 8] })).toEqual([0, 8, "Lead"]);
    const hidden = { ...item, plays: "hidden" as const };
    expect(await chosen(lua, { project: onTrack(hidden) })).toEqual([NOTHING]);
    expect(await chosen(lua, { project: onTrack(hidden), action: "Continue" })).toEqual([NOTHING]);
  });

  test("the time selection in selected items before these as a whole", async () => {
    expect(await chosen(lua, { time: [32, 48] })).toEqual([32, 48, LEAD]);
    expect(await chosen(lua, {})).toEqual([0, 64, LEAD]);
  });

  test("the first pass of an item that repeats", async () => {
    const project = song({ lead: { length: 32, source: 8, offset: 2, loop: true, notes: eighths(8, 60) } });
    expect(await chosen(lua, { project, time: [0, 32] })).toEqual([0, 6, LEAD]);
    expect(await chosen(lua, { project, time: [8, 16] })).toEqual([
      "The item repeats its notes in bars 3-4; glue it first, or select in its first pass.",
    ]);
  });

  test("an item whose source is a little shorter, as a whole", async () => {
    const project = song({ lead: { length: 32, source: 31.99, loop: true, notes: eighths(31, 60) } });
    expect(await chosen(lua, { project })).toEqual([0, 32, LEAD]);
  });

  test("the MIDI item of a selected track, where no item is selected", async () => {
    const project = song({ lead: { selected: false } });
    for (const track of project.tracks.slice(0, 1)) track.selected = true;
    expect(await chosen(lua, { project, time: [8, 16] })).toEqual([8, 16, LEAD]);
  });

  test.each([
    [1, "bars 3-4"],
    [5, "bars 7-8"],
    [-1, "bars 1-2"],
    [0, "bars 2-3"],
  ])("bars by the name that the ruler gives them, from measure %i on", async (startMeasure, title) => {
    const project = song({ project: { startMeasure }, lead: { lock: true } });
    expect(await chosen(lua, { project, time: [8, 16] })).toEqual([
      `The item in ${title} is locked; unlock it first.`,
    ]);
  });

  test("a time between the grid's lines as it is", async () => {
    expect(await chosen(lua, { time: [16.0001, 31.9999] })).toEqual([16, 32, LEAD]);
    expect(await chosen(lua, { time: [16.3, 31.7] })).toEqual([16.3, 31.7, LEAD]);
  });
});

onEachLua("REAPER's script refuses", (lua) => {
  test("nothing that is selected, and nothing that is MIDI", async () => {
    const project = song({ lead: { selected: false } });
    expect(await chosen(lua, { project })).toEqual([NOTHING]);
    expect(await chosen(lua, { project, time: [4, 8] })).toEqual([NOTHING]);
    expect(await chosen(lua, { project: song({ lead: { is_midi: false } }) })).toEqual([NOTHING]);
    expect(await chosen(lua, { project: { bpm: 120, numerator: 4, denominator: 4, tracks: [] } })).toEqual([
      NOTHING,
    ]);
  });

  test("a time that touches none of the selected items", async () => {
    expect(await chosen(lua, { time: [64, 80] })).toEqual([
      "The time selection does not touch the selected items; clear one of the two selections.",
    ]);
  });

  test("another rate, and a lock", async () => {
    expect(await chosen(lua, { project: song({ lead: { rate: 1.5 } }), time: [0, 8] })).toEqual([
      "The item in bars 1-2 is played at another rate; set its rate to 1 in its properties first.",
    ]);
    expect(await chosen(lua, { project: song({ lead: { lock: true } }), time: [0, 4] })).toEqual([
      "The item in bar 1 is locked; unlock it first.",
    ]);
  });

  test("keeping notes in an empty selection", async () => {
    const reaper = new FakeReaper(lua, scriptedDaemon().home);
    await reaper.open(song({ lead: { notes: [] } }));
    expect((await reaper.run("Keep these notes")).said).toEqual(["There are no notes to keep here."]);
    await reaper.open(song({ lead: { selected: false } }));
    expect((await reaper.run("Keep these notes")).said).toEqual([NOTHING]);
  });

  test("another fill without an earlier one", async () => {
    const reaper = new FakeReaper(lua, scriptedDaemon().home);
    await reaper.open(song({ lead: { selected: false } }));
    expect((await reaper.run("Fill again")).said).toEqual([NOTHING]);
  });
});
