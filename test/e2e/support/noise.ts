/**
 * Invalid messages of many kinds, reproducible by seed.
 */
import { songRequest } from "./songs.ts";

export type Draw = (limit: number) => number;

/** Numbers from 0 to below a limit. Source: mulberry32. */
export function draws(seed: number): Draw {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

const pick = <Item>(draw: Draw, items: readonly Item[]): Item => items[draw(items.length)] as Item;

const METHODS = [
  ...["fill/start", "fill/run", "fill/get", "fill/cancel", "fill/accept", "models/list", "status"],
  ...["roll/open", "roll/get", "roll/edit", "roll/scale", "roll/return", "page/open"],
];
/** A MIDI file without notes. */
const EMPTY_FILE = "TVRoZAAAAAYAAAABAGBNVHJrAAAABAD/LwA=";
const STRANGE: unknown[] = [
  ...[null, true, -1, 0.5, 1e308, -0, 2 ** 53, "", "\u0000", "../..", "\ud800", [], {}, [[]]],
  ...[{ toString: 1 }, "x".repeat(2_000), Array.from({ length: 100 }, () => 0)],
];

/** A request that is right but for what was changed, or was right from the start. */
export function strangeMessage(draw: Draw): string {
  const { region, ...fill } = small();
  const { ppq, tracks } = fill;
  const params = pick(draw, [
    ...[{ region, ...fill }, { request: { region, ...fill } }, { jobId: "x", waitMs: 0, candidate: 0 }, {}],
    ...[{ title: "x", song: { ppq, tracks } }, { title: "x", file: EMPTY_FILE }, { rollId: "x" }],
    ...[
      { rollId: "x", region },
      { rollId: "x", changes: [{ trackId: "lead", removed: [], added: [] }] },
    ],
  ]);
  const message: Record<string, unknown> = {
    jsonrpc: "2.0",
    id: draw(1_000),
    method: pick(draw, METHODS),
    params,
  };
  for (let changes = draw(3); changes > 0; changes--) change(draw, message);
  const text = JSON.stringify(message);
  return draw(3) === 0 ? damaged(draw, text) : text;
}

function small() {
  const { tracks, ...rest } = songRequest({ model: "tiny" });
  return { ...rest, tracks: tracks.map((track) => ({ ...track, notes: track.notes.slice(0, 3) })) };
}

/** Put something strange somewhere. */
function change(draw: Draw, value: unknown): void {
  let holder = value;
  for (let depth = draw(6); depth > 0; depth--) {
    const inner =
      typeof holder === "object" && holder !== null ? pick(draw, Object.values(holder)) : undefined;
    if (typeof inner !== "object" || inner === null) break;
    holder = inner;
  }
  if (typeof holder !== "object" || holder === null) return;
  const key = pick(draw, [...Object.keys(holder), "__proto__", "constructor", "extra"]);
  Object.defineProperty(holder, key, {
    ...{ value: structuredClone(pick(draw, STRANGE)), enumerable: true, writable: true, configurable: true },
  });
}

/** Cut, doubled, or with other characters in it. */
export function damaged(draw: Draw, text: string): string {
  const at = draw(text.length);
  const kind = draw(4);
  if (kind === 0) return text.slice(0, at);
  if (kind === 1) return text + text.slice(at);
  if (kind === 2) return text.slice(0, at) + text.slice(at + 1 + draw(4));
  return (
    text.slice(0, at) + pick(draw, ['"', "\\", "{", "}", "[", ",", "\u0000", "é", "9"]) + text.slice(at + 1)
  );
}

export function noise(draw: Draw, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => draw(256)));
}
