/**
 * continuo watch: fills files exported into a folder, for DAWs that cannot run our scripts.
 */
import { join } from "node:path";
import { Command } from "commander";
import { toBridgeError } from "../bridge-error.ts";
import { fillFileAnywhere } from "../client/fill-file.ts";
import { defined } from "../defined.ts";
import { chooseModel } from "../engine/models.ts";
import { type FilledSong, fillMarked } from "../watch/fill-marked.ts";
import { notify } from "../watch/notification.ts";
import { openSongs } from "../watch/songs.ts";
import { errorLine } from "./errors.ts";
import { addDrawOptions, type DrawOptions, fillRequestOf, trackOf } from "./fill-options.ts";
import { type CliIo, printLine, say } from "./io.ts";
import { ProgressLine } from "./progress-line.ts";
import { VERSION } from "./version.ts";
import { printWarnings } from "./warnings.ts";

interface WatchOptions extends DrawOptions {
  track?: string;
  existing?: boolean;
  notify: boolean;
}

const EXAMPLES = `
Export a MIDI file into the folder, with a marker [fill where the new notes start and fill] where they end; [fill Bass
names the track. Without markers, the only whole empty bars between notes of a track are filled. NAME.filled.mid
appears beside NAME.mid; further candidates and later fills are NAME.filled-2.mid and so on. Ctrl-C ends it.

Examples:
  continuo watch ~/Music/fills
  continuo watch ~/Music/fills --candidates 4 --scale auto
  continuo watch ~/Music/fills --track Bass --existing --no-notify`;

export function watchCommand(io: CliIo): Command {
  const command = new Command("watch")
    .description("fill the marked bars of every MIDI file that is put into a folder")
    .argument("<FOLDER>", "the folder that a DAW exports to")
    .option("--track <T>", "number or name of the track, if the markers do not name one")
    .option("--existing", "also fill the files that are already there")
    .option("--no-notify", "do not show desktop notifications");
  return addDrawOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((folder: string, options: WatchOptions) => watchFolder(io, folder, options));
}

async function watchFolder(io: CliIo, folder: string, options: WatchOptions): Promise<void> {
  // Told now, not at the first file.
  chooseModel(options.model, io.env);
  const songs = await openSongs(folder, { existing: options.existing ?? false, signal: io.signal });
  const tell = (title: string, text: string) => {
    if (options.notify) notify(io.env, title, text);
  };
  say(io, `watching ${folder}; Ctrl-C ends it`);
  for await (const name of songs) {
    try {
      const filled = await fillSong(io, join(folder, name), options);
      say(io, describe(name, filled));
      printWarnings(io, filled.answer.warnings);
      tell("Filled", filled.files.join(", "));
    } catch (thrown) {
      const { code, message } = toBridgeError(thrown);
      if (io.signal.aborted) return;
      printLine(io.stderr, `${name}: ${errorLine({ code, message })}`);
      tell(`${name} was not filled`, message);
    }
  }
}

async function fillSong(io: CliIo, input: string, options: WatchOptions): Promise<FilledSong> {
  const line = new ProgressLine(io);
  const track = options.track === undefined ? undefined : trackOf([options.track]);
  try {
    return await fillMarked(
      { input, ...defined({ track, strict: options.strict, song: options.song }) },
      async (region, output) => {
        const { startTick, endTick } = region;
        const ticks = { ticks: { startTick, endTick } };
        const named = { ...options, track: [String(region.track)], output };
        const { answer } = await fillFileAnywhere(
          fillRequestOf(input, { mode: "fill", region: ticks }, named),
          {
            env: io.env,
            version: VERSION,
            useDaemon: options.daemon,
            signal: io.signal,
            onProgress: ({ fraction, noteCount }) =>
              line.show(`filling: ${Math.round(fraction * 100)} %, ${noteCount} notes`),
          },
        );
        return answer;
      },
    );
  } finally {
    line.clear();
  }
}

function describe(name: string, { region, answer, files }: FilledSong): string {
  const { firstBar, lastBar, track, trackName, isMarked } = region;
  const bars = firstBar === lastBar ? `bar ${firstBar}` : `bars ${firstBar}-${lastBar}`;
  const where = `${bars} of track ${track}${trackName === "" ? "" : ` (${trackName})`}`;
  const notes = answer.candidates[0]?.notes.length ?? 0;
  return `${name}: ${isMarked ? "marked" : "empty"} ${where}, ${notes} notes, seed ${answer.seed}: ${files.join(", ")}`;
}
