/**
 * The common part of fill, continue, vary and add after reading options: generate, write, and report.
 */

import { BridgeError } from "../bridge-error.ts";
import { fillFileAnywhere } from "../client/fill-file.ts";
import { defined } from "../defined.ts";
import { type FileFill, HUMANIZE } from "../engine/fill.ts";
import type { FillAnswer, FilledFile, FillView, PartNote } from "../engine/filled-file.ts";
import { plural } from "../plural.ts";
import { type FillOptions, fillRequestOf, type Task } from "./fill-options.ts";
import { type CliIo, hasColour, printJson, printPainted, remark, say } from "./io.ts";
import { layOutPicture, type PictureNotes } from "./note-picture/layout.ts";
import { isOwnSvg, renderSvg } from "./note-picture/svg.ts";
import { GUTTER_COLUMNS, renderText } from "./note-picture/terminal.ts";
import { ProgressLine } from "./progress-line.ts";
import { type OutputWarning, writeResult } from "./result-file.ts";
import { isStandardInput, isStandardOutput, withStandardFiles } from "./standard-files.ts";
import { VERSION } from "./version.ts";
import { printWarnings } from "./warnings.ts";

const DEFAULT_COLUMNS = 80;
const MIN_COLUMNS = 40;
/** Longer lines are hard to follow from end to end. */
const MAX_COLUMNS = 200;

/**
 * @param input  the file, or - for standard input
 */
export function generate(io: CliIo, input: string, options: FillOptions, task: Task): Promise<void> {
  return withStandardFiles(io, async (files) => {
    if (options.inPlace && isStandardInput(input)) {
      throw new BridgeError("OPTION_CONFLICT", "standard input cannot be overwritten; give -o OUT.mid");
    }
    const hasJson = options.json === true;
    const outputs = defined({
      output: options.output === undefined ? undefined : files.output(options.output, { hasJson }),
      svg: options.svg === undefined ? undefined : files.output(options.svg, { hasJson, ending: ".svg" }),
    });
    if (options.output !== undefined && isStandardOutput(options.output) && (options.candidates ?? 1) > 1) {
      throw new BridgeError(
        "OPTION_CONFLICT",
        "standard output can take one candidate only; leave out --candidates, or name a file",
      );
    }
    const named = { ...options, ...outputs };
    // Before standard input is read, which may take long.
    const request = fillRequestOf(input, task, named);
    const file = { ...request.file, input: await files.input(input) };
    await fill(files.io, { ...request, file }, named);
  });
}

async function fill(io: CliIo, request: FileFill, options: FillOptions): Promise<void> {
  const line = new ProgressLine(io);
  let result: FilledFile;
  try {
    result = await fillFileAnywhere(request, {
      env: io.env,
      version: VERSION,
      useDaemon: options.daemon,
      signal: io.signal,
      onChoice: (text) => remark(io, text),
      onProgress: ({ fraction, noteCount }) =>
        line.show(`filling: ${Math.round(fraction * 100)} %, ${noteCount} notes`),
    });
  } finally {
    line.clear();
  }
  const { answer } = result;
  remark(io, `model ${answer.model.id}, sha256 ${answer.model.sha256}, on ${answer.device}`);
  const svgWarnings = options.svg === undefined ? [] : await writeSvg(options.svg, result, options.force);
  if (options.json) {
    printJson(io.stdout, answer);
  } else {
    if (options.roll ?? (io.stdout.isTTY === true && io.talk?.isQuiet !== true)) printPictures(io, result);
    for (const text of summarise(result)) say(io, text);
  }
  printWarnings(io, [...answer.warnings, ...svgWarnings]);
}

/** A region with its notes of before and after. */
interface FilledRegion {
  region: FillAnswer["region"];
  view: FillView;
  notes: PictureNotes;
}

function regionsOf({ answer, views }: FilledFile): FilledRegion[] {
  const regions = answer.regions ?? [answer.region];
  return views.flatMap((view, index) => {
    const region = regions[index];
    if (region === undefined) return [];
    const isInside = ({ startTick, track }: PartNote) =>
      (track ?? region.track) === region.track && startTick >= region.startTick && startTick < region.endTick;
    const notes = {
      removed: answer.removed.filter(isInside),
      added: (answer.candidates[0]?.notes ?? []).filter(isInside),
    };
    return [{ region, view, notes }];
  });
}

function printPictures(io: CliIo, result: FilledFile): void {
  const width = Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, io.stdout.columns ?? DEFAULT_COLUMNS));
  for (const { region, view, notes } of regionsOf(result)) {
    const layout = layOutPicture(view, region, notes, width - GUTTER_COLUMNS);
    for (const line of renderText(layout, hasColour(io.stdout, io.env))) printPainted(io.stdout, line);
  }
}

/** @throws BridgeError SVG_NOT_WRITTEN */
async function writeSvg(path: string, result: FilledFile, force = false): Promise<OutputWarning[]> {
  const pictures = regionsOf(result).map((filled) => {
    const { trackName } = filled.view;
    return { ...filled, title: trackName === "" ? `track ${filled.region.track}` : trackName };
  });
  try {
    return await writeResult(path, renderSvg(pictures), { force, isEarlier: isOwnSvg });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError("SVG_NOT_WRITTEN", `${reason} (the MIDI file is done)`, {
      data: { path },
      cause,
    });
  }
}

function summarise({ answer, backup }: FilledFile): string[] {
  const { removed, candidates, timings } = answer;
  const lines = candidates.map(({ file, notes, copied, outOfScale }) =>
    answer.model.id === HUMANIZE
      ? `${file}: ${playedText(removed, notes)}`
      : `${file}: ${plural(notes.length, "note")} for ${removed.length}, ${percent(copied)} copied, ${percent(outOfScale)} out of scale`,
  );
  if (backup !== null) lines.push(`the original is kept as ${backup}`);
  if (answer.model.id === HUMANIZE) return [...lines, `seed ${answer.seed}`];
  lines.push(
    `seed ${answer.seed}, model ${answer.model.id} on ${answer.device}, ${Math.round(timings.totalMs)} ms (${timingParts(answer)})`,
  );
  return lines;
}

/** @param after  the same notes, in the same order */
function playedText(before: readonly PartNote[], after: readonly PartNote[]): string {
  const changes = (field: "startTick" | "velocity") =>
    after.map((note, index) => Math.abs(note[field] - (before[index]?.[field] ?? note[field])));
  const told = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    return `${Math.round(mean)} on average, at most ${Math.max(0, ...values)}`;
  };
  return `${plural(after.length, "note")}, starts moved by ${told(changes("startTick"))} ticks, velocities by ${told(changes("velocity"))}`;
}

function timingParts({ timings }: FillAnswer): string {
  const parts = [
    ["loading", timings.loadMs],
    ["context", timings.promptMs],
    ["notes", timings.generateMs],
  ] as const;
  return parts.map(([name, ms]) => `${name} ${Math.round(ms)}`).join(", ");
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
