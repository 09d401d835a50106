/**
 * Answers for hosts that cannot parse JSON: one fact a line, its kind first, the last line END. A value with
 * spaces or line ends comes last in its line, with line ends as spaces.
 */

import type { FillResult } from "./fill.ts";
import type { FillRunResult, JobEntry } from "./job.ts";
import type { MethodName } from "./methods.ts";
import type { FillNote } from "./song.ts";

const END = "END";

/** A method's result as lines; those without a form of their own are one line of JSON. */
export function linesOfResult(method: MethodName, result: unknown): string {
  const lines = isJob(method, result)
    ? jobLines(result)
    : isResult(method, result)
      ? [`job ${result.jobId} done`, ...resultLines(result)]
      : isOrder(method, result)
        ? result.trackIds.map((trackId) => `track ${flat(trackId)}`)
        : [`json ${JSON.stringify(result)}`];
  return finish(lines);
}

export function linesOfError(code: string, message: string): string {
  return finish([`error ${code} ${flat(message)}`]);
}

const OF_JOBS: ReadonlySet<MethodName> = new Set(["fill/start", "fill/get", "fill/cancel", "roll/ask"]);

/** A fill by hand also has the address of its page. */
function isJob(method: MethodName, _result: unknown): _result is JobEntry & { url?: string } {
  return OF_JOBS.has(method);
}

function isResult(method: MethodName, _result: unknown): _result is FillRunResult {
  return method === "fill/run";
}

function isOrder(method: MethodName, _result: unknown): _result is { trackIds: string[] } {
  return method === "fill/order";
}

function jobLines(job: JobEntry & { url?: string }): string[] {
  const lines = [
    `job ${job.jobId} ${job.state}`,
    `progress ${job.fraction.toFixed(3)} ${job.noteCount} ${job.finished} ${job.queuePosition}`,
  ];
  if (job.url !== undefined) lines.push(`url ${flat(job.url)}`);
  if (job.revision !== null) lines.push(`revision ${flat(job.revision)}`);
  if (job.error !== null) lines.push(`error ${job.error.code} ${flat(job.error.message)}`);
  return job.result === null ? lines : [...lines, ...resultLines(job.result)];
}

function resultLines(result: FillResult): string[] {
  const lines = [
    `model ${result.model.id} ${result.device}`,
    `seed ${result.seed}`,
    ...(result.regions ?? [result.region]).map(
      ({ startTick, endTick, trackId }) => `region ${startTick} ${endTick} ${flat(trackId)}`,
    ),
    ...result.removed.map((note) => `removed ${noteFields(note)}`),
  ];
  result.candidates.forEach((candidate, index) => {
    lines.push(`candidate ${index} ${candidate.notes.length} ${candidate.seed}`);
    lines.push(...candidate.notes.map((note) => `note ${noteFields(note)}`));
  });
  lines.push(...result.warnings.map(({ code, message }) => `warning ${code} ${flat(message)}`));
  return lines;
}

/** startTick durationTicks pitch velocity channel, and the track where several are filled */
function noteFields({ startTick, durationTicks, pitch, velocity, channel, trackId }: FillNote): string {
  const fields = `${startTick} ${durationTicks} ${pitch} ${velocity} ${channel}`;
  return trackId === undefined ? fields : `${fields} ${flat(trackId)}`;
}

function flat(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function finish(lines: string[]): string {
  return `${[...lines, END].join("\n")}\n`;
}
