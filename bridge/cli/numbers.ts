/**
 * Numbers of options. Only their writing is looked at here; limits belong to the part that uses them,
 * which answers with a code of its own.
 */
import { BridgeError } from "../bridge-error.ts";

/** A whole number from 0. @throws BridgeError NUMBER_INVALID */
export function parseCount(text: string): number {
  const value = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw invalid(text, "a whole number such as 4");
  return value;
}

/** A whole number from 1, as things are counted on screen. @throws BridgeError NUMBER_INVALID */
export function parsePlace(text: string): number {
  const value = parseCount(text);
  if (value < 1) throw invalid(text, "a whole number from 1");
  return value;
}

/** A decimal number. @throws BridgeError NUMBER_INVALID */
export function parseDecimal(text: string): number {
  const value = /^\s*-?(\d+\.?\d*|\.\d+)\s*$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw invalid(text, "a number such as 0.9");
  return value;
}

/** Wrap a parser so that its errors name the option. */
export function forOption<Value>(option: string, parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      throw new BridgeError(error.code, `${option}: ${error.message}`, { data: { ...error.data, option } });
    }
  };
}

function invalid(text: string, expected: string): BridgeError {
  return new BridgeError("NUMBER_INVALID", `"${text}" cannot be used; write ${expected}`, {
    data: { value: text },
  });
}
