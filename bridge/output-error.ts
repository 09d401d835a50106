/**
 * Errors of writing a file, with the same codes as the core.
 */
import { dirname } from "node:path";
import { BridgeError } from "./bridge-error.ts";

/** @returns OUTPUT_FOLDER_MISSING, OUTPUT_IS_A_FOLDER, OUTPUT_READ_ONLY, OUTPUT_DISK_FULL or OUTPUT_FAILED */
export function outputError(path: string, cause: unknown): BridgeError {
  const systemCode = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const reason = cause instanceof Error ? cause.message : String(cause);
  switch (systemCode) {
    case "ENOENT":
      return new BridgeError(
        "OUTPUT_FOLDER_MISSING",
        `the folder ${dirname(path)} does not exist; create it`,
        {
          cause,
        },
      );
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new BridgeError("OUTPUT_READ_ONLY", `${path} cannot be written; choose a folder of your own`, {
        cause,
      });
    case "EISDIR":
      return new BridgeError("OUTPUT_IS_A_FOLDER", `${path} is a folder; give the name of a file in it`, {
        cause,
      });
    case "ENOSPC":
    case "EDQUOT":
      return new BridgeError(
        "OUTPUT_DISK_FULL",
        `${path} was not written, the disk is full; free some space`,
        {
          cause,
        },
      );
    default:
      return new BridgeError("OUTPUT_FAILED", `${path} was not written (${reason}); choose another file`, {
        cause,
      });
  }
}
