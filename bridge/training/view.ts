/**
 * A run in the terminal: curves and figures, redrawn in place; or plain lines without a terminal.
 */
import type { RunEvent } from "../engine/train-schemas.ts";
import { plural } from "../plural.ts";
import { plotCurves } from "./curves.ts";
import {
  describePart,
  type EvaluatingEvent,
  emptyHistory,
  type History,
  points,
  record,
  smooth,
} from "./history.ts";

interface ViewStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const REDRAW_MS = 200;
const ROWS = 12;
const MIN_COLUMNS = 30;
const MAX_COLUMNS = 100;
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";

export interface RunView {
  show(event: RunEvent): void;
  /** Draw the last state and give the terminal back. */
  close(): void;
}

/** @param formatSeconds  a duration as people read it */
export function openView(
  stream: ViewStream,
  options: { live: boolean; colour: boolean; formatSeconds: (seconds: number) => string },
): RunView {
  const history = emptyHistory();
  if (!options.live) {
    return {
      show(event) {
        record(history, event);
        stream.write(`${describeEvent(event, options.formatSeconds)}\n`);
      },
      close() {},
    };
  }
  let drawnLines = 0;
  let drawnMs = Number.NEGATIVE_INFINITY;
  const draw = () => {
    const lines = renderView(history, stream.columns ?? 80, options);
    const back = drawnLines > 0 ? `\x1b[${drawnLines}A` : HIDE_CURSOR;
    stream.write(back + lines.map((line) => `\x1b[2K${line}\n`).join(""));
    // What an earlier, longer drawing left below.
    if (lines.length < drawnLines) stream.write("\x1b[J");
    drawnLines = lines.length;
    drawnMs = performance.now();
  };
  return {
    show(event) {
      record(history, event);
      if (performance.now() - drawnMs >= REDRAW_MS) draw();
    },
    close() {
      if (history.start !== undefined) draw();
      stream.write(SHOW_CURSOR);
    },
  };
}

/** One event as a line of text. */
export function describeEvent(event: RunEvent, formatSeconds: (seconds: number) => string): string {
  switch (event.event) {
    case "start": {
      const goal = event.updates === null ? formatSeconds(event.seconds ?? 0) : `${event.updates} updates`;
      const grown = event.grownFrom == null ? "" : ` with ${event.pieces} pieces, ${event.grownFrom} before`;
      const from = event.step > 0 ? `, going on from update ${event.step}${grown}` : "";
      return `${event.modelId}: ${(event.parameters / 1e6).toFixed(2)} M trained parameters on ${event.device}, ${plural(event.notes, "note")} of ${plural(event.pieces - event.heldOutPieces, "piece")}, ${event.heldOutPieces} held out, ${goal}${from}`;
    }
    case "step":
      return `update ${event.step}: loss ${number(event.loss)}, ${Math.round(event.notesPerSecond)} notes/s, ${formatSeconds(event.secondsLeft ?? 0)} left`;
    case "heldOut": {
      const set = event.set === "data" ? "held out" : "held out of the base's data";
      const best = event.isBest ? ", the best so far" : "";
      return `update ${event.step}: ${set} ${number(event.loss)} (${parts(event.parts)})${best}`;
    }
    case "evaluating":
      return describeEvaluating(event, formatSeconds);
    case "checkpoint":
      return `update ${event.step}: checkpoint ${event.path}`;
  }
}

function describeEvaluating(event: EvaluatingEvent, formatSeconds: (seconds: number) => string): string {
  const percent = Math.floor((100 * event.done) / Math.max(1, event.total));
  return `update ${event.step}: measuring on held-out pieces, ${percent} %, ${formatSeconds(event.secondsLeft ?? 0)} left in all`;
}

/** Lines of the live view. */
export function renderView(
  history: History,
  width: number,
  options: { colour: boolean; formatSeconds: (seconds: number) => string },
): string[] {
  const paint = (code: number) => (text: string) => (options.colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  const [blue, orange, faint] = [paint(34), paint(33), paint(2)];
  const columns = Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, width - 10));
  const { start, best, savedStep } = history;
  const step = history.steps.at(-1);
  const lines: string[] = [];
  if (start !== undefined) lines.push(describeEvent(start, options.formatSeconds).slice(0, width - 1));
  const train = smooth(points(history.steps), 2);
  const heldOut = points(history.heldOut);
  lines.push(
    ...plotCurves(
      [
        { points: train, paint: blue },
        { points: heldOut, paint: orange },
      ],
      columns,
      ROWS,
    ),
  );
  if (step !== undefined) {
    lines.push(
      `${blue("●")} training ${number(step.loss)}  ${parts(step.parts)}`,
      `${orange("●")} held out ${number(history.heldOut.at(-1)?.loss ?? null)}  best ${number(best?.loss ?? null)} at update ${best?.step ?? 0}`,
      `update ${step.step}, ${Math.round(step.notesPerSecond)} notes/s, ${options.formatSeconds(step.seconds)} done, ${options.formatSeconds(step.secondsLeft ?? 0)} left, ${Math.round(step.memoryMib)} MiB, rate ${step.learningRate.toExponential(1)}`,
      faint(
        savedStep === undefined
          ? "no checkpoint yet; Ctrl-C writes one and stops"
          : `checkpoint at update ${savedStep}; Ctrl-C writes one and stops`,
      ),
    );
  }
  if (history.evaluating !== undefined) {
    lines.push(faint(describeEvaluating(history.evaluating, options.formatSeconds)));
  }
  return lines;
}

function number(value: number | null): string {
  return value === null ? "?" : value.toFixed(3);
}

function parts(values: Record<string, number | null>): string {
  return Object.entries(values)
    .map(([name, value]) => describePart(name, value))
    .join(", ");
}
