/**
 * continuo vary: fill with a part of the old notes locked.
 */
import { Command, Option } from "commander";
import { generate } from "./fill-and-report.ts";
import {
  addFillOptions,
  addRegionOptions,
  type FillOptions,
  type RegionOptions,
  regionOf,
} from "./fill-options.ts";
import type { CliIo } from "./io.ts";
import { forOption, parseDecimal } from "./numbers.ts";

const EXAMPLES = `
Examples:
  continuo vary song.mid --track 2 --bars 5-8 --amount 0.4 -o varied.mid
  continuo vary song.mid --track Melody --bars 5-8 --amount 1 --rhythm keep -o other-pitches.mid`;

export function varyCommand(io: CliIo): Command {
  const amount = new Option("--amount <X>", "0 keeps all notes, 1 replaces all")
    .argParser(forOption("--amount", parseDecimal))
    .makeOptionMandatory();
  const command = new Command("vary")
    .description("change some of the notes in some bars")
    .argument("<IN.mid>", "a Standard MIDI File, - for standard input");
  addRegionOptions(command).addOption(amount);
  return addFillOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((input: string, options: FillOptions & RegionOptions & { amount: number }) => {
      const { amount } = options;
      return generate(io, input, options, { mode: "vary", amount, region: regionOf(options) });
    });
}
