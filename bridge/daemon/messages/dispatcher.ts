/**
 * From a message to its answer, the same for every transport: has the message read and checked, calls the
 * methods that it names, and gives their answers back.
 */
import { BridgeError, toBridgeError } from "../../bridge-error.ts";
import { errorResponse, type RpcResponse } from "../../protocol/json-rpc.ts";
import { linesOfError, linesOfResult } from "../../protocol/lines.ts";
import type { ErrorEntry, MethodName, Params, Result } from "../../protocol/methods.ts";
import type { Pieces } from "./bytes.ts";
import type { Call, Decoded, MessageKind, Refusal } from "./decode.ts";
import type { MessageReader } from "./reader.ts";
import type { Session } from "./session.ts";

/** What the methods do. `gone` aborts when the client no longer waits for this answer. */
export type Handlers = {
  [Name in MethodName]: (
    params: Params<Name>,
    session: Session,
    gone: AbortSignal,
  ) => Result<Name> | Promise<Result<Name>>;
};

export class Dispatcher {
  private readonly handlers: Handlers;
  private readonly reader: MessageReader;

  constructor(handlers: Handlers, reader: MessageReader) {
    [this.handlers, this.reader] = [handlers, reader];
  }

  /**
   * Answer a message, or a batch of them.
   * @returns the text of the answer; undefined where only notifications were sent
   */
  async answer(
    pieces: Pieces,
    session: Session,
    gone: AbortSignal = session.gone,
  ): Promise<string | undefined> {
    let answers: (RpcResponse | undefined)[];
    let isBatch = false;
    try {
      const decoded = await this.reader.read(pieces, { kind: "rpc" }, session);
      isBatch = decoded.isBatch;
      answers = await this.answerAll(decoded, session, gone);
    } catch (thrown) {
      answers = [errorResponse(null, toBridgeError(thrown))];
    }
    const given = answers.filter((answer) => answer !== undefined);
    if (given.length === 0) return undefined;
    return JSON.stringify(isBatch ? given : given[0]);
  }

  /**
   * Answer a request that may ask for lines, beside its own fields or by `wantsLines`.
   * @returns text undefined where only notifications were sent
   * @throws BridgeError REQUEST_INVALID for a batch in lines, whose answers could not be distinguished
   */
  async answerInFormat(
    pieces: Pieces,
    session: Session,
    { gone = session.gone, wantsLines = false }: { gone?: AbortSignal; wantsLines?: boolean } = {},
  ): Promise<{ isLines: boolean; text: string | undefined }> {
    const decoded = await this.reader.read(pieces, { kind: "formatted" }, session);
    const [only] = decoded.calls;
    if (wantsLines && decoded.isBatch) {
      throw new BridgeError(
        "REQUEST_INVALID",
        "a batch is answered in JSON; ask for lines with one request at a time",
      );
    }
    if (!(decoded.isLines || wantsLines) || only === undefined) {
      const answers = (await this.answerAll(decoded, session, gone)).filter((one) => one !== undefined);
      const [first] = answers;
      const text = first === undefined ? undefined : JSON.stringify(decoded.isBatch ? answers : first);
      return { isLines: false, text };
    }
    const isHeard = only.id !== undefined;
    const lines = await this.linesOf(only, session, gone);
    return { isLines: true, text: isHeard ? lines : undefined };
  }

  private async linesOf(only: Call | Refusal, session: Session, gone: AbortSignal): Promise<string> {
    if ("error" in only) return linesOfError(only.error.code, only.error.message);
    try {
      return linesOfResult(only.method, await this.run(only, session, gone));
    } catch (thrown) {
      const { code, message } = toBridgeError(thrown);
      return linesOfError(code, message);
    }
  }

  /**
   * Call a method whose parameters are the message.
   * @throws BridgeError METHOD_UNKNOWN, REQUEST_INVALID, MESSAGE_*, and those of the method
   */
  async call(
    method: string,
    pieces: Pieces,
    session: Session,
    gone: AbortSignal = session.gone,
  ): Promise<{ method: MethodName; result: unknown }> {
    const what: MessageKind = { kind: "params", method };
    const [only] = (await this.reader.read(pieces, what, session)).calls;
    if (only === undefined || "error" in only) throw fromEntry(only?.error);
    return { method: only.method, result: await this.run(only, session, gone) };
  }

  private answerAll(
    { calls }: Decoded,
    session: Session,
    gone: AbortSignal,
  ): Promise<(RpcResponse | undefined)[]> {
    return Promise.all(calls.map((one) => this.answerOne(one, session, gone)));
  }

  private async answerOne(
    one: Call | Refusal,
    session: Session,
    gone: AbortSignal,
  ): Promise<RpcResponse | undefined> {
    const { id } = one;
    try {
      if ("error" in one) throw fromEntry(one.error);
      const result = await this.run(one, session, gone);
      return id === undefined ? undefined : { jsonrpc: "2.0", id, result };
    } catch (thrown) {
      return id === undefined ? undefined : errorResponse(id, toBridgeError(thrown));
    }
  }

  private run({ method, params }: Call, session: Session, gone: AbortSignal): unknown {
    const handler = this.handlers[method] as (
      params: unknown,
      session: Session,
      gone: AbortSignal,
    ) => unknown;
    return handler(params, session, gone);
  }
}

function fromEntry(entry: ErrorEntry | undefined): BridgeError {
  if (entry === undefined) return toBridgeError(new Error("a message without a call"));
  const { code, message, data, retryable } = entry;
  return new BridgeError(code, message, { data, retryable });
}
