/**
 * The log of the texts that pages keep with a roll, kept.log: what was set and removed, a line a change. A damaged
 * line loses its own texts alone.
 */
import { z } from "zod";
import { EMPTY_LOG, type LogEnd, readLines } from "../storage/lines.ts";
import type { Form } from "../storage/logged-state.ts";
import { KeptTexts, type TextChange } from "./kept-texts.ts";

const lineSchema = z.strictObject({ set: z.array(z.tuple([z.string(), z.string().nullable()])) });

export function lineOfTexts(changes: readonly TextChange[]): string {
  return JSON.stringify({ set: changes });
}

export const keptForm: Form<KeptTexts> = {
  draft: (texts) => new KeptTexts(texts.entries),
  adopt: (texts, draft) => texts.adopt(draft),
  same: () => lineOfTexts([]),
  snapshot: (texts) => texts.entries.map((entry) => lineOfTexts([entry])),
};

/** @throws the system's errors, also ENOENT */
export async function readKeptLog(
  path: string,
): Promise<{ texts: KeptTexts; end: LogEnd; damagedLines: number }> {
  const texts = new KeptTexts();
  let [end, damagedLines] = [EMPTY_LOG, 0];
  for await (const line of readLines(path)) {
    end = line.end;
    const changes = line.isWhole ? parsed(line.json) : undefined;
    if (changes === undefined) damagedLines += 1;
    else for (const [name, text] of changes) texts.set(name, text);
  }
  return { texts, end, damagedLines };
}

function parsed(json: string): TextChange[] | undefined {
  try {
    return lineSchema.parse(JSON.parse(json)).set;
  } catch {
    return undefined;
  }
}
