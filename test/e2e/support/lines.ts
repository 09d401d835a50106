/**
 * Parses answers in lines word by word, as a script does.
 */
export interface Lines {
  jobId?: string;
  state?: string;
  seed?: number;
  revision?: string;
  error?: string;
  removed: number[][];
  candidates: { notes: number[][] }[];
  json?: unknown;
}

export function readLines(text: string): Lines {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.pop() !== "END") throw new Error(`the answer has no END: ${text}`);
  const read: Lines = { removed: [], candidates: [] };
  for (const line of lines) {
    const [kind, ...words] = line.split(" ");
    const rest = line.slice((kind ?? "").length + 1);
    if (kind === "job") [read.jobId, read.state] = [words[0] ?? "", words[1] ?? ""];
    else if (kind === "seed") read.seed = Number(words[0]);
    else if (kind === "revision") read.revision = rest;
    else if (kind === "error") read.error = words[0] ?? "";
    else if (kind === "removed") read.removed.push(words.map(Number));
    else if (kind === "candidate") read.candidates.push({ notes: [] });
    else if (kind === "note") read.candidates.at(-1)?.notes.push(words.map(Number));
    else if (kind === "json") read.json = JSON.parse(rest);
  }
  return read;
}
