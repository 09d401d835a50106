/**
 * continuo batch: many fills with one loaded model, one request a line.
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { Command } from "commander";
import { z } from "zod";
import { BridgeError, toBridgeError } from "../bridge-error.ts";
import { defined } from "../defined.ts";
import { type FileFill, fillFile } from "../engine/fill.ts";
import { pitchRangeSchema } from "../protocol/fill.ts";
import { EXIT_FAILED } from "./errors.ts";
import { drawSeed } from "./fill-options.ts";
import { type CliIo, printLine } from "./io.ts";
import { ProgressLine } from "./progress-line.ts";
import { type OutputWarning, ResultFile, type ResultOptions } from "./result-file.ts";
import { isStandardInput, isStandardOutput } from "./standard-files.ts";
import { visible } from "./visible.ts";
import { printWarnings } from "./warnings.ts";

/** The standard streams are taken by the requests and their answers. */
const file = z
  .string()
  .min(1)
  .refine(
    (path) => !isStandardInput(path),
    "- is taken by the list itself: name a file, ./- for one called so",
  );

/** Numbers are only typed here; their limits are the sampler's. */
const lineSchema = z.strictObject({
  id: z.union([z.string(), z.number()]).optional(),
  in: file,
  song: z.int().positive().optional(),
  track: z.union([z.int().nonnegative(), z.string().min(1)]),
  isDrums: z.boolean().optional(),
  startTick: z
    .int()
    .nonnegative()
    .max(2 ** 32 - 1),
  endTick: z
    .int()
    .nonnegative()
    .max(2 ** 32 - 1),
  out: file,
  seed: z.int().nonnegative().optional(),
  candidates: z.int().nonnegative().optional(),
  temperature: z.number().optional(),
  topP: z.number().optional(),
  topK: z.int().nonnegative().optional(),
  minP: z.number().optional(),
  contextNotes: z.int().nonnegative().optional(),
  deadlineMs: z.int().nonnegative().optional(),
  density: z.int().nonnegative().optional(),
  polyphony: z.int().nonnegative().optional(),
  pitchRange: pitchRangeSchema.optional(),
  scale: z.string().optional(),
  rhythm: z.enum(["free", "keep", "keepOnsets", "keep-onsets"]).optional(),
  velocity: z.int().nonnegative().optional(),
  novelty: z.number().optional(),
  /** Pitches of old notes that stay. */
  lock: z.array(z.int().min(0).max(127)).optional(),
  lockTicks: z.strictObject({ startTick: z.int().nonnegative(), endTick: z.int().nonnegative() }).optional(),
  cutCrossing: z.boolean().optional(),
  endHeldNotes: z.boolean().optional(),
  /** Set for vary. */
  amount: z.number().optional(),
  /** Replace files that are there without keeping them. */
  force: z.boolean().optional(),
  model: z.string().optional(),
  device: z.string().optional(),
  threads: z.int().nonnegative().optional(),
});
type Line = z.infer<typeof lineSchema>;

/** The longest line that can be a request. */
const MAX_LINE_CHARACTERS = 1 << 20;

const EXAMPLES = `
A request is one JSON object a line:
  {"id": 1, "in": "a.mid", "track": 2, "startTick": 7680, "endTick": 15360, "out": "b.mid", "seed": 7}
and may have the options of fill in camelCase, "pitchRange" as "C3-C6" or [48, 84]. Each gives one line with the answer of fill --json and its
id; a bad one gives {"id", "error": {"code", "message"}}.

Examples:
  continuo batch requests.jsonl -o results.jsonl
  cat requests.jsonl | continuo batch - -o - > results.jsonl`;

export function batchCommand(io: CliIo, fail: (exitCode: number) => void): Command {
  return new Command("batch")
    .description("fill many regions, one JSON request a line")
    .argument("<REQUESTS.jsonl>", "requests, one a line; - for standard input")
    .requiredOption(
      "-o, --output <RESULTS.jsonl>",
      "answers, one a line in the same order; - for standard output",
    )
    .option("--force", "replace an existing list of answers without a backup")
    .addHelpText("after", EXAMPLES)
    .action(async (input: string, { output, force }: { output: string; force?: boolean }) => {
      const { lines, failed, warnings } = await runBatch(io, input, output, { force, isEarlier: isResults });
      if (io.talk?.isQuiet !== true) printLine(io.stderr, `${lines} requests, ${failed} failed: ${output}`);
      printWarnings(io, warnings);
      if (failed > 0) fail(EXIT_FAILED);
    });
}

/** Whether a text begins as a list of answers does. */
function isResults(text: string): boolean {
  return /^\{"id":/.test(text);
}

/** Where answers go: a file that is whole at the end, or standard output as they come. */
interface Answers {
  write(text: string): Promise<void>;
  finish(options: ResultOptions): Promise<OutputWarning[]>;
  discard(): Promise<void>;
}

function answersTo(io: CliIo, output: string): Promise<Answers> | Answers {
  if (!isStandardOutput(output)) return ResultFile.create(output);
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        io.stdout.write(text, (cause) => (cause ? reject(cause) : resolve()));
      }),
    finish: () => Promise.resolve([]),
    discard: () => Promise.resolve(),
  };
}

