/**
 * The output of --json matches the documented shapes, and every command with the option is documented.
 */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { completionTree } from "../../bridge/cli/completion/tree.ts";
import { JSON_SHAPES } from "../../bridge/cli/json-shapes.ts";
import { buildProgram } from "../../bridge/cli/program.ts";
import { Reader } from "./support/reader.ts";

const FILL = "song.mid --track 1 --bars 5-8 --seed 1";
/** In an order in which each finds what it needs. */
const CALLS: readonly (readonly [command: string, rest: string])[] = [
  ["info", "song.mid"],
  ["info", "song.mid --chords"],
  ["fill", `${FILL} -o filled.mid`],
  ["fill", "song.mid --track 1,2 --bars 5-8,10 --candidates 2 -o both.mid"],
  ["fill", `${FILL} -o filled.mid --pitch-range C5-D5 --candidates 2`],
  ["add", "song.mid --part bass --bars 5-8 --seed 1 -o with-bass.mid"],
  ["continue", "song.mid --track 1 --bars 2 -o longer.mid"],
  ["vary", `${FILL} --amount 0.4 -o varied.mid`],
  ["humanize", `${FILL} --amount 0.7 --candidates 2 -o played.mid`],
  ["humanize", "song.mid --track 1,2 --bars 5-8 --seed 1 -o both-played.mid"],
  ["generate", "-o piece.mid --notes 20"],
  ["notes", "song.mid"],
  ["notes", "song.mid --encoding howl"],
  ["notes", "--decode song.json -o again.mid"],
  ["models list", ""],
  ["models info", "infill-s"],
  ["models info", "howl-lstm-192"],
  ["models export", "tiny -o tiny.onnx"],
  ["models import", "my-run --name mine --force"],
  ["models remove", "mine"],
  ["dataset build", "my-songs -o built"],
  ["dataset info", "my-data"],
  ["dataset verify", "my-data --files"],
  ["dataset export", "my-data -o tables --parquet"],
  ["train", "my-data --from tiny --out again --steps 2 --batch 32"],
  ["eval", "valid --model tiny --candidates 1 --every 6"],
  ["serve", "--detach"],
  ["status", ""],
  ["open", "song.mid --no-browser"],
  ["fill", `${FILL} -o by-daemon.mid`],
  ["replay", "last -o replayed.mid"],
  ["doctor", ""],
];

let reader: Reader;
beforeAll(async () => {
  reader = await Reader.prepared();
});
afterAll(async () => {
  await reader?.run("continuo stop");
  reader?.remove();
});

test("every command with --json has a shape that is written down, and a call here", () => {
  const { stdout, stderr } = process;
  const program = buildProgram({ stdout, stderr, env: {}, signal: AbortSignal.any([]) }, () => {});
  const having = completionTree(program)
    .filter(({ options }) => options.some(({ long }) => long === "--json"))
    .map(({ path }) => path.join(" "))
    .sort();
  expect(Object.keys(JSON_SHAPES).sort()).toEqual(having);
  expect([...new Set(CALLS.map(([command]) => command))].sort()).toEqual(having);
});

const documentSchema = z.looseObject({ commands: z.record(z.string(), z.record(z.string(), z.unknown())) });
const { commands } = documentSchema.parse(JSON.parse(readFileSync("docs/json.schema.json", "utf8")));

test.each(CALLS)("continuo %s %s", async (command, rest) => {
  const { exitCode, stdout, stderr } = await reader.run(`continuo ${command} ${rest} --json`);
  expect([exitCode, stderr.match(/^error.*$/m)?.[0]]).toEqual([0, undefined]);
  expect(stdout).toMatch(/^[^\n]+\n$/);
  const value: unknown = JSON.parse(stdout);
  // Nothing that is not written down is there either.
  expect(JSON_SHAPES[command]?.safeParse(value).error).toBeUndefined();
  const validate = new Ajv2020({ strict: false, formats: {} }).compile(commands[command] ?? false);
  expect([validate(value), validate.errors]).toEqual([true, null]);
});
