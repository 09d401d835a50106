/**
 * From the text of a message to calls with checked parameters. It knows nothing of sessions, so that a thread
 * of its own can do it; a fill comes out with only the notes that can matter to it.
 */
import { BridgeError, toBridgeError } from "../../bridge-error.ts";
import { nearRegion } from "../../music/near-region.ts";
import {
  checkBatch,
  checkRequest,
  errorEntry,
  idOf,
  oneLine,
  parseMessage,
  type RpcId,
} from "../../protocol/json-rpc.ts";
import { type ErrorEntry, isMethod, METHODS, type MethodName, type Params } from "../../protocol/methods.ts";

/**
 * What a text is: a JSON-RPC message; one that may ask for lines, as in the watched folder and over HTTP; or the
 * parameters of a method that is named elsewhere, as in a URL.
 */
export type MessageKind = { kind: "rpc" } | { kind: "formatted" } | { kind: "params"; method: string };

export interface Call {
  /** None for a notification, which gets no answer. */
  id: RpcId | undefined;
  method: MethodName;
  params: unknown;
}

export interface Refusal {
  /** None for a notification. */
  id: RpcId | undefined;
  error: ErrorEntry;
}

export interface Decoded {
  isBatch: boolean;
  /** Answer in lines. */
  isLines: boolean;
  calls: (Call | Refusal)[];
}

/** Never throws: what is wrong is a refusal. */
export function decode(text: string, what: MessageKind): Decoded {
  const decoded: Decoded = { isBatch: false, isLines: false, calls: [] };
  try {
    const value = text === "" && what.kind === "params" ? {} : parseMessage(text);
    if (what.kind === "params") {
      decoded.calls.push({ id: null, ...checkCall(what.method, value) });
    } else if (Array.isArray(value)) {
      decoded.isBatch = true;
      decoded.calls.push(...checkBatch(value).map(decodeOne));
    } else {
      const { format, envelope } = what.kind === "formatted" ? withoutFormat(value) : { envelope: value };
      decoded.isLines = format === "lines";
      decoded.calls.push(decodeOne(envelope));
    }
  } catch (thrown) {
    decoded.isBatch = false;
    decoded.calls = [{ id: null, error: errorEntry(toBridgeError(thrown)) }];
  }
  return decoded;
}

function decodeOne(value: unknown): Call | Refusal {
  let id: RpcId | undefined = idOf(value);
  try {
    const request = checkRequest(value);
    id = request.id;
    return { id, ...checkCall(request.method, request.params ?? {}) };
  } catch (thrown) {
    return { id, error: errorEntry(toBridgeError(thrown)) };
  }
}

/**
 * A method by name, its parameters as the schema has them.
 * @throws BridgeError METHOD_UNKNOWN, REQUEST_INVALID
 */
function checkCall(name: string, params: unknown): Omit<Call, "id"> {
  if (!isMethod(name)) {
    throw new BridgeError(
      "METHOD_UNKNOWN",
      `unknown method ${name.slice(0, 64)}; the methods are ${Object.keys(METHODS).join(", ")}`,
    );
  }
  const checked = checkParams(name, params);
  if (checked.success) return { method: name, params: trimmed(name, checked.data) };
  throw new BridgeError(
    "REQUEST_INVALID",
    `the parameters of ${name} have a wrong shape (${oneLine(checked.error)}); see docs/protocol.md`,
  );
}

/**
 * As the schema of the method says.
 * @throws BridgeError REQUEST_INVALID where more is wrong than the checker can list: it passes its complaints on as arguments
 * of a call, of which there is room for about a hundred thousand
 */
function checkParams(name: MethodName, params: unknown) {
  try {
    return METHODS[name].params.safeParse(params);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new BridgeError(
      "REQUEST_INVALID",
      `the parameters of ${name} have more faults than can be listed; see docs/protocol.md`,
      { cause },
    );
  }
}

/** The parameters were checked against this method's schema, which the checker cannot follow. */
function trimmed(name: MethodName, params: unknown): unknown {
  if (name === "fill/run") return nearRegion(params as Params<"fill/run">);
  if (name !== "fill/start") return params;
  const { request, ...rest } = params as Params<"fill/start">;
  return { ...rest, request: nearRegion(request) };
}

/** "format" is beside the envelope's own fields and is not one of them. */
function withoutFormat(value: unknown): { format?: unknown; envelope: unknown } {
  if (typeof value !== "object" || value === null) return { envelope: value };
  const { format, ...envelope } = value as { format?: unknown };
  if (format === undefined || format === "json" || format === "lines") return { format, envelope };
  throw new BridgeError(
    "REQUEST_INVALID",
    `the format is ${JSON.stringify(format).slice(0, 64)}; ask for "json" or "lines"`,
  );
}