async function runBatch(
  io: CliIo,
  input: string,
  output: string,
  options: ResultOptions,
): Promise<{ lines: number; failed: number; warnings: OutputWarning[] }> {
  const results = await answersTo(io, output);
  const progress = new ProgressLine(io);
  let [lines, failed] = [0, 0];
  try {
    for await (const text of readLines(io, input)) {
      if (text.trim() === "") continue;
      const answer = await answerLine(text, io.signal);
      lines += 1;
      if ("error" in answer) failed += 1;
      await results.write(`${visible(JSON.stringify(answer))}\n`);
      progress.show(`${lines} requests, ${failed} failed`);
    }
    return { lines, failed, warnings: await results.finish(options) };
  } catch (error) {
    await results.discard();
    throw error;
  } finally {
    progress.clear();
  }
}

/** @throws BridgeError INPUT_IS_TERMINAL, INPUT_NOT_FOUND, INPUT_UNREADABLE */
async function* readLines(io: CliIo, path: string): AsyncGenerator<string> {
  if (isStandardInput(path) && (io.stdin === undefined || io.stdin.isTTY)) {
    throw new BridgeError(
      "INPUT_IS_TERMINAL",
      "standard input is the terminal; pipe requests into the command, or name a file",
    );
  }
  const stream =
    isStandardInput(path) && io.stdin !== undefined
      ? Readable.from(io.stdin)
      : createReadStream(path, "utf8");
  const stop = () => stream.destroy();
  io.signal.addEventListener("abort", stop, { once: true });
  try {
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (cause) {
    if (io.signal.aborted) throw cancelled();
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw isMissing
      ? new BridgeError("INPUT_NOT_FOUND", `${path} does not exist; check the path`, { cause })
      : new BridgeError("INPUT_UNREADABLE", `${path} cannot be read (${reason}); check its permissions`, {
          cause,
        });
  } finally {
    io.signal.removeEventListener("abort", stop);
    stream.destroy();
  }
  if (io.signal.aborted) throw cancelled();
}

function cancelled(): BridgeError {
  return new BridgeError("CANCELLED", "cancelled; no answers were written");
}

/** @throws BridgeError CANCELLED; every other failure is the line's own answer */
async function answerLine(text: string, signal: AbortSignal): Promise<object> {
  let id: string | number | null = null;
  try {
    const value = parseLine(text);
    id = idOf(value);
    const line = lineSchema.safeParse(value);
    if (!line.success) {
      const what = z.prettifyError(line.error).replace(/\s*\n\s*/g, " ");
      throw new BridgeError(
        "REQUEST_INVALID",
        `the request has a wrong shape (${what}); see continuo batch --help`,
      );
    }
    const { answer } = await fillFile(requestOf(line.data), { signal });
    return { id, ...answer };
  } catch (thrown) {
    const error = toBridgeError(thrown);
    if (error.code === "CANCELLED") throw error;
    return { id, error: { code: error.code, message: error.message } };
  }
}

function parseLine(text: string): unknown {
  if (text.length > MAX_LINE_CHARACTERS) {
    throw new BridgeError(
      "REQUEST_INVALID",
      `the line has ${text.length} characters, the limit is ${MAX_LINE_CHARACTERS}; write one request a line`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError("REQUEST_INVALID", `the line is not JSON (${reason}); write one object a line`, {
      cause,
    });
  }
}

/** The id is reported even if the rest of the line is invalid. */
function idOf(value: unknown): string | number | null {
  const parsed = z.object({ id: z.union([z.string(), z.number()]) }).safeParse(value);
  return parsed.success ? parsed.data.id : null;
}

function requestOf(line: Line): FileFill {
  const { density, polyphony, pitchRange, scale, velocity, novelty, amount } = line;
  const rhythm = line.rhythm === "keep-onsets" ? "keepOnsets" : line.rhythm;
  const { candidates, temperature, topP, topK, minP, contextNotes, deadlineMs } = line;
  return {
    file: {
      input: line.in,
      output: line.out,
      ...defined({
        existing: line.force ? ("replace" as const) : undefined,
        song: line.song,
        isDrums: line.isDrums,
        cutCrossing: line.cutCrossing,
        endHeldNotes: line.endHeldNotes,
      }),
      track: typeof line.track === "number" ? { number: line.track } : { name: line.track },
      region: { ticks: { startTick: line.startTick, endTick: line.endTick } },
      locks: defined({
        pitches: line.lock,
        tickRanges: line.lockTicks === undefined ? undefined : [line.lockTicks],
      }),
    },
    mode: amount === undefined ? "fill" : "vary",
    controls: defined({ density, polyphony, pitchRange, scale, rhythm, velocity, novelty, amount }),
    sampling: {
      seed: line.seed ?? drawSeed(),
      ...defined({ candidates, temperature, topP, topK, minP, contextNotes }),
    },
    ...defined({ deadlineMs }),
    engine: { device: line.device ?? "auto", ...defined({ model: line.model, threads: line.threads }) },
  };
}
