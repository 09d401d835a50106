/**
 * The events besides notes that shape the sound of a roll's tracks, from its original file.
 */
import { readControls } from "../../engine/song-file.ts";
import type { Result } from "../../protocol/methods.ts";
import type { Roll } from "./roll.ts";
import type { Shelf } from "./shelf.ts";

/** Many times what a performance of an hour has; their answer still fits into a message. */
const MOST_CONTROLS = 500_000;

/** @throws BridgeError INPUT_*, MIDI_* */
export async function controlsOf({ facts }: Roll, shelf: Shelf): Promise<Result<"roll/controls">> {
  // A host's song has notes only.
  if (facts.file === null) return { tracks: [], leftOut: 0 };
  const { rollId, songNumber } = facts;
  return readControls({ input: shelf.basePath(rollId), song: songNumber, mostControls: MOST_CONTROLS });
}
