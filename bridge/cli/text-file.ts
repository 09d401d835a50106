/**
 * Pages and pictures that a command writes beside its answer.
 */
import { writeFile } from "node:fs/promises";
import { BridgeError } from "../bridge-error.ts";

/** @throws BridgeError TEXT_NOT_WRITTEN */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BridgeError("TEXT_NOT_WRITTEN", `${path} was not written (${reason}); name another place`, {
      data: { path },
      cause,
    });
  }
}
