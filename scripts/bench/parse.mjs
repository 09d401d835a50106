// Bytes to notes, for a whole folder, beside symusic.
import { availableParallelism } from "node:os";
import { StepError } from "../steps/run.mjs";
import { runNative, runRival, samplesOf } from "./programs.mjs";
import { line } from "./statistics.mjs";

/** Share of notes by which two parsers may differ, since they pair odd notes in their own ways. */
const TOLERANCE = 0.005;

export function benchParse({ corpus, python, counts }) {
  const cores = availableParallelism();
  const threads = cores > 1 ? [1, cores] : [1];
  const passes = { data: corpus.data, repeats: counts.parseRepeats };
  const native = [];
  const rival = [];
  // In turn, so that a slow moment of the machine touches both.
  for (let round = 0; round < counts.parseRounds; round += 1) {
    native.push(...runNative("parse", { ...passes, threads: threads.join(",") }));
    if (python) rival.push(...runRival(python, "parse.py", passes));
  }
  const { files, bytes, notes } = native[0].facts;
  const theirs = rival[0]?.facts;
  if (theirs && (theirs.files !== files || Math.abs(theirs.notes / notes - 1) > TOLERANCE)) {
    throw new StepError(
      `symusic found ${theirs.notes} notes in ${theirs.files} files, we ${notes} in ${files}`,
    );
  }
  const all = (lines, facts) => lines.flatMap((entry) => samplesOf([entry], "parse", facts));
  const of = (count) =>
    all(
      native.filter((entry) => entry.facts.threads === count),
      { threads: count },
    );
  const rates = (samples, amount) => samples.map((ms) => (amount / ms) * 1000);
  const measures = [
    ["files", "files/s", files],
    ["bytes", "MB/s", bytes / 1e6],
    ["notes", "M notes/s", notes / 1e6],
  ];
  const lines = measures.map(([name, unit, amount]) =>
    line({
      id: `parse-${name}`,
      what: `parse to notes, 1 thread, ${files} files`,
      unit,
      ours: rates(of(1), amount),
      reference: python && {
        what: `symusic ${theirs.symusic}, 1 thread`,
        samples: rates(all(rival), amount),
      },
      ratioTarget: python && { least: 1.5 },
    }),
  );
  if (cores > 1) {
    lines.push(
      line({
        id: "parse-cores",
        what: `parse to notes, ${cores} threads`,
        unit: "files/s",
        ours: rates(of(cores), files),
        reference: { what: "1 thread", samples: rates(of(1), files) },
      }),
    );
  }
  return lines;
}
