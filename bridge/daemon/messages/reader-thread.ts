/**
 * The thread that reads large messages, so that the daemon's own goes on.
 */
import { parentPort } from "node:worker_threads";
import { toBridgeError } from "../../bridge-error.ts";
import { errorEntry } from "../../protocol/json-rpc.ts";
import { type Pieces, textOf } from "./bytes.ts";
import { type Decoded, decode, type MessageKind } from "./decode.ts";

interface ThreadRequest {
  pieces: Pieces;
  what: MessageKind;
}

parentPort?.on("message", ({ pieces, what }: ThreadRequest) => {
  parentPort?.postMessage(read(pieces, what));
});

function read(pieces: Pieces, what: MessageKind): Decoded {
  try {
    return decode(textOf(pieces), what);
  } catch (thrown) {
    const error = errorEntry(toBridgeError(thrown));
    return { isBatch: false, isLines: false, calls: [{ id: null, error }] };
  }
}
