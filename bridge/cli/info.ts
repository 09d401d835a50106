/**
 * continuo info: what is in a file.
 */
import { Command } from "commander";
import { readInfo } from "../engine/engine.ts";
import type { InfoAnswer } from "../engine/schemas.ts";
import { programName } from "../music/programs.ts";
import { addReadingOptions, type ReadingOptions } from "./fill-options.ts";
import { type CliIo, printJson, printLine } from "./io.ts";
import { withStandardFiles } from "./standard-files.ts";
import { formatTable } from "./table.ts";
import { printWarnings } from "./warnings.ts";

export function infoCommand(io: CliIo): Command {
  const command = new Command("info")
    .description("say what is in a MIDI file: meter, tempo, tracks")
    .argument("<IN.mid>", "a Standard MIDI File, - for standard input");
  return addReadingOptions(command)
    .option("--json", "print one JSON value")
    .addHelpText("after", "\nExamples:\n  continuo info song.mid\n  continuo info song.mid --json")
    .action((input: string, { json, ...reading }: ReadingOptions & { json?: boolean }) =>
      withStandardFiles(io, async (files) => {
        const path = await files.input(input);
        const info = await readInfo(path, reading);
        if (json) {
          printJson(io.stdout, info);
          return;
        }
        for (const line of describe(path, info)) printLine(files.io.stdout, line);
        printWarnings(files.io, info.warnings);
      }),
    );
}

function describe(input: string, info: InfoAnswer): string[] {
  const tempos = info.tempoMap.map(({ qpm }) => Number(qpm.toFixed(2)));
  const meters = info.timeSignatures.map(({ numerator, denominator }) => `${numerator}/${denominator}`);
  const rows = info.tracks.map((track) => [
    String(track.track),
    track.name,
    String(track.channel + 1),
    instrumentOf(track),
    String(track.noteCount),
  ]);
  return [
    `${input}: format ${info.format}, ${info.ppq} ticks a quarter, ${info.bars} bars`,
    `tempo ${summary(tempos)} quarters a minute, meter ${summary(meters)}`,
    ...(rows.length === 0 ? ["no track has notes"] : []),
    ...(rows.length > 0
      ? formatTable(
          [
            { title: "track", align: "right" },
            { title: "name" },
            { title: "channel", align: "right" },
            { title: "instrument" },
            { title: "notes", align: "right" },
          ],
          rows,
        )
      : []),
  ];
}

/** With how it is known that a track is drums, or that one on their channel is not. */
function instrumentOf({ isDrums, drums, program }: InfoAnswer["tracks"][number]): string {
  const name = isDrums ? "drums" : programName(program);
  return drums === null ? name : `${name} (${drums.description})`;
}

/** The first few of a list that can be long. */
function summary(values: readonly (string | number)[]): string {
  const shown = values.slice(0, 4).join(", ");
  return values.length > 4 ? `${shown} and ${values.length - 4} changes more` : shown;
}
