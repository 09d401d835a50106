/**
 * continuo add: parts that a song does not have yet, each as a track of its own.
 */
import { Command, Option } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { defined } from "../defined.ts";
import { type NewPart, parseParts, ROLES } from "../music/parts.ts";
import { parsePitchRange } from "../music/pitch.ts";
import { generate } from "./fill-and-report.ts";
import {
  addDrawOptions,
  addOutputOptions,
  addRegionOptions,
  addShowOptions,
  type FillOptions,
  listOption,
  type RegionOptions,
  regionOf,
} from "./fill-options.ts";
import type { CliIo } from "./io.ts";
import { forOption } from "./numbers.ts";

const EXAMPLES = `
Examples:
  continuo add song.mid --part bass --bars 1-8 -o with-bass.mid
  continuo add song.mid --parts drums,bass --bars 1-16 --candidates 4 -o band.mid
  continuo add song.mid --part "electric piano 1" --name Keys --bars 5-8 --chords "Am | F | C G | Em" -o keys.mid`;

interface AddOptions extends FillOptions, RegionOptions {
  part?: NewPart[];
  name?: string;
  register?: [number, number];
}

export function addCommand(io: CliIo): Command {
  const command = new Command("add")
    .description("write parts that do not exist yet: a bass, drums, chords, a melody; each as a new track")
    .argument("<IN.mid>", "a Standard MIDI File, - for standard input")
    .addOption(
      listOption(
        "--part <PART>",
        `${ROLES.join(", ")}, an instrument of General MIDI, or its number 0-127; several as drums,bass`,
        parseParts,
      ),
    )
    .addOption(listOption("--parts <PARTS>", "the same for several", parseParts).hideHelp())
    .option("--name <NAME>", "of the new track")
    .addOption(
      new Option("--register <LOW-HIGH>", "pitch range of the part, such as C2-C3").argParser(
        forOption("--register", parsePitchRange),
      ),
    );
  addOutputOptions(addRegionOptions(command));
  return addShowOptions(addDrawOptions(command))
    .addHelpText("after", EXAMPLES)
    .action((input: string, options: AddOptions & { parts?: NewPart[] }) => {
      const parts = [...(options.part ?? []), ...(options.parts ?? [])];
      const named = options.name;
      if (parts.length === 0) {
        throw new BridgeError("OPTION_MISSING", `no part is named; give --part ${ROLES.join(", ")}`);
      }
      if (named !== undefined && parts.length > 1) {
        throw new BridgeError("OPTION_CONFLICT", "--name names one part; leave it out, or add one at a time");
      }
      const track = { new: named === undefined ? parts : parts.map((part) => ({ ...part, name: named })) };
      const task = { mode: "fill" as const, region: regionOf(options), track };
      return generate(io, input, { ...options, ...defined({ pitchRange: options.register }) }, task);
    });
}
