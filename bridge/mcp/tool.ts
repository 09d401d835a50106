/**
 * What a tool is: a name, what it takes and gives, and what it does. Arguments are checked here, so that what is wrong
 * is told in the words of the command line.
 */
import * as z from "zod";
import { BridgeError } from "../bridge-error.ts";
import type { Progress } from "../engine/schemas.ts";
import { nearest } from "../nearest.ts";
import type { AllowedFolders } from "./allowed-folders.ts";

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
      if (!checked.success) throw wrong(rest.name, checked.error, Object.keys(input.shape));
      return { ...(await run(checked.data, context)) };
    },
  };
}

function documentOf(schema: z.ZodObject, io: "input" | "output"): JsonSchema {
  const { $schema: _, ...document } = z.toJSONSchema(schema, { io, override: plainTuple });
  return document as JsonSchema;
}

/** A pair as a list of two: assistants check answers by older drafts too, which write tuples in another way. */
function plainTuple({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { prefixItems } = jsonSchema;
  const [first] = prefixItems ?? [];
  if (prefixItems === undefined || first === undefined) return;
  Object.assign(jsonSchema, { items: first, minItems: prefixItems.length, maxItems: prefixItems.length });
  delete jsonSchema.prefixItems;
}

interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
}

/** Arguments with numbers, truth values and lists that an assistant wrote as text. */
function meant(args: unknown, { properties = {} }: JsonSchema): unknown {
  if (typeof args !== "object" || args === null || Array.isArray(args)) return args;
  const entries = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === "string" ? meantText(value, properties[name]?.type) : value,
  ]);
  return Object.fromEntries(entries);
}

function meantText(text: string, type: string | undefined): unknown {
  const isNumber = /^\s*-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text);
  if ((type === "integer" || type === "number") && isNumber) return Number(text);
  if (type === "boolean" && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  return type === "array" ? [text] : text;
}

function wrong(name: string, error: z.ZodError, known: readonly string[]): BridgeError {
  const complaints = error.issues.slice(0, 4).flatMap((issue) => {
    const where = issue.path.map(String).join(".");
    if (issue.code !== "unrecognized_keys")
      return [where === "" ? issue.message : `${where}: ${issue.message}`];
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const remedy = near === undefined ? `it takes ${known.join(", ")}` : `did you mean "${near}"?`;
      return `there is no argument "${key}", ${remedy}`;
    });
  });
  return new BridgeError("REQUEST_INVALID", `${name}: ${complaints.join("; ")}`);
}
