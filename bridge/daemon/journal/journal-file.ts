/**
 * Lines with a checksum: `SUM JSON`, where the sum covers the JSON and the sum of the line before.
 * A line that was cut off by a crash, or changed later, is detected and skipped; those around it stay.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

const SUM_LENGTH = 16;

export function lineOf(previousSum: string, json: string): { sum: string; line: string } {
  const sum = createHash("sha256").update(previousSum).update(json).digest("hex").slice(0, SUM_LENGTH);
  return { sum, line: `${sum} ${json}\n` };
}

interface JournalLine {
  /** From 1. */
  number: number;
  sum: string;
  json: string;
  isWhole: boolean;
}

/** All lines of a file, the damaged ones marked. A file that is not there has none. */
export async function* readLines(path: string): AsyncGenerator<JournalLine> {
  const stream = createReadStream(path, "utf8");
  let [number, previous] = [0, ""];
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      // A torn line is closed with a line end when the journal is opened again.
      if (line === "") continue;
      const [sum, json] = [line.slice(0, SUM_LENGTH), line.slice(SUM_LENGTH + 1)];
      const isWhole = lineOf(previous, json).sum === sum;
      yield { number, sum, json, isWhole };
      // After damage the chain goes on from the next line that can be read.
      previous = sum;
    }
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause;
  } finally {
    stream.destroy();
  }
}
