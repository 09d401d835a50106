/**
 * The daemon's settings: config.json in the user's folder, all optional.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BridgeError } from "../bridge-error.ts";
import { homeFolder } from "./folders.ts";
import { serializedOrigin } from "./origin.ts";

const CONFIG_FILE = "config.json";

const port = z.int().min(0).max(65_535);
const megabytes = z.number().positive();
const origin = z.string().transform((text, context) => {
  const serialized = serializedOrigin(text);
  if (serialized !== undefined) return serialized;
  context.addIssue(
    `${JSON.stringify(text.slice(0, 100))} is not the origin of a page, such as http://localhost:5173`,
  );
  return z.NEVER;
});

export const configSchema = z.strictObject({
  /** Of HTTP and WebSocket. 0 takes any that is free. */
  port: port.default(7_878),
  /** Of TCP frames. 0 takes any that is free. */
  tcpPort: port.default(7_879),
  /** An address other than loopback; needs `tls`, or --insecure. */
  listen: z.string().min(1).optional(),
  tls: z.strictObject({ cert: z.string().min(1), key: z.string().min(1) }).optional(),
  /** Model that a fill takes which names none. */
  model: z.string().min(1).optional(),
  device: z.enum(["auto", "cpu", "cuda", "directml", "coreml", "webgpu"]).default("auto"),
  /** Fills that run side by side, each with a copy of the model: two do half as much again together, for 60 MB. */
  workers: z.int().min(1).max(16).default(1),
  /** A folder in which scripts without network leave requests; "" turns it off. */
  folder: z.string().optional(),
  /** Where the piano roll writes files; exports in the user's folder where left out. */
  exports: z.string().min(1).optional(),
  /** A .sf2 or .sf3 file with the instruments that the piano roll plays; those of a package where left out. */
  sounds: z.string().min(1).optional(),
  /** Keep requests and answers, for `continuo replay` and for a better order of candidates. */
  journal: z.boolean().default(true),
  /** Offer first what is like what was accepted before. */
  rerank: z.boolean().default(true),
  /** Minutes and megabytes of finished fills that can still be asked for. */
  keepMinutes: z.number().positive().max(1_440).default(10),
  keepMegabytes: megabytes.max(4_096).default(64),
  /** Web pages that may speak with the daemon, such as http://localhost:5173; none otherwise. */
  origins: z.array(origin).default([]),
  log: z
    .strictObject({
      level: z.enum(["error", "warn", "info", "debug"]).default("info"),
      /** Also the notes; they are music, and somebody's. */
      notes: z.boolean().default(false),
      megabytes: megabytes.max(1_024).default(5),
      files: z.int().min(1).max(100).default(5),
    })
    .prefault({}),
});
export type Config = z.infer<typeof configSchema>;

/**
 * Read the settings; a file that is not there is one without settings.
 * @param path  another file than the user's
 * @throws BridgeError CONFIG_INVALID with a line for each wrong key, CONFIG_UNREADABLE
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, path?: string): Config {
  const file = path ?? join(homeFolder(env), CONFIG_FILE);
  let text = "{}";
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (!isMissing || path !== undefined) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new BridgeError("CONFIG_UNREADABLE", `${file} cannot be read (${reason}); check the path`, {
        data: { path: file },
        cause,
      });
    }
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalid(file, [reason]);
  }
  const config = configSchema.safeParse(value);
  if (config.success) return config.data;
  throw invalid(file, config.error.issues.map(complaint));
}

/** One wrong key in one sentence. */
function complaint(issue: z.core.$ZodIssue): string {
  const where = issue.path.map(String).join(".");
  if (issue.code !== "unrecognized_keys") return `${where}: ${issue.message}`;
  const known = where === "log" ? ["level", "notes", "megabytes", "files"] : Object.keys(configSchema.shape);
  const names = issue.keys.map((key) => (where === "" ? key : `${where}.${key}`)).join(", ");
  return `${names}: no such setting, there are ${known.join(", ")}`;
}

function invalid(file: string, problems: string[]): BridgeError {
  return new BridgeError("CONFIG_INVALID", `${file} is invalid: ${problems.join("; ")}`, {
    data: { path: file, problems },
  });
}
