/**
 * continuo eval: how good a model's fills are, beside baselines and the original.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { z } from "zod";
import { defined } from "../defined.ts";
import type { EvalReport } from "../engine/train-schemas.ts";
import { evaluate } from "../engine/training.ts";
import { type CliIo, printJson, printLine } from "./io.ts";
import { forOption, parseCount } from "./numbers.ts";
import { ProgressLine } from "./progress-line.ts";
import { formatTable } from "./table.ts";

/** Found where the corpus lies beside the project. */
const CORPUS_REGIONS = join("..", "shared", "corpus", "eval-regions.jsonl");

const regionSchema = z.object({ piece: z.string().min(1) });

const EXAMPLES = `
Regions are a list of {"piece", "track", "startTick", "endTick"}, one JSON object a line; without a list, the
corpus list beside the project is used if it exists, otherwise four-bar regions are drawn with a fixed seed.
Parts are a list of {"piece", "track", "role", "startTick", "endTick"}.

Examples:
  continuo eval ~/Music/held-out --model infill-s
  continuo eval ~/Music/held-out --model my-run
  continuo eval valid --regions regions.jsonl --counts my-data --ablations --json`;

interface EvalOptions {
  model?: string;
  regions?: string;
  parts?: string;
  counts?: string;
  behaviour?: boolean;
  candidates: number;
  seed: number;
  context: number;
  every: number;
  ablations?: boolean;
  without?: string;
  trueChords?: boolean;
  fills: boolean;
  json?: boolean;
}

export function evalCommand(io: CliIo): Command {
  return new Command("eval")
    .description("measure a model's fills on held-out pieces")
    .argument("<DATA>", "folder of MIDI files")
    .option("--model <ID|DIR>", "an id, or the folder of a model or a training (default: the bundled one)")
    .option("--regions <FILE.jsonl>", "regions to fill")
    .option("--parts <FILE.jsonl>", "whole parts to remove and generate again")
    .option("--behaviour", "also test long regions, velocities, variations and novelty")
    .option("--counts <DATASET>", "dataset for the order-1 baseline (default: counts of DATA itself)")
    .option("--candidates <K>", "fills of each region", forOption("--candidates", parseCount), 4)
    .option("--seed <N>", "repeats an evaluation", forOption("--seed", parseCount), 1)
    .option("--context <N>", "context notes", forOption("--context", parseCount), 128)
    .option("--every <N>", "take every n-th region only", forOption("--every", parseCount), 1)
    .option("--ablations", "also measure with parts of the input hidden")
    .addOption(
      new Option(
        "--without <WHAT>",
        "do without it everywhere: ranking is the best of several draws",
      ).choices(["role", "chords", "limits", "ranking"]),
    )
    .addOption(new Option("--true-chords", "give the chords of the original").conflicts("without"))
    .option("--no-fills", "losses only")
    .option("--json", "print one JSON value")
    .addHelpText("after", EXAMPLES)
    .action(async (data: string, options: EvalOptions) => {
      const regions = options.regions ?? corpusRegionsOf(data);
      const line = new ProgressLine(io);
      let report: EvalReport;
      try {
        report = await evaluate(
          {
            data,
            ...defined({ model: options.model, regions, parts: options.parts, counts: options.counts }),
            candidates: options.candidates,
            seed: options.seed,
            contextNotes: options.context,
            ablations: options.ablations ?? false,
            withoutFills: !options.fills,
            behaviour: options.behaviour ?? false,
            every: options.every,
            ...defined({ ablation: options.trueChords ? "true-chords" : options.without }),
          },
          {
            signal: io.signal,
            onProgress: ({ fraction }) => line.show(`evaluating: ${Math.round(fraction * 100)} %`),
          },
        );
      } finally {
        line.clear();
      }
      if (options.json) printJson(io.stdout, report);
      else for (const text of describe(report)) printLine(io.stdout, text);
    });
}

/** The corpus's list, if it is there and `data` holds the pieces that it names. */
function corpusRegionsOf(data: string): string | undefined {
  if (!existsSync(CORPUS_REGIONS)) return undefined;
  const [first = ""] = readFileSync(CORPUS_REGIONS, "utf8").split("\n", 1);
  const region = regionSchema.safeParse(JSON.parse(first));
  return region.success && existsSync(join(data, region.data.piece)) ? CORPUS_REGIONS : undefined;
}

function describe(report: EvalReport): string[] {
  const nats = formatTable(
    [
      { title: "nats a note" },
      { title: "" },
      ...["total", "bar+end", "position", "pitch", "duration", "velocity"].map(right),
    ],
    report.nats.map(({ name, kind, total, fields }) => [name, kind, three(total), ...fields.map(three)]),
  );
  const fills = formatTable(
    [
      { title: "fills" },
      { title: "" },
      ...[
        "n",
        "note F1",
        "onset F1",
        "entropy diff",
        "groove",
        "out of scale",
        "empty",
        "copied run",
        "notes",
      ].map(right),
    ],
    report.fills.map((row) => [
      row.name,
      row.kind,
      String(row.fills),
      three(row.noteF1),
      three(row.onsetF1),
      three(row.pitchClassEntropyDifference),
      three(row.groove),
      three(row.outOfScale),
      three(row.empty),
      three(row.copiedRun),
      row.notes === null ? "-" : row.notes.toFixed(1),
    ]),
  );
  const head = `${report.model} (${report.sha256.slice(0, 12)}) on ${report.regions} regions; a fill with all its candidates takes ${Math.round(report.fillMilliseconds ?? 0)} ms`;
  const tables = [nats, fills, partTable(report), newPartTable(report), behaviourTable(report)];
  return [head, ...tables.filter((table) => table.length > 1).flatMap((table) => ["", ...table])];
}

const right = (title: string) => ({ title, align: "right" as const });
const three = (value: number | null) => (value === null ? "-" : value.toFixed(3));

/** Measures of the fills against the part around them. */
function partTable(report: EvalReport): string[] {
  const titles = ["n", "splits voice", "beyond range", "off kit", "seam", "density", "repeated bars"];
  const rows = report.parts.map((row) => [
    row.name,
    row.kind,
    String(row.fills),
    ...[row.splitsVoice, row.beyondRange, row.offKit, row.seam, row.hasDensity, row.repeatedBars].map(three),
  ]);
  return rows.length === 0
    ? []
    : formatTable([{ title: "parts" }, { title: "" }, ...titles.map(right)], rows);
}

/** Parts that were generated again. */
function newPartTable(report: EvalReport): string[] {
  const titles = [
    "n",
    "register",
    "at once",
    "roots",
    "chord tones",
    "range",
    "backbeats",
    "hats",
    "off 16ths",
    "notes",
  ];
  const rows = report.newParts.map((row) => [
    row.name,
    row.role,
    String(row.parts),
    ...[row.registerError, row.notesAtOnce, row.rootsOnDownbeats, row.chordTones, row.range].map(three),
    ...[row.snareOnBackbeats, row.hats, row.offSixteenths, row.notes].map(three),
  ]);
  return rows.length === 0
    ? []
    : formatTable([{ title: "new parts" }, { title: "" }, ...titles.map(right)], rows);
}

function behaviourTable(report: EvalReport): string[] {
  const rows = report.behaviour.map((row) => [row.name, row.asked, three(row.got), String(row.fills)]);
  return rows.length === 0
    ? []
    : formatTable([{ title: "behaviour" }, ...["asked", "got", "n"].map(right)], rows);
}
