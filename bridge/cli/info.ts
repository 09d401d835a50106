/**
 * continuo info: the contents of a file.
 */

import { Command } from "commander";
import { readInfo } from "../engine/engine.ts";
import type { InfoAnswer } from "../engine/schemas.ts";
import { programName } from "../music/programs.ts";
import { plural } from "../plural.ts";
import { addReadingOptions, type ReadingOptions } from "./fill-options.ts";
import { type CliIo, printJson, printLine } from "./io.ts";
import { withStandardFiles } from "./standard-files.ts";
import { type Column, formatTable } from "./table.ts";
import { printWarnings } from "./warnings.ts";

export function infoCommand(io: CliIo): Command {
  const command = new Command("info")
    .description("show what a MIDI file contains: meter, tempo, tracks")
    .argument("<IN.mid>", "a Standard MIDI File, - for standard input");
  return addReadingOptions(command)
    .option("--chords", "also show the chords, as the models estimate them")
    .option("--json", "print one JSON value")
    .addHelpText("after", "\nExamples:\n  continuo info song.mid\n  continuo info song.mid --chords --json")
    .action((input: string, { json, ...reading }: ReadingOptions & { json?: boolean; chords?: boolean }) =>
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

type Track = InfoAnswer["tracks"][number];
type Maps = Pick<InfoAnswer, "tempoMap" | "timeSignatures">;

function describe(input: string, info: InfoAnswer): string[] {
  const { patterns = [] } = info;
  const head = `${input}: format ${info.format}, ${info.ppq} ticks a quarter`;
  return [
    ...(patterns.length === 0
      ? [`${head}, ${plural(info.bars, "bar")}`, describeMaps(info)]
      : [`${head}, ${plural(patterns.length, "pattern")}`, ...patterns.map(describePattern)]),
    ...(info.tracks.length === 0 ? ["no track has notes"] : describeTracks(info.tracks)),
    ...(info.chords === undefined ? [] : describeChords(info.chords, info.bars)),
  ];
}

const BARS_A_LINE = 4;

/** Bars parted by |, four a line, as --chords takes them; a bar without a new chord holds the one before. */
function describeChords(chords: NonNullable<InfoAnswer["chords"]>, bars: number): string[] {
  if (chords.length === 0) return ["no chords: nothing with a pitch sounds"];
  const byBar = new Map<number, string[]>();
  for (const { bar, symbol } of chords) byBar.set(bar, [...(byBar.get(bar) ?? []), symbol]);
  let held = "N.C.";
  const texts = Array.from({ length: bars }, (_, index) => {
    const symbols = byBar.get(index + 1) ?? [];
    const text = symbols.length === 0 ? held : symbols.join(" ");
    held = symbols.at(-1) ?? held;
    return text;
  });
  const lines: string[] = [];
  for (let first = 0; first < texts.length; first += BARS_A_LINE) {
    const text = texts.slice(first, first + BARS_A_LINE).join(" | ");
    lines.push(`${`${first + 1}`.padStart(4)}  ${text}`);
  }
  return lines;
}

function describeMaps({ tempoMap, timeSignatures }: Maps): string {
  const tempos = tempoMap.map(({ qpm }) => Number(qpm.toFixed(2)));
  const meters = timeSignatures.map(({ numerator, denominator }) => `${numerator}/${denominator}`);
  return `tempo ${summary(tempos)} quarters a minute, meter ${summary(meters)}`;
}

function describePattern(pattern: NonNullable<InfoAnswer["patterns"]>[number], index: number): string {
  const [first, ...more] = pattern.tracks;
  const last = more.at(-1);
  const tracks =
    first === undefined ? "no notes" : last === undefined ? `track ${first}` : `tracks ${first}-${last}`;
  return `pattern ${index + 1} (${tracks}): ${plural(pattern.bars, "bar")}, ${describeMaps(pattern)}`;
}

function describeTracks(tracks: readonly Track[]): string[] {
  // Channels of one number are different ones on different ports.
  const hasPorts = tracks.some(({ port }) => port !== undefined);
  const columns: Column[] = [
    { title: "track", align: "right" },
    { title: "name" },
    ...(hasPorts ? [{ title: "port", align: "right" } as const] : []),
    { title: "channel", align: "right" },
    { title: "instrument" },
    { title: "notes", align: "right" },
  ];
  const rows = tracks.map((track) => [
    String(track.track),
    track.name,
    ...(hasPorts ? [String((track.port ?? 0) + 1)] : []),
    String(track.channel + 1),
    instrumentOf(track),
    String(track.noteCount),
  ]);
  return formatTable(columns, rows);
}

/** The programs that are named; a track may have thousands. */
const MOST_CHANGES = 2;

/** With how it is known that a track is drums, or that one on their channel is not. */
function instrumentOf({ isDrums, drums, program, programChanges }: Track): string {
  const name = isDrums ? "drums" : programNames(program, programChanges);
  return drums === null ? name : `${name} (${drums.description})`;
}

function programNames(program: number, programChanges: Track["programChanges"] = []): string {
  const more = programChanges.length - MOST_CHANGES;
  return [
    programName(program),
    ...programChanges
      .slice(0, MOST_CHANGES)
      .map((change) => `${programName(change.program)} from bar ${change.bar}`),
    ...(more > 0 ? [`${more} more`] : []),
  ].join(", ");
}

/** The first few of a list that can be long. */
function summary(values: readonly (string | number)[]): string {
  const shown = values.slice(0, 4).join(", ");
  return values.length > 4 ? `${shown} and ${values.length - 4} changes more` : shown;
}
