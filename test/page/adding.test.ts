/**
 * Adding a part: shown at once, part of the song with its first accepted note, and undone in one step.
 */
import { expect, test } from "vitest";
import { BridgeError } from "../../bridge/bridge-error.ts";
import { plainNote } from "../../page/document/song.ts";
import type { PartForm } from "../../page/fill/adding.ts";
import { fillOf } from "../../page/fill/fill.ts";
import { answerOf, BAR, openStore, plain, settle, songOf } from "./fill-support.ts";

const FORM: PartForm = {
  ...{ role: "bass", program: 33, name: "", firstBar: 3, lastBar: 4 },
  ...{ chords: "", key: "" },
};
const NOTES = [plain(2 * BAR, 40), plain(3 * BAR, 36)];

function opened() {
  const { store, daemon } = openStore(songOf([plain(0), plain(4 * BAR)]));
  const fill = fillOf(store);
  const before = { active: store.activeTrackId.value, region: store.region.value };
  const asNow = () => ({ active: store.activeTrackId.value, region: store.region.value });
  const names = () => store.song.value.tracks.map(({ name }) => name);
  const edits = () =>
    daemon.calls.filter(({ method }) => /^(roll\/edit|track\/)/.test(method)).map(({ method }) => method);
  return { store, daemon, fill, before, asNow, names, edits };
}

test("a part is asked for with its role, and comes, goes and comes again as one step", async () => {
  const { store, daemon, fill, before, asNow, names, edits } = opened();
  fill.addPart(FORM);
  const [asked] = daemon.fills;
  const track = asked?.request.tracks.at(-1);
  expect(asked?.request.region).toMatchObject({
    ...{ trackId: track?.id, startTick: 2 * BAR, endTick: 4 * BAR, role: "bass" },
  });
  expect(track).toMatchObject({ name: "Bass", program: 33, isDrums: false, notes: [] });
  expect(names()).toEqual(["Piano", "Piano", "Bass"]);
  asked?.end(answerOf([], NOTES, [plain(2 * BAR, 41)]));
  await settle();
  expect(edits()).toEqual([]);

  fill.candidates.acceptAll();
  await settle();
  expect(edits()).toEqual(["track/add", "roll/edit"]);
  expect(store.song.value.tracks.at(-1)?.notes.map(plainNote)).toEqual(NOTES);
  expect(store.history.steps.value).toHaveLength(1);
  store.history.undo();
  await settle();
  expect(edits().slice(2)).toEqual(["roll/edit", "track/remove"]);
  expect(names()).toEqual(["Piano", "Piano"]);
  expect(asNow().active).toBe(before.active);
  store.history.redo();
  await settle();
  expect(edits().slice(4)).toEqual(["track/add", "roll/edit"]);
  expect(store.song.value.tracks.at(-1)).toMatchObject({ id: track?.id, name: "Bass" });
});

test("a part that is rejected or cancelled leaves everything as it was, and a card brings it back", async () => {
  const { store, daemon, fill, before, asNow, names, edits } = opened();
  fill.addPart({ ...FORM, chords: "Am | F" });
  expect(daemon.fills[0]?.request.controls?.chords).toBe("Am | F");
  fill.cancel();
  expect([names(), asNow(), store.chords.value.size]).toEqual([["Piano", "Piano"], before, 0]);

  fill.addPart({ ...FORM, name: "Low" });
  daemon.fills[1]?.end(answerOf([], NOTES, [plain(2 * BAR, 41)]));
  await settle();
  fill.candidates.reject();
  expect([names(), asNow()]).toEqual([["Piano", "Piano"], before]);
  fill.choose(1);
  expect(names()).toEqual(["Piano", "Piano", "Low"]);
  expect(store.ghosts.value?.notes.map(({ pitch }) => pitch)).toEqual([41]);
  // What is filled next is another thing.
  store.activeTrackId.value = "own";
  store.region.value = { trackId: "own", startTick: 0, endTick: BAR };
  fill.start();
  expect(names()).toEqual(["Piano", "Piano"]);
  expect(edits()).toEqual([]);
});

test("what the form can mend is said in the form, and nothing else is left of it", async () => {
  const { daemon, fill, before, asNow, names } = opened();
  fill.addPart(FORM);
  daemon.fills[0]?.end(new BridgeError("NOTHING_TO_HEAR", "no other part sounds"));
  await settle();
  expect(fill.adding.open.value).toMatchObject({ form: FORM, asksForChords: true });
  expect([names(), asNow()]).toEqual([["Piano", "Piano"], before]);

  fill.addPart({ ...FORM, chords: "Am | Hx", key: "" });
  const wrong = new BridgeError("CHORD_UNKNOWN", "wrong", {
    data: { symbol: "Hx", bar: 2, reason: "it has no root" },
  });
  daemon.fills[1]?.end(wrong);
  await settle();
  expect(fill.adding.open.value?.problem?.text).toBe("“Hx” in bar 4: it has no root.");

  fill.addPart({ ...FORM, key: "D minor" });
  expect(daemon.fills[2]?.request.controls?.scale).toBe("D minor");
  expect(fill.adding.open.value).toBe(undefined);
  // Anything else is said beside the button, and can be asked for again.
  daemon.fills[2]?.end(new BridgeError("BUSY", "busy", { retryable: true }));
  await settle();
  expect([fill.problem.value?.canRetry, names()]).toEqual([true, ["Piano", "Piano"]]);
  fill.retry();
  expect(daemon.fills[3]?.request.region).toMatchObject({ role: "bass" });
  expect(names()).toEqual(["Piano", "Piano", "Bass"]);
});

test("notes drawn into a part's track bring it into the song too", async () => {
  const { store, daemon, fill, names, edits } = opened();
  fill.addPart(FORM);
  daemon.fills[0]?.end(answerOf([], NOTES));
  await settle();
  const trackId = store.song.value.tracks.at(-1)?.id ?? "";
  store.history.do("Draw", [{ trackId, removed: [], added: [{ ...plain(0, 40), id: 1e6 }] }]);
  fill.candidates.reject();
  await settle();
  expect([names(), edits()]).toEqual([
    ["Piano", "Piano", "Bass"],
    ["track/add", "roll/edit"],
  ]);
});
