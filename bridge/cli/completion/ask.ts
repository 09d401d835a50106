/**
 * continuo __complete: the completions that a shell asks for while somebody types. Prints nothing if it has none, and
 * never what went wrong.
 */
import { existsSync } from "node:fs";
import { readInfo } from "../../engine/engine.ts";
import { listModels } from "../../engine/models.ts";
import { isUserModel } from "../../engine/user-models.ts";
import { type CliIo, printLine } from "../io.ts";
import { DYNAMIC, type DynamicKind } from "./values.ts";

/** A value and what it is. */
type Offer = readonly [value: string, description: string];

const OFFERS: Readonly<
  Record<DynamicKind, (words: readonly string[], env: NodeJS.ProcessEnv) => Promise<Offer[]>>
> = {
  models: async (_, env) => listModels(env).map(({ id, licence }) => [id, licence]),
  "own-models": async (_, env) =>
    listModels(env)
      .filter((model) => isUserModel(model, env))
      .map(({ id, licence }) => [id, licence]),
  tracks,
};

/** @param args  what is wanted, then what was typed so far */
export async function answerShell(io: CliIo, [kind, ...words]: readonly string[]): Promise<void> {
  const known = DYNAMIC.find((one) => one === kind);
  if (known === undefined) return;
  for (const offer of await OFFERS[known](words, io.env).catch(() => [])) {
    printLine(io.stdout, offer.map((part) => part.replace(/\s+/g, " ").trim()).join("\t"));
  }
}

/** Of the first MIDI file among the words, by number and by name. */
async function tracks(words: readonly string[]): Promise<Offer[]> {
  const input = words.find((word) => /\.(midi?|rmi|kar)$/i.test(word) && existsSync(word));
  if (input === undefined) return [];
  const { tracks: found } = await readInfo(input, {});
  // A name that several have names none of them.
  const named = found.filter(
    ({ name }) => name.trim() !== "" && found.filter((other) => other.name === name).length === 1,
  );
  return [
    ...found.map(({ track, name, noteCount }): Offer => [String(track), `${name} (${noteCount} notes)`]),
    ...named.map(({ track, name, noteCount }): Offer => [name, `track ${track} (${noteCount} notes)`]),
  ];
}
