/**
 * The folders of trainings and their data in the user's folder, and which names may become part of a path.
 */
import { join } from "node:path";
import { BridgeError } from "../../bridge-error.ts";
import { homeFolder } from "../../instance/folders.ts";
import { isMidiName, MIDI_ENDINGS_TEXT } from "../../music/midi-files.ts";

/** Safe as a folder on every system; never a path. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,95}$/i;
/** A file name: anything that is not a path. */
const FILE_NAME = /^[^/\\<>:"|?*\p{Cc}]{1,205}$/u;

export const MODEL_FOLDER = "model";
export const LATEST_FILE = "latest.safetensors";

export class TrainingFolders {
  private readonly home: string;

  constructor(env: NodeJS.ProcessEnv) {
    this.home = homeFolder(env);
  }

  get runs(): string {
    return join(this.home, "runs");
  }

  get comparisons(): string {
    return join(this.home, "comparisons.jsonl");
  }

  /** @throws BridgeError RUN_NOT_FOUND */
  run(runId: string): string {
    if (!NAME.test(runId)) throw runNotFound(runId);
    return join(this.runs, runId);
  }

  /** The dataset of a run. @throws BridgeError RUN_NOT_FOUND */
  data(runId: string): string {
    if (!NAME.test(runId)) throw runNotFound(runId);
    return join(this.home, "datasets", runId);
  }

  /** MIDI files that were put together under a name. @throws BridgeError NAME_INVALID */
  files(name: string): string {
    if (!NAME.test(name)) throw invalidName(name);
    return join(this.home, "datasets", name, "files");
  }
}

/** @throws BridgeError NAME_INVALID */
export function checkFileName(name: string): void {
  if (!FILE_NAME.test(name) || !isMidiName(name)) throw invalidName(name);
}

export function runNotFound(runId: string): BridgeError {
  return new BridgeError("RUN_NOT_FOUND", `training ${runId} not found; training/list names all`, {
    data: { runId },
  });
}

function invalidName(name: string): BridgeError {
  return new BridgeError(
    "NAME_INVALID",
    `"${name}" cannot be taken as a name; files end in ${MIDI_ENDINGS_TEXT}, and no name has slashes, control characters or other signs that paths are made of`,
    { data: { name } },
  );
}
