/**
 * continuo notes: what the model sees of a file, and back.
 */
import { Command, Option } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { defined } from "../defined.ts";
import { readNotes, writeNotes } from "../engine/engine.ts";
import type { NotesAnswer } from "../engine/schemas.ts";
import { howlName } from "../music/howl-pitch.ts";
import { pitchName } from "../music/pitch.ts";
import { addReadingOptions, type ReadingOptions } from "./fill-options.ts";
import { type CliIo, printJson, printLine, say } from "./io.ts";
import { forOption, parseCount } from "./numbers.ts";
import { type StandardFiles, withStandardFiles } from "./standard-files.ts";
import { formatTable } from "./table.ts";
import { printWarnings } from "./warnings.ts";

interface NotesOptions extends ReadingOptions {
  encoding: "events" | "howl";
  withDrums?: boolean;
  augment?: boolean;
  seed?: number;
  decode?: string;
  output?: string;
  force?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  continuo notes song.mid --encoding events
  continuo notes song.mid --encoding events --json > song.json
  continuo notes song.mid --encoding howl --json > song.howl.json
  continuo notes --decode song.json -o again.mid
  continuo notes song.mid --json | continuo notes --decode - -o again.mid`;

export function notesCommand(io: CliIo): Command {
  const command = new Command("notes")
    .description("print the notes as the model sees them, or write such notes as a MIDI file")
    .argument("[IN.mid]", "a Standard MIDI File, - for standard input")
    .addOption(
      new Option(
        "--encoding <NAME>",
        "events: onset, pitch, duration and velocity on the grid of 1/24 quarter; howl: delay, duration, volume, pitch in seconds and semitones from C4",
      )
        .choices(["events", "howl"])
        .default("events"),
    )
    .option("--with-drums", "howl: keep drums as pitches")
    .option("--augment", "howl: change tempo, key and loudness, as in training")
    .option("--seed <N>", "which change --augment makes (default: 1)", forOption("--seed", parseCount))
    .addOption(
      new Option("--decode <FILE.json>", "write what --json printed as a MIDI file; - for standard input"),
    )
    .option("-o, --output <FILE>", "the MIDI file that --decode writes, - for standard output")
    .option("--force", "replace an existing file without a backup");
  return addReadingOptions(command)
    .option("--json", "print one JSON value")
    .addHelpText("after", EXAMPLES)
    .action((input: string | undefined, options: NotesOptions) =>
      withStandardFiles(io, async (files) => {
        if (options.decode !== undefined) await decode(files, input, options.decode, options);
        else await encode(files, input, options);
      }),
    );
}

async function encode(files: StandardFiles, input: string | undefined, options: NotesOptions): Promise<void> {
  if (input === undefined) {
    throw new BridgeError(
      "ARGUMENT_MISSING",
      "no file is named; give IN.mid, or --decode FILE.json -o OUT.mid",
    );
  }
  if (options.output !== undefined) {
    throw new BridgeError("OPTION_CONFLICT", "-o belongs to --decode; redirect what --json prints instead");
  }
  const { strict, song, encoding, withDrums, augment, seed } = options;
  if (encoding !== "howl" && (withDrums || augment)) {
    throw new BridgeError("OPTION_CONFLICT", "--with-drums and --augment belong to --encoding howl");
  }
  const request = defined({ strict, song, withDrums, augment: augment ? (seed ?? 1) : undefined });
  const named = await files.input(input);
  const { document, warnings } = await readNotes({ input: named, encoding, ...request });
  const { io } = files;
  if (options.json) printJson(io.stdout, document);
  else for (const line of describe(document)) printLine(io.stdout, line);
  printWarnings(io, warnings);
}

async function decode(
  files: StandardFiles,
  input: string | undefined,
  file: string,
  options: NotesOptions,
): Promise<void> {
  if (input !== undefined) {
    throw new BridgeError("ARGUMENT_EXCESS", `--decode reads only ${file}; leave out ${input}`);
  }
  if (options.output === undefined) {
    throw new BridgeError("OUTPUT_MISSING", "no output is named; give -o OUT.mid");
  }
  const output = files.output(options.output, { hasJson: options.json ?? false });
  const existing = options.force ? "replace" : "keep";
  const answer = await writeNotes({ input: await files.input(file), output, existing });
  const { io } = files;
  if (options.json) printJson(io.stdout, answer);
  else say(io, `${answer.file}: ${answer.noteCount} notes in ${answer.trackCount} tracks`);
  printWarnings(io, answer.warnings ?? []);
}

function describe(document: NotesAnswer["document"]): string[] {
  if (Array.isArray(document)) {
    const titles = ["delay", "duration", "volume", "pitch"].map((title) => ({
      title,
      align: "right" as const,
    }));
    const rows = document.map(([delay, duration, volume, pitch]) => [
      delay.toFixed(3),
      duration.toFixed(3),
      volume.toFixed(2),
      howlName(pitch),
    ]);
    return formatTable(titles, rows);
  }
  return document.tracks.flatMap((track) => [
    `track ${track.track} ${JSON.stringify(track.name)}, in 1/${document.gridPpq} quarters`,
    ...formatTable(
      [
        { title: "onset", align: "right" },
        { title: "pitch" },
        { title: "duration", align: "right" },
        { title: "velocity", align: "right" },
      ],
      track.notes.map(([onset, pitch, duration, velocity]) => [
        String(onset),
        pitchName(pitch),
        String(duration),
        String(velocity),
      ]),
    ),
  ]);
}
