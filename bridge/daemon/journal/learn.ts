/**
 * Learns the order of candidates from the journal.
 */
import type { FillResult } from "../../protocol/fill.ts";
import { readJournal } from "./journal.ts";
import type { Preference } from "./preference.ts";

/** Older choices say little about what is liked now. */
const MAX_CHOICES = 500;

/** Teach the last choices of the journal; parses only the answers that were chosen from. */
export async function learn(preference: Preference, env: NodeJS.ProcessEnv): Promise<void> {
  const chosen = new Map<string, number>();
  for await (const { entry } of readJournal(env, ({ type }) => type === "accept")) {
    if (entry?.type === "accept") chosen.set(entry.jobId, entry.candidate);
  }
  const last = new Map([...chosen].slice(-MAX_CHOICES));
  const answers = readJournal(
    env,
    ({ type, jobId }) => type === "answer" && jobId !== undefined && last.has(jobId),
  );
  const results = new Map<string, FillResult>();
  for await (const { entry } of answers) if (entry?.type === "answer") results.set(entry.jobId, entry.result);
  for (const [jobId, candidate] of last) {
    const result = results.get(jobId);
    if (result !== undefined) preference.accept(result, candidate);
  }
}
