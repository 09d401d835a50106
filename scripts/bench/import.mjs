// Folders of MIDI files to datasets, beside symusic reading the same files on as many processes.
import { runNative, runRival, samplesOf } from "./programs.mjs";
import { line } from "./statistics.mjs";

export function benchImport({ corpus, python, counts }) {
  const native = runNative("import", {
    data: corpus.data,
    repeats: counts.imports,
    many: counts.foundFiles,
  });
  const { facts } = native.find((entry) => entry.name === "import");
  const rival = python && runRival(python, "import.py", { data: corpus.data, repeats: counts.imports });
  return [
    line({
      id: "import",
      what: `dataset build, all cores, ${facts.files} files`,
      unit: "files/s",
      ours: samplesOf(native, "import"),
      reference: rival && { what: "symusic reads them, all cores", samples: samplesOf(rival, "import") },
      ratioTarget: rival && { least: 1 },
      note: "ours also hashes, puts on the grid, compares and writes",
    }),
    line({
      id: "find",
      what: `find ${counts.foundFiles} files`,
      unit: "s",
      ours: samplesOf(native, "find"),
      valueTarget: { most: 10 },
    }),
  ];
}
