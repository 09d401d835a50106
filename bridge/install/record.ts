/**
 * The record of installed files: hosts.json in the user's folder. Files not in it are not ours and are never removed.
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BridgeError } from "../bridge-error.ts";
import { homeFolder } from "../instance/folders.ts";
import { writeWhole } from "./files.ts";
import { INSTALL_NAMES, type InstallName } from "./host.ts";

const RECORD_FILE = "hosts.json";

/** A path that stays inside its folder, even if someone else wrote it. */
const pathBelow = z
  .string()
  .min(1)
  .refine((path) => !/^[\\/]|^[A-Za-z]:|\\|(^|\/)\.{0,2}(\/|$)/.test(path), "must lie inside the folder");

const entrySchema = z.strictObject({
  label: z.string(),
  root: z.string().min(1),
  below: z.array(pathBelow),
  /** Of the program that installed it. */
  version: z.string(),
  files: z.array(z.strictObject({ path: pathBelow, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  /** Folders that were made for it, outermost first. */
  folders: z.array(z.string().min(1)),
});
/** One location of a host. */
export type Entry = z.infer<typeof entrySchema>;

const recordSchema = z.strictObject({
  version: z.literal(1),
  hosts: z.partialRecord(z.enum(INSTALL_NAMES), z.array(entrySchema)),
});
type InstallRecord = z.infer<typeof recordSchema>["hosts"];

function recordPath(env: NodeJS.ProcessEnv): string {
  return join(homeFolder(env), RECORD_FILE);
}

/** @throws BridgeError HOSTS_RECORD_INVALID */
export function readRecord(env: NodeJS.ProcessEnv): InstallRecord {
  const path = recordPath(env);
  let reason: string;
  try {
    const record = recordSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    if (record.success) return record.data.hosts;
    reason = z.prettifyError(record.error).replace(/\s*\n\s*/g, " ");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return {};
    reason = cause instanceof Error ? cause.message : String(cause);
  }
  throw new BridgeError(
    "HOSTS_RECORD_INVALID",
    `${path} does not say what was installed (${reason}); move it away and install again`,
    { data: { path } },
  );
}

/** Exchange what is known of one host. */
export function writeRecord(
  env: NodeJS.ProcessEnv,
  record: InstallRecord,
  host: InstallName,
  entries: Entry[],
): void {
  const others = Object.fromEntries(Object.entries(record).filter(([name]) => name !== host));
  const hosts = entries.length === 0 ? others : { ...others, [host]: entries };
  const path = recordPath(env);
  if (Object.keys(hosts).length === 0) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(homeFolder(env), { recursive: true, mode: 0o700 });
  writeWhole(path, Buffer.from(`${JSON.stringify({ version: 1, hosts }, null, 2)}\n`));
}
