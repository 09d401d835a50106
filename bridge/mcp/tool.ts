/**
 * A tool: its name, input, output and handler. Arguments are checked here, so that errors read like those of the
 * command line.
 */
import * as z from "zod";
import type { Progress } from "../engine/fill.ts";
import type { AllowedFolders } from "./allowed-folders.ts";
import { type ArgumentsSchema, wrongArguments } from "./wrong-arguments.ts";

/** What tools work with. */
export interface ToolContext {
  folders: AllowedFolders;
  env: NodeJS.ProcessEnv;
  version: string;
  /** Use the daemon that runs, if one does. */
  useDaemon: boolean;
  /** Aborts when the assistant gives the call up. */
  signal: AbortSignal;
  onProgress(progress: Progress): void;
}

interface Annotations {
  readOnlyHint: boolean;
  destructiveHint?: boolean;
  idempotentHint?: boolean;
  openWorldHint: boolean;
}

export interface Tool {
  name: string;
  description: string;
  annotations: Annotations;
  inputSchema: object;
  outputSchema: object;
  /** @throws BridgeError REQUEST_INVALID for other arguments than those of its schema */
  call(args: unknown, context: ToolContext): Promise<Record<string, unknown>>;
}

interface Definition<Input extends z.ZodObject, Output extends z.ZodObject> {
  name: string;
  description: string;
  annotations: Annotations;
  input: Input;
  output: Output;
  run(args: z.output<Input>, context: ToolContext): Promise<z.input<Output>> | z.input<Output>;
}

export const READS: Annotations = { readOnlyHint: true, openWorldHint: false };
/** A file is replaced only where that is asked for. */
export const WRITES: Annotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: false,
};

export function tool<Input extends z.ZodObject, Output extends z.ZodObject>({
  input,
  output,
  run,
  ...rest
}: Definition<Input, Output>): Tool {
  const inputSchema = documentOf(input, "input");
  return {
    ...rest,
    inputSchema,
    outputSchema: documentOf(output, "output"),
    async call(args, context) {
      const checked = input.safeParse(meant(args ?? {}, inputSchema));
      if (!checked.success)
        throw wrongArguments(rest.name, checked.error, { args: args ?? {}, schema: inputSchema });
      return { ...(await run(checked.data, context)) };
    },
  };
}

function documentOf(schema: z.ZodObject, io: "input" | "output"): ArgumentsSchema {
  const { $schema: _, ...document } = z.toJSONSchema(schema, { io, override: plainTuple });
  return document as ArgumentsSchema;
}

/** A pair as a list of two: assistants check answers by older drafts too, which write tuples in another way. */
function plainTuple({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { prefixItems } = jsonSchema;
  const [first] = prefixItems ?? [];
  if (prefixItems === undefined || first === undefined) return;
  Object.assign(jsonSchema, { items: first, minItems: prefixItems.length, maxItems: prefixItems.length });
  delete jsonSchema.prefixItems;
}

/** Arguments with numbers, truth values and lists that an assistant wrote as text. */
function meant(args: unknown, { properties = {} }: ArgumentsSchema): unknown {
  if (typeof args !== "object" || args === null || Array.isArray(args)) return args;
  const entries = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === "string" ? meantText(value, properties[name] ?? {}) : value,
  ]);
  return Object.fromEntries(entries);
}

function meantText(text: string, { type, anyOf = [] }: ArgumentsSchema): unknown {
  const isNumber = /^\s*-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text);
  if ((type === "integer" || type === "number") && isNumber) return Number(text);
  if (type === "boolean" && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  const takesList = type === "array" || anyOf.some((kind) => kind.type === "array");
  return takesList ? (listIn(text) ?? (type === "array" ? [text] : text)) : text;
}

/** A list that was written as JSON. */
function listIn(text: string): unknown[] | undefined {
  if (!text.trimStart().startsWith("[")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
