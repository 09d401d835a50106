/**
 * A dataset in the terminal: counts, then bars.
 */
import type { DatasetInfo } from "../../engine/dataset-schemas.ts";
import { plural } from "../../plural.ts";

const SHOWN_FAILURES = 5;
const MIN_BAR_COLUMNS = 10;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** What each histogram is called, in the order shown. */
export const HISTOGRAMS = [
  ["pitch", "pitches, by octave"],
  ["instrument", "instruments"],
  ["meter", "meters, by bars"],
  ["tempo", "tempos in quarters a minute, by bars"],
  ["notesPerPiece", "notes a piece"],
] as const;

/** Lines of the whole description. @param width  columns of the terminal */
export function renderInfo(info: DatasetInfo, width: number): string[] {
  const lines = summarise(info);
  for (const [name, title] of HISTOGRAMS) lines.push("", title, ...renderBars(info.histograms[name], width));
  if (info.failed.length > 0) lines.push("", "left out");
  for (const { path, reason } of info.failed.slice(0, SHOWN_FAILURES)) lines.push(`  ${path}: ${reason}`);
  if (info.failed.length > SHOWN_FAILURES) lines.push(`  and ${info.failed.length - SHOWN_FAILURES} more`);
  return lines;
}

/** "1 piece is held out". */
export function held(pieces: number): string {
  return `${plural(pieces, "piece")} ${pieces === 1 ? "is" : "are"} held out`;
}

/** Counts in a few sentences. */
export function summarise(info: DatasetInfo): string[] {
  const { pieces, heldOutPieces, notes, clusters, files, duplicates, failed, bytes } = info;
  const perNote = notes === 0 ? 0 : bytes / notes;
  return [
    `${plural(pieces, "piece")} in ${plural(clusters, "cluster")}, ${plural(notes, "note")}; ${held(heldOutPieces)}`,
    `${plural(files, "file")}: ${plural(duplicates, "duplicate")} and ${plural(failed.length, "failure")} left out`,
    `${(bytes / 1e6).toFixed(1)} MB, ${perNote.toFixed(1)} bytes a note, from ${info.folders.join(", ")}`,
    ...(info.licence === null ? [] : [`licence: ${info.licence}`]),
  ];
}

/** One bar a line, as long as its share of the largest. */
export function renderBars(bars: DatasetInfo["histograms"]["pitch"], width: number): string[] {
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const labels = Math.max(0, ...bars.map((bar) => bar.label.length));
  const counts = Math.max(1, ...bars.map((bar) => String(bar.count).length));
  const columns = Math.max(MIN_BAR_COLUMNS, width - labels - counts - 6);
  return bars.map(({ label, count }) => {
    const eighths = Math.round((count / most) * columns * 8);
    const bar = "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
    return `  ${label.padStart(labels)} ${String(count).padStart(counts)} ${bar}`.trimEnd();
  });
}
