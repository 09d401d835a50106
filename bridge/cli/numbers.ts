/**
 * Numbers of options. Only their syntax is checked here; limits belong to the part that uses them,
 * which answers with a code of its own.
 */
import { BridgeError } from "../bridge-error.ts";

/** A decimal number as people and programs write one: 4, .5, -0.9, 1e-3, +6E4. */
const DECIMAL = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i;

/** A whole number from 0, also as 1e3. @throws BridgeError NUMBER_INVALID */
export function parseCount(text: string): number {
  const value = /^\s*\+?\d+(\.0*)?(e\+?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw invalid(text, "a whole number such as 4", whyNoCount(text, value));
}

/** A whole number from 1, as things are counted on screen. @throws BridgeError NUMBER_INVALID */
export function parseOrdinal(text: string): number {
  const value = parseCount(text);
  if (value < 1) throw invalid(text, "a whole number from 1", "is below 1");
  return value;
}

/** Whether a text is a decimal number. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text) && Number.isFinite(Number(text));
}

/** A decimal number. @throws BridgeError NUMBER_INVALID */
export function parseDecimal(text: string): number {
  if (!isDecimal(text)) throw invalid(text, "a number such as 0.9");
  return Number(text);
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

/** What is wrong with a number that is one, but cannot count. */
function whyNoCount(text: string, whole: number): string | undefined {
  if (!Number.isNaN(whole)) return `is above ${Number.MAX_SAFE_INTEGER}`;
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (number < 0) return "is below 0";
  return Number.isFinite(number) ? "is not a whole number" : undefined;
}

function invalid(text: string, expected: string, why = "is not a number"): BridgeError {
  return new BridgeError("NUMBER_INVALID", `"${text}" ${why}; write ${expected}`, {
    data: { value: text },
  });
}
