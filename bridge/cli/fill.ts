/**
 * continuo fill: new notes that connect the music before and after.
 */
import { Command } from "commander";
import { generate } from "./fill-and-report.ts";
import {
  addFillOptions,
  addRegionOptions,
  type FillOptions,
  type RegionOptions,
  regionOf,
} from "./fill-options.ts";
import type { CliIo } from "./io.ts";

const EXAMPLES = `
Examples:
  continuo fill song.mid --track 2 --bars 5-8 -o filled.mid
  continuo fill song.mid --track Bass --range 5.1-8.3 --candidates 4 --seed 7 -o bass.mid
  continuo fill song.mid --track 1 --bars 9-12 --scale "D dorian" --pitch-range C3-C6 --in-place
  continuo fill song.mid --track Piano --bars 3 --rhythm keep -o melody.mid --json
  continuo fill song.mid --track 1,2 --bars 5-8,last -o both.mid
  cat song.mid | continuo fill - --track 2 --bars 5- -o - > filled.mid`;

export function fillCommand(io: CliIo): Command {
  const command = new Command("fill")
    .description("fill bars of one track with notes that fit their surroundings")
    .argument("<IN.mid>", "a Standard MIDI File, - for standard input");
  addRegionOptions(command);
  return addFillOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((input: string, options: FillOptions & RegionOptions) =>
      generate(io, input, options, { mode: "fill", region: regionOf(options) }),
    );
}
