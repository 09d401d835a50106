/**
 * A bare JavaScript engine with only the globals that the test puts into it.
 */
import { createContext, runInContext } from "node:vm";

export interface Engine {
  load(text: string): void;
  /** Call a function of the script's. */
  call(name: string): void;
  /** A value of the script's own, by an expression. */
  evaluate(expression: string): unknown;
}

/** @param globals  what the script finds, beside JavaScript itself */
export function bareEngine(globals: Record<string, unknown>): Engine {
  const context = createContext(globals);
  // What Node adds to JavaScript in every context.
  runInContext("delete this.console; delete this.WebAssembly; delete this.SharedArrayBuffer;", context);
  return {
    load: (text) => runInContext(text, context, { filename: "continuo.control.js" }),
    call: (name) => runInContext(`${name}()`, context),
    evaluate: (expression) => runInContext(`(${expression})`, context),
  };
}
