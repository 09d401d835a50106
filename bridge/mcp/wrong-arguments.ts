/**
 * Explains wrong arguments of a tool so that an assistant can correct them at once: what a missing or mistyped
 * argument is for, and which name was probably meant.
 */
import type * as z from "zod";
import { BridgeError } from "../bridge-error.ts";
import { nearest } from "../nearest.ts";

/** A tool's input schema, as far as it is looked at. */
export interface ArgumentsSchema {
  type?: string;
  description?: string;
  anyOf?: ArgumentsSchema[];
  properties?: Record<string, ArgumentsSchema>;
}

/** More would not be read. */
const MOST_COMPLAINTS = 4;
/** Of a value that is shown again. */
const MOST_LETTERS = 60;

/** REQUEST_INVALID. @param args  as they came */
export function wrongArguments(
  tool: string,
  error: z.ZodError,
  { args, schema }: { args: unknown; schema: ArgumentsSchema },
): BridgeError {
  const complaints = error.issues
    .slice(0, MOST_COMPLAINTS)
    .map((issue) =>
      issue.code === "unrecognized_keys"
        ? unknownNames(issue.keys, Object.keys(schema.properties ?? {}))
        : wrongValue(issue, args, schema),
    );
  return new BridgeError("REQUEST_INVALID", `${tool}: ${complaints.join("; ")}`);
}

function wrongValue(issue: z.core.$ZodIssue, args: unknown, { properties = {} }: ArgumentsSchema): string {
  const name = issue.path.map(String).join(".");
  const [top] = issue.path;
  if (top === undefined) return "the arguments must be an object";
  const purpose = properties[String(top)]?.description;
  const takes = purpose === undefined ? issue.message : `it takes ${purpose}`;
  const value = Object(args)[top];
  if (value === undefined) return `"${name}" is missing; ${takes}`;
  const isOfAnotherKind = issue.code === "invalid_type" || issue.code === "invalid_union";
  return isOfAnotherKind ? `"${name}" cannot be ${shown(value)}; ${takes}` : `${name}: ${issue.message}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}...` : text;
}

function unknownNames(keys: readonly string[], known: readonly string[]): string {
  const complaints: string[] = [];
  const strange: string[] = [];
  for (const key of keys) {
    const meant = nearest(key, known) ?? contained(key, known);
    if (meant === undefined) strange.push(`"${key}"`);
    else complaints.push(`unknown argument "${key}", did you mean "${meant}"?`);
  }
  if (strange.length > 0) {
    const named =
      strange.length === 1 ? `unknown argument ${strange[0]}` : `unknown arguments ${strange.join(", ")}`;
    complaints.push(`${named}; it takes ${known.join(", ")}`);
  }
  return complaints.join("; ");
}

/** "bars" of "start_bar", "candidates" of "num_candidates". */
function contained(key: string, known: readonly string[]): string | undefined {
  const letters = key.toLowerCase().replace(/[^a-z]/g, "");
  const stem = (name: string) => name.toLowerCase().replace(/s$/, "");
  return [...known].sort((a, b) => b.length - a.length).find((name) => letters.includes(stem(name)));
}
