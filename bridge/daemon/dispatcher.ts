/**
 * From a message to its answer, the same for every transport: checks the envelope, the parameters and whether
 * the client may ask, then calls the method.
 */
import { BridgeError, toBridgeError } from "../bridge-error.ts";
import {
  checkBatch,
  checkRequest,
  errorResponse,
  idOf,
  oneLine,
  parseMessage,
  type RpcResponse,
} from "../protocol/json-rpc.ts";
import { isMethod, METHODS, type MethodName, type Params, type Result } from "../protocol/methods.ts";
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

  constructor(handlers: Handlers) {
    this.handlers = handlers;
  }

  /**
   * Answer a message, or a batch of them.
   * @returns the text of the answer; undefined where only notifications were sent
   */
  async answerText(
    text: string,
    session: Session,
    gone: AbortSignal = session.gone,
  ): Promise<string | undefined> {
    const answer = await this.answerMessage(text, session, gone);
    return answer === undefined ? undefined : JSON.stringify(answer);
  }

  private async answerMessage(
    text: string,
    session: Session,
    gone: AbortSignal,
  ): Promise<RpcResponse | RpcResponse[] | undefined> {
    let value: unknown;
    try {
      value = parseMessage(text);
      if (Array.isArray(value)) value = checkBatch(value);
    } catch (thrown) {
      return errorResponse(null, toBridgeError(thrown));
    }
    if (!Array.isArray(value)) return this.answerOne(value, session, gone);
    const answers = await Promise.all(value.map((one) => this.answerOne(one, session, gone)));
    const told = answers.filter((answer) => answer !== undefined);
    return told.length === 0 ? undefined : told;
  }

  private async answerOne(
    value: unknown,
    session: Session,
    gone: AbortSignal,
  ): Promise<RpcResponse | undefined> {
    let isTold = true;
    try {
      const request = checkRequest(value);
      isTold = request.id !== undefined;
      const result = await this.call(request.method, request.params ?? {}, session, gone);
      return isTold ? { jsonrpc: "2.0", id: request.id ?? null, result } : undefined;
    } catch (thrown) {
      return isTold ? errorResponse(idOf(value), toBridgeError(thrown)) : undefined;
    }
  }

  /**
   * Call a method by name.
   * @throws BridgeError METHOD_UNKNOWN, REQUEST_INVALID, and those of the method
   */
  async call(
    name: string,
    params: unknown,
    session: Session,
    gone: AbortSignal = session.gone,
  ): Promise<unknown> {
    if (!isMethod(name)) {
      throw new BridgeError(
        "METHOD_UNKNOWN",
        `there is no method ${name.slice(0, 64)}; there are ${Object.keys(METHODS).join(", ")}`,
      );
    }
    return this.callChecked(name, params, session, gone);
  }

  private callChecked<Name extends MethodName>(
    name: Name,
    params: unknown,
    session: Session,
    gone: AbortSignal,
  ) {
    const checked = METHODS[name].params.safeParse(params);
    if (!checked.success) {
      throw new BridgeError(
        "REQUEST_INVALID",
        `the parameters of ${name} have a wrong shape (${oneLine(checked.error)}); see docs/protocol.md`,
      );
    }
    // The table pairs schema and handler by name, which the checker cannot follow through an index.
    return this.handlers[name](checked.data as Params<Name>, session, gone);
  }
}
