/**
 * The daemon's answers in lines, parsed by the hosts' Lua.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { onEachLua, runLua } from "./lua.ts";
import { mutations, randomFrom } from "./random.ts";

const noteSchema = z.looseObject({
  startTick: z.int(),
  durationTicks: z.int(),
  pitch: z.int(),
  velocity: z.int(),
  channel: z.int(),
});
const goldenSchema = z.object({
  results: z.array(z.object({ method: z.string(), result: z.looseObject({}), text: z.string() })),
  errors: z.array(z.object({ code: z.string(), message: z.string(), text: z.string() })),
});
const fillSchema = z.looseObject({
  seed: z.int(),
  removed: z.array(noteSchema),
  candidates: z.array(z.looseObject({ seed: z.int(), notes: z.array(noteSchema) })),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  model: z.looseObject({ id: z.string() }),
  device: z.string(),
});
const golden = goldenSchema.parse(JSON.parse(readFileSync("test/contract/lines.json", "utf8")));

const PARSE = `local lines, found = require("shared.lines"), json.list()
  for index, text in ipairs(input) do
    local answer, why = lines.parse(text)
    if answer then
      answer.removed, answer.candidates = json.list(answer.removed), json.list(answer.candidates)
      answer.warnings = json.list(answer.warnings)
      for _, candidate in ipairs(answer.candidates) do json.list(candidate.notes) end
    end
    found[index] = answer or { refused = why }
  end
  return found`;

const flat = (text: string) => text.replace(/\s+/g, " ").trim();
const luaNote = ({ startTick, durationTicks, pitch, velocity, channel }: z.infer<typeof noteSchema>) => ({
  start_tick: startTick,
  duration_ticks: durationTicks,
  pitch,
  velocity,
  channel,
});

/** What the script must make of a result. */
function expected(method: string, result: Record<string, unknown>): unknown {
  const empty = { removed: [], candidates: [], warnings: [] };
  if (method === "fill/run") return { ...fill(result), job_id: result.jobId, state: "done" };
  if (method === "fill/order") return { ...empty, track_ids: result.trackIds };
  const isJob = ["fill/start", "fill/get", "fill/cancel", "roll/ask"].includes(method);
  if (!isJob) return { ...empty, json: JSON.stringify(result) };
  const job = z
    .looseObject({
      jobId: z.string(),
      state: z.string(),
      fraction: z.number(),
      noteCount: z.int(),
      finished: z.int(),
      queuePosition: z.int(),
      revision: z.string().nullable(),
      url: z.string().optional(),
      error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
    })
    .parse(result);
  return {
    ...(result.result === null ? empty : fill(result.result)),
    job_id: job.jobId,
    state: job.state,
    fraction: job.fraction,
    note_count: job.noteCount,
    finished: job.finished,
    queue_position: job.queuePosition,
    ...(job.revision === null ? {} : { revision: flat(job.revision) }),
    ...(job.url === undefined ? {} : { url: job.url }),
    ...(job.error === null ? {} : { error: { code: job.error.code, message: flat(job.error.message) } }),
  };
}

function fill(result: unknown): Record<string, unknown> {
  const { seed, removed, candidates, warnings, model, device } = fillSchema.parse(result);
  return {
    seed,
    model: model.id,
    device,
    removed: removed.map(luaNote),
    candidates: candidates.map(({ seed: own, notes }) => ({
      count: notes.length,
      seed: own,
      notes: notes.map(luaNote),
    })),
    warnings: warnings.map(({ code, message }) => ({ code, message: flat(message) })),
  };
}

onEachLua("lines", (lua) => {
  test("every golden result is read whole", async () => {
    const answers = await runLua(
      lua,
      PARSE,
      golden.results.map(({ text }) => text),
    );
    expect(answers).toEqual(golden.results.map(({ method, result }) => expected(method, result)));
  });

  test("every golden error has its code and message", async () => {
    const answers = await runLua(
      lua,
      PARSE,
      golden.errors.map(({ text }) => text),
    );
    expect(answers).toMatchObject(
      golden.errors.map(({ code, message }) => ({ error: { code, message: flat(message) } })),
    );
  });

  test("an answer that is cut off anywhere is not taken for whole", async () => {
    const texts = golden.results.flatMap(({ text }) =>
      Array.from({ length: text.length }, (_, length) => text.slice(0, length)),
    );
    const answers = (await runLua(lua, PARSE, texts)) as unknown[];
    expect(
      answers.filter((answer) => JSON.stringify(answer) !== '{"refused":"the answer is not whole"}'),
    ).toEqual([]);
  });

  test("notes that are missing, too many or no notes are told", async () => {
    const texts = [
      "candidate 0 2 1\nnote 0 1 60 80 0\nEND\n",
      "candidate 0 0 1\nnote 0 1 60 80 0\nEND\n",
      "candidate 0 1 1\nnote 0 1 60 80\nEND\n",
      "candidate 0 1 1\nnote 0 1 128 80 0\nEND\n",
      "candidate 0 1 1\nnote 0 1 60 0 0\nEND\n",
      "candidate 0 1 1\nnote 0 1 60 80 16\nEND\n",
      "candidate 0 1 1\nnote 0 0 60 80 0\nEND\n",
      "candidate 0 1 1\nnote 99999999999999999999 1 60 80 0\nEND\n",
      "candidate x 1\nnote 0 1 60 80 0\nEND\n",
      "note 0 1 60 80 0\nEND\n",
      "job lonely\nEND\n",
      "progress 0.5\nEND\n",
    ];
    const answers = (await runLua(lua, PARSE, texts)) as { refused?: string }[];
    expect(answers.map(({ refused }) => typeof refused)).toEqual(texts.map(() => "string"));
  });

  test("kinds that are not known are skipped", async () => {
    const answers = await runLua(lua, PARSE, ["tomorrow 1 2\nseed 4\nalone\nEND\n"]);
    expect(answers).toEqual([{ seed: 4, removed: [], candidates: [], warnings: [] }]);
  });

  test("broken answers never raise", async () => {
    const random = randomFrom(11);
    const texts = golden.results.flatMap(({ text }) => mutations(text, 300, random));
    const answers = await runLua(lua, PARSE, texts);
    expect(answers).toHaveLength(texts.length);
  });
});
