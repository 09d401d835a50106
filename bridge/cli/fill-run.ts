/**
 * What fill, continue and vary do once their options are read: generate, write, and say what was done.
 */
import { writeFile } from "node:fs/promises";
import { BridgeError } from "../bridge-error.ts";
import { fillFileAnywhere } from "../client/fill-file.ts";
import type { FillRequest } from "../engine/requests.ts";
import type { FillAnswer, FillWithView } from "../engine/schemas.ts";
import type { FillOptions } from "./fill-options.ts";
import { type CliIo, hasColour, printJson, printLine } from "./io.ts";
import { ProgressLine } from "./progress-line.ts";
import { layOutRoll } from "./roll/layout.ts";
import { renderSvg } from "./roll/svg.ts";
import { GUTTER_COLUMNS, renderRoll } from "./roll/terminal.ts";
import { VERSION } from "./version.ts";
import { printWarnings } from "./warnings.ts";

const DEFAULT_COLUMNS = 80;
const MIN_COLUMNS = 40;
/** Longer lines are hard to follow from end to end. */
const MAX_COLUMNS = 200;

export async function generate(io: CliIo, request: FillRequest, options: FillOptions): Promise<void> {
  const line = new ProgressLine(io.stderr);
  let result: FillWithView;
  try {
    result = await fillFileAnywhere(request, {
      env: io.env,
      version: VERSION,
      useDaemon: options.daemon,
      signal: io.signal,
      onProgress: ({ fraction, noteCount }) =>
        line.show(`filling: ${Math.round(fraction * 100)} %, ${noteCount} notes`),
    });
  } finally {
    line.clear();
  }
  const { answer } = result;
  if (options.svg !== undefined) await writeSvg(options.svg, result);
  if (options.json) {
    printJson(io.stdout, answer);
  } else {
    if (options.roll ?? io.stdout.isTTY === true) printRoll(io, result);
    for (const text of summarise(result)) printLine(io.stdout, text);
  }
  printWarnings(io, answer.warnings);
}

function printRoll(io: CliIo, { answer, view }: FillWithView): void {
  const width = Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, io.stdout.columns ?? DEFAULT_COLUMNS));
  const notes = { removed: answer.removed, added: answer.candidates[0]?.notes ?? [] };
  const layout = layOutRoll(view, answer.region, notes, width - GUTTER_COLUMNS);
  for (const line of renderRoll(layout, hasColour(io.stdout, io.env))) printLine(io.stdout, line);
}

async function writeSvg(path: string, { answer, view }: FillWithView): Promise<void> {
  const notes = { removed: answer.removed, added: answer.candidates[0]?.notes ?? [] };
  const title = view.trackName === "" ? `track ${answer.region.track}` : view.trackName;
  try {
    await writeFile(path, renderSvg(view, answer.region, notes, title));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError("SVG_NOT_WRITTEN", `${path} was not written (${reason}); the MIDI file is done`, {
      data: { path },
      cause,
    });
  }
}

function summarise({ answer, backup }: FillWithView): string[] {
  const { removed, candidates, timings } = answer;
  const lines = candidates.map(
    ({ file, notes, copied, outOfScale }) =>
      `${file}: ${plural(notes.length, "note")} for ${removed.length}, ${percent(copied)} copied, ${percent(outOfScale)} out of scale`,
  );
  if (backup !== null) lines.push(`the original is kept as ${backup}`);
  lines.push(
    `seed ${answer.seed}, model ${answer.model.id} on ${answer.device}, ${Math.round(timings.totalMs)} ms (${timingParts(answer)})`,
  );
  return lines;
}

function timingParts({ timings }: FillAnswer): string {
  const parts = [
    ["loading", timings.loadMs],
    ["context", timings.promptMs],
    ["notes", timings.generateMs],
  ] as const;
  return parts.map(([name, ms]) => `${name} ${Math.round(ms)}`).join(", ");
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
