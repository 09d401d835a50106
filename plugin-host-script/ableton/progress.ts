/**
 * Live's progress dialog around a fill; its Cancel cancels the fill.
 */
import type { ExtensionContext } from "@ableton-extensions/sdk";
import { codeOf, type DaemonFill } from "./daemon.ts";

/** @returns what the work gives; undefined where it was cancelled @throws what it throws */
export async function withProgress<T>(
  ui: ExtensionContext["ui"],
  title: string,
  work: (events: DaemonFill) => Promise<T>,
): Promise<T | undefined> {
  let outcome: { value: T } | { thrown: unknown } | undefined;
  const run = ui.withinProgressDialog(title, { progress: 0 }, async (update, signal) => {
    // A closed dialog shows nothing, which must not be a failure.
    const show = (text: string, percent?: number) => void update(text, percent).catch(() => {});
    try {
      const value = await work({
        signal,
        onStage: (text) => show(text),
        onProgress: ({ fraction, noteCount }) =>
          show(`${title}: ${noteCount} ${noteCount === 1 ? "note" : "notes"}`, Math.round(fraction * 100)),
      });
      outcome = signal.aborted ? undefined : { value };
    } catch (thrown) {
      outcome = signal.aborted || codeOf(thrown) === "CANCELLED" ? undefined : { thrown };
    }
  });
  try {
    await run;
  } catch (thrown) {
    // What Live makes of a cancelled dialog; anything else is its own trouble.
    if (outcome !== undefined && "value" in outcome) throw thrown;
  }
  if (outcome === undefined) return undefined;
  if ("thrown" in outcome) throw outcome.thrown;
  return outcome.value;
}
