// Folders of MIDI files to datasets, beside symusic reading the same files on as many processes.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runNative, runRival, samplesOf } from "./programs.mjs";
import { line } from "./statistics.mjs";

export function benchImport({ corpus, python, folder, counts }) {
  const ofCorpus = importLine({ id: "import", data: corpus.data, python, repeats: counts.imports });
  const many = join(folder, "small-files");
  mkdirSync(many);
  try {
    runNative("small-files", { out: many, files: counts.smallFiles });
    const find = line({
      id: "find",
      what: `find ${counts.smallFiles} files`,
      unit: "s",
      ours: samplesOf(runNative("find", { data: many }), "find", { files: counts.smallFiles }),
      valueTarget: { most: 10 },
    });
    const repeats = Math.min(counts.imports, 3);
    return [ofCorpus, importLine({ id: "import-many", data: many, python, repeats }), find];
  } finally {
    rmSync(many, { recursive: true });
  }
}

function importLine({ id, data, python, repeats }) {
  const native = runNative("import", { data, repeats });
  const { facts } = native.find((entry) => entry.name === "import");
  const rival = python && runRival(python, "import.py", { data, repeats });
  return line({
    id,
    what: `dataset build, all cores, ${facts.files} files of ${Math.round(facts.notes / facts.files)} notes`,
    unit: "files/s",
    ours: samplesOf(native, "import"),
    reference: rival && { what: "symusic reads them, all cores", samples: samplesOf(rival, "import") },
    ratioTarget: rival && { least: 1 },
    note: "ours also finds, hashes, puts on the grid, compares and writes",
  });
}
