/**
 * The resources that the daemon has opened, from its start to its end.
 */

export class Life {
  /** Resolves when everything is closed. */
  readonly ended: Promise<void>;
  private readonly closers: (() => unknown)[] = [];
  private markEnded: () => void = () => {};
  private stopping: Promise<void> | undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.markEnded = resolve;
    });
  }

  /** Close this at the end, before all that was there before it. */
  atEnd(close: () => unknown): void {
    this.closers.push(close);
  }

  /** As `atEnd`. @returns the part itself */
  closing<Part extends { close(): unknown }>(part: Part): Part {
    this.atEnd(() => part.close());
    return part;
  }

  stop(): Promise<void> {
    this.stopping ??= this.closeAll();
    return this.stopping;
  }

  private async closeAll(): Promise<void> {
    for (const close of this.closers.reverse()) {
      try {
        await close();
      } catch (thrown) {
        // The others are closed all the same; the log may be closed already.
        process.stderr.write(
          `while the daemon ended: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`,
        );
      }
    }
    this.markEnded();
  }
}
