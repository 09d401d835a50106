/**
 * Lines with a checksum: `SUM JSON`, where the sum covers the JSON and the sum of the line before.
 * A line that was cut off by a crash, or changed later, is detected; those around it stay readable.
 */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

const SUM_LENGTH = 16;
const NEWLINE = 10;
const CHUNK_BYTES = 256 * 1024;

export function lineOf(previousSum: string, json: string): { sum: string; line: string } {
  const sum = createHash("sha256").update(previousSum).update(json).digest("hex").slice(0, SUM_LENGTH);
  return { sum, line: `${sum} ${json}\n` };
}

/** Where the next line goes. */
export interface LogEnd {
  /** Length of the file. */
  bytes: number;
  /** Of the last line. */
  sum: string;
  /** Whether the last line has its line end. */
  isClosed: boolean;
}

export const EMPTY_LOG: LogEnd = { bytes: 0, sum: "", isClosed: true };

export interface StoredLine {
  /** From 1. */
  number: number;
  json: string;
  isWhole: boolean;
  /** Of the file up to and including this line. */
  end: LogEnd;
}

/**
 * All lines of a file, the damaged ones marked. After damage the chain continues from the next readable line.
 * Lines are split at the byte 10 alone: JSON may hold other characters that some readers take for line ends.
 * @throws the system's errors, also ENOENT
 */
export async function* readLines(path: string): AsyncGenerator<StoredLine> {
  let [number, previous, bytes] = [0, "", 0];
  for await (const { raw, isClosed } of splitFile(path)) {
    number += 1;
    bytes += raw.length + (isClosed ? 1 : 0);
    // A torn line is closed with a line end when the log is opened again.
    if (raw.length === 0) continue;
    const text = raw.toString("utf8");
    const [sum, json] = [text.slice(0, SUM_LENGTH), text.slice(SUM_LENGTH + 1)];
    const isWhole = isClosed && lineOf(previous, json).sum === sum;
    previous = sum;
    yield { number, json, isWhole, end: { bytes, sum, isClosed } };
  }
}

async function* splitFile(path: string): AsyncGenerator<{ raw: Buffer; isClosed: boolean }> {
  const file = await open(path, "r");
  try {
    let pieces: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0 && at < bytesRead; at = chunk.indexOf(NEWLINE, from)) {
        yield { raw: Buffer.concat([...pieces, chunk.subarray(from, at)]), isClosed: true };
        [pieces, from] = [[], at + 1];
      }
      if (from < bytesRead) pieces.push(chunk.subarray(from, bytesRead));
    }
    if (pieces.length > 0) yield { raw: Buffer.concat(pieces), isClosed: false };
  } finally {
    await file.close().catch(() => {});
  }
}
