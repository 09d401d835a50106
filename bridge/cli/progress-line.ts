/**
 * A progress line on a terminal's stderr, shown once the work has taken a second.
 */
import type { CliIo, CliStream } from "./io.ts";
import { visibleLine } from "./visible.ts";

const PATIENCE_MS = 1000;
const REDRAW_MS = 100;
const ERASE_LINE = "\r\x1b[2K";

export class ProgressLine {
  readonly #stream: CliStream;
  readonly #isWanted: boolean;
  readonly #startMs = performance.now();
  #drawnMs = 0;

  constructor({ stderr, talk }: Pick<CliIo, "stderr" | "talk">) {
    this.#stream = stderr;
    this.#isWanted = stderr.isTTY === true && talk?.isQuiet !== true;
  }

  /** Draw the text if there is a terminal, the work is slow, and the last drawing is old enough. */
  show(text: string): void {
    const nowMs = performance.now();
    if (!this.#isWanted || nowMs - this.#startMs < PATIENCE_MS) return;
    if (nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    this.#stream.write(`${ERASE_LINE}${visibleLine(text)}`);
  }

  /** Remove what was drawn. */
  clear(): void {
    if (this.#drawnMs > 0) this.#stream.write(ERASE_LINE);
    this.#drawnMs = 0;
  }
}
