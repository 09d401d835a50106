/**
 * continuo continue: bars after the last note of a track.
 */
import { Command, Option } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { generate } from "./fill-and-report.ts";
import { addFillOptions, type FillOptions } from "./fill-options.ts";
import type { CliIo } from "./io.ts";
import { forOption, parseCount } from "./numbers.ts";

const EXAMPLES = `
Examples:
  continuo continue song.mid --track 1 --bars 4 -o longer.mid
  continuo continue song.mid --track Bass --bars 8 --temperature 1.1 -o longer.mid`;

export function continueCommand(io: CliIo): Command {
  const bars = new Option("--bars <N>", "how many bars, from the bar line after the track's last note")
    .argParser(forOption("--bars", parseBarCount))
    .makeOptionMandatory();
  const command = new Command("continue")
    .description("continue after the last note of one track")
    .argument("<IN.mid>", "a Standard MIDI File, - for standard input")
    .addOption(bars);
  return addFillOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((input: string, options: FillOptions & { bars: number }) =>
      generate(io, input, options, { mode: "continue", region: { after: { bars: options.bars } } }),
    );
}

/** A song of this many bars is longer than any; the addon's ticks hold it. */
const MAX_BARS = 1024;

function parseBarCount(text: string): number {
  const bars = parseCount(text);
  if (bars >= 1 && bars <= MAX_BARS) return bars;
  throw new BridgeError("BARS_OUT_OF_RANGE", `${bars} bars cannot be added; give 1 to ${MAX_BARS}`, {
    data: { bars, limit: MAX_BARS },
  });
}
