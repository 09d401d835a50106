/**
 * The files of a run besides its checkpoints: TensorBoard's event file and the report.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type RunEvent, runEventSchema } from "../engine/train-schemas.ts";
import { emptyHistory, type History, record } from "./history.ts";
import { renderReport } from "./report.ts";
import { TensorBoardFile } from "./tensorboard.ts";

export const EVENTS_FILE = "events.jsonl";
const REPORT_FILE = "report.html";
const TENSORBOARD_FOLDER = "tensorboard";

/** Records the events of one call. A full disk must not end a training, so its own errors are dropped. */
export class RunRecorder {
  readonly #run: string;
  readonly #formatSeconds: (seconds: number) => string;
  #tensorBoard: TensorBoardFile | undefined;

  constructor(run: string, formatSeconds: (seconds: number) => string) {
    this.#run = run;
    this.#formatSeconds = formatSeconds;
  }

  add(event: RunEvent): void {
    try {
      this.#tensorBoard ??= new TensorBoardFile(join(this.#run, TENSORBOARD_FOLDER));
      this.#tensorBoard.add(event);
      if (event.event === "heldOut" && event.set === "data") this.writeReport();
    } catch {
      this.#tensorBoard = undefined;
    }
  }

  /** The whole run's report, with what earlier calls did. */
  writeReport(): void {
    const path = join(this.#run, REPORT_FILE);
    try {
      writeFileSync(
        `${path}.part`,
        renderReport(readHistory(this.#run), this.#formatSeconds, basename(resolve(this.#run))),
      );
      renameSync(`${path}.part`, path);
    } catch {
      // The run itself is whole; the report can be made again from its events.
    }
  }
}

/** What a run folder's events say; lines that are cut off or of another version are left out. */
export function readHistory(run: string): History {
  const history = emptyHistory();
  const path = join(run, EVENTS_FILE);
  if (!existsSync(path)) return history;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const event = runEventSchema.safeParse(parseLine(line));
    if (event.success) record(history, event.data);
  }
  return history;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
