/**
 * Several tracks filled together: over each transport, in lines, kept, journaled and replayed.
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../bridge/client/node.ts";
import { readSong } from "../../bridge/engine/song-file.ts";
import type { FillResult } from "../../bridge/protocol/fill.ts";
import type { FillNote, Note } from "../../bridge/protocol/song.ts";
import { runCli, temporaryFolder } from "../bridge/support/cli.ts";
import {
  codeOf,
  leaveFile,
  openTcp,
  openWebSocket,
  overFolder,
  overHttp,
  resultOf,
} from "./support/callers.ts";
import { startDaemon, type TestDaemon } from "./support/daemon.ts";
import { songRequest } from "./support/songs.ts";

let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const { region } = songRequest();
const span = { startTick: region.startTick, endTick: region.endTick };
const both = (more: Parameters<typeof songRequest>[0] = {}) =>
  songRequest({ region: { trackIds: ["lead", "bass"], ...span }, ...more });

const of = (id: string, notes: readonly FillNote[] = []) =>
  notes.filter(({ trackId }) => trackId === id).map(({ trackId: _, ...note }) => note);
const isInside = ({ startTick }: { startTick: number }) =>
  startTick >= span.startTick && startTick < span.endTick;
const notesAt = ({ candidates }: FillResult, index = 0) => candidates[index]?.notes ?? [];
const fill = async (request: unknown) => resultOf(await overHttp(daemon).call("fill/run", request));

test("a list of one gives the notes of the track alone", async () => {
  const alone = await fill(songRequest({ sampling: { seed: 11, candidates: 3 } }));
  const listed = await fill(
    songRequest({ region: { trackIds: ["lead"], ...span }, sampling: { seed: 11, candidates: 3 } }),
  );
  expect(alone.regions).toBeUndefined();
  expect([alone.removed, ...alone.candidates.map(({ notes }) => notes)].flat()).not.toContainEqual(
    expect.objectContaining({ trackId: expect.anything() }),
  );
  expect(listed.regions).toEqual([{ trackId: "lead", ...span }]);
  expect(listed.region).toEqual(alone.region);
  expect(of("lead", listed.removed)).toEqual(alone.removed);
  for (const [index, { notes, ...candidate }] of alone.candidates.entries()) {
    expect(listed.candidates[index]).toMatchObject(candidate);
    expect(of("lead", notesAt(listed, index))).toEqual(notes);
  }
});

test("the bass comes first, whatever the order of the list, and does not hear the old melody", async () => {
  const result = await fill(both());
  expect(result.regions?.map(({ trackId }) => trackId)).toEqual(["bass", "lead"]);
  expect(result.region.trackId).toBe("bass");
  const request = songRequest();
  for (const { id, notes } of request.tracks) {
    expect(of(id, result.removed)).toEqual(notes.filter(isInside));
    expect(of(id, notesAt(result)).every(isInside)).toBe(true);
  }
  expect(await fill(both({ region: { trackIds: ["bass", "lead"], ...span } }))).toMatchObject({
    candidates: result.candidates,
  });
  const without = request.tracks.map((track) =>
    track.id === "lead" ? { ...track, notes: track.notes.filter((note) => !isInside(note)) } : track,
  );
  const alone = await fill({ ...request, tracks: without, region: { trackId: "bass", ...span } });
  expect(of("bass", notesAt(result))).toEqual(notesAt(alone));
  // A role that is given counts more than the sound.
  const roles = await fill(
    both({ region: { trackIds: ["lead", "bass"], roles: ["bass", "melody"], ...span } }),
  );
  expect(roles.regions).toMatchObject([
    { trackId: "lead", role: "bass" },
    { trackId: "bass", role: "melody" },
  ]);
});

test("candidates are whole sets, and the same over every way in", async () => {
  const request = both({ sampling: { seed: 7, candidates: 3 }, order: "model" });
  const expected = (await fill(request)).candidates;
  expect(new Set(expected.map(({ notes }) => JSON.stringify(notes))).size).toBe(3);
  const [socket, tcp] = [await openWebSocket(daemon), await openTcp(daemon)];
  for (const caller of [socket, tcp, overFolder(daemon)]) {
    expect(resultOf(await caller.call("fill/run", request)).candidates).toEqual(expected);
  }
  const told = socket.heard.filter(({ method }) => method === "fill/candidate");
  const known = expected.map(({ notes }) => JSON.stringify(notes));
  for (const { params } of told) expect(known).toContain(JSON.stringify(params.candidate?.notes));
  socket.close();
  tcp.close();
  await using client = await connect({ url: daemon.url, token: daemon.token() });
  expect((await client.fill(request)).candidates).toEqual(expected);
});

test("a note is locked in its track, or in all", async () => {
  const request = both();
  const [lead, bass] = request.tracks;
  const first = lead?.notes.find(({ startTick }) => startTick === span.startTick);
  const twin = {
    ...first,
    pitch: 84,
    startTick: span.startTick,
    durationTicks: 240,
    velocity: 80,
    channel: 0,
  };
  const tracks = [lead, bass].flatMap((track) =>
    track === undefined ? [] : [{ ...track, notes: [...track.notes, twin] }],
  );
  const removed = async (lockedNotes: object[]) =>
    (await fill({ ...request, tracks, lockedNotes })).removed
      .filter(({ pitch }) => pitch === 84)
      .map(({ trackId }) => trackId);
  expect((await removed([])).sort()).toEqual(["bass", "lead"]);
  expect(await removed([twin])).toEqual([]);
  expect(await removed([{ ...twin, trackId: "bass" }])).toEqual(["lead"]);
  const stray = await overHttp(daemon).call("fill/run", {
    ...request,
    lockedNotes: [{ ...twin, trackId: "tuba" }],
  });
  expect(codeOf(stray)).toBe("REQUEST_INVALID");
});

test("in the watched folder each line of a note ends with its track", async () => {
  const tracks = both().tracks.map((track) => ({ ...track, id: `the ${track.id}` }));
  const request = { ...both(), tracks, region: { trackIds: ["the lead", "the bass"], ...span } };
  const result = await fill(request);
  const message = { jsonrpc: "2.0", id: 1, method: "fill/run", params: request, format: "lines" };
  const { text } = await leaveFile(daemon, JSON.stringify(message));
  const words = ({ startTick, durationTicks, pitch, velocity, channel, trackId }: FillNote) =>
    `${startTick} ${durationTicks} ${pitch} ${velocity} ${channel} ${trackId}`;
  const lines = (kind: string) =>
    text.split("\n").flatMap((line) => (line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : []));
  expect(lines("region")).toEqual(
    ["the bass", "the lead"].map((id) => `${span.startTick} ${span.endTick} ${id}`),
  );
  expect(lines("removed")).toEqual(result.removed.map(words));
  expect(lines("note")).toEqual(notesAt(result).map(words));
});

test("what is kept is in the journal, and made again as a file", async () => {
  const caller = await openWebSocket(daemon);
  const { jobId } = resultOf(
    await caller.call("fill/start", { request: both({ sampling: { seed: 5, candidates: 2 } }) }),
  );
  const { result } = resultOf(await caller.call("fill/get", { jobId, waitMs: 30_000 }));
  resultOf(await caller.call("fill/accept", { jobId, candidate: 1 }));
  caller.close();
  const output = join(temporaryFolder(), "again.mid");
  const env = { CONTINUO_HOME: daemon.home };
  const again = await runCli(["replay", jobId, "-o", output, "--json"], { env });
  expect(again.stderr).toBe("");
  expect(JSON.parse(again.stdout)).toMatchObject({ candidate: 2, isSame: true, differences: [] });
  const song = await readSong({ input: output, shownAs: output, mostNotes: 1_000 });
  const wanted = result?.candidates[1]?.notes ?? [];
  const known = (notes: readonly Note[]) =>
    notes.map((note) => JSON.stringify(Object.entries(note).sort())).sort();
  for (const [index, id] of ["lead", "bass"].entries()) {
    const inside = song.tracks[index]?.notes.filter(isInside) ?? [];
    const ofTrack = ({ channel: _, ...note }: Note) => ({ ...note, channel: inside[0]?.channel ?? 0 });
    expect(known(inside)).toEqual(known(of(id, wanted).map(ofTrack)));
  }
});

test.each([
  ["neither", {}, "REQUEST_INVALID"],
  ["both", { trackId: "lead", trackIds: ["bass"] }, "REQUEST_INVALID"],
  ["an empty list", { trackIds: [] }, "REQUEST_INVALID"],
  ["a role for a list", { trackIds: ["lead"], role: "bass" }, "REQUEST_INVALID"],
  ["roles for one track", { trackId: "lead", roles: ["bass"] }, "REQUEST_INVALID"],
  ["too few roles", { trackIds: ["lead", "bass"], roles: ["bass"] }, "REQUEST_INVALID"],
  ["a track that is not there", { trackIds: ["lead", "tuba"] }, "TRACK_NOT_FOUND"],
  ["a track twice", { trackIds: ["lead", "bass", "lead"] }, "TRACK_REPEATED"],
  ["33 tracks", { trackIds: Array.from({ length: 33 }, (_, index) => `${index}`) }, "PARTS_TOO_MANY"],
])("%s is refused", async (_, tracks, code) => {
  const request = { ...songRequest(), region: { ...tracks, ...span } };
  const answer = await overHttp(daemon).call("fill/run", request);
  expect(codeOf(answer)).toBe(code);
});
