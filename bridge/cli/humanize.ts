/**
 * continuo humanize: the same notes, played as players play them.
 */
import { Command, Option } from "commander";
import { generate } from "./fill-and-report.ts";
import {
  addKeptOptions,
  addOutputOptions,
  addReadingOptions,
  addRegionOptions,
  addSeedOptions,
  addShowOptions,
  addTrackOption,
  type FillOptions,
  type RegionOptions,
  regionOf,
} from "./fill-options.ts";
import type { CliIo } from "./io.ts";
import { forOption, parseDecimal } from "./numbers.ts";

const EXAMPLES = `
Pitches and the number of notes stay. When notes start, how long they are and how loud changes as in the bars around, if those
were played; otherwise as players of drums, a bass, chords or a melody were measured.

Examples:
  continuo humanize song.mid --track Piano --bars 1-8 --amount 0.6 -o played.mid
  continuo humanize song.mid --track 1,3 --bars 5-8 --amount 1 --candidates 4 --seed 7 -o loose.mid`;

type HumanizeOptions = Omit<FillOptions, "device" | "daemon"> & RegionOptions & { amount: number };

export function humanizeCommand(io: CliIo): Command {
  const amount = new Option("--amount <X>", "0 changes nothing, 1 is as loose as players are")
    .argParser(forOption("--amount", parseDecimal))
    .default(0.5);
  const command = new Command("humanize")
    .description("play notes that are there with the timing and loudness of players")
    .argument("<IN.mid>", "a Standard MIDI File, - for standard input");
  addTrackOption(addRegionOptions(command).addOption(amount));
  addKeptOptions(addSeedOptions(addReadingOptions(addOutputOptions(command))));
  return addShowOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((input: string, options: HumanizeOptions) => {
      const task = { mode: "humanize" as const, amount: options.amount, region: regionOf(options) };
      return generate(io, input, { ...options, device: "auto", daemon: true }, task);
    });
}
