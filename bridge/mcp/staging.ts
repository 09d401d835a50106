/**
 * A folder of our own in which results are made, before they are put into the assistant's folders.
 */
import { lstatSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import { outputError } from "../output-error.ts";
import type { AllowedFolders } from "./allowed-folders.ts";

interface StagedOutput {
  folders: AllowedFolders;
  /** As the assistant named it. */
  name: string;
  /** The file that is read, in its real place. */
  input: string;
  /** How many files: NAME.mid, NAME.2.mid and so on. */
  count: number;
  overwrite: boolean;
}

/**
 * Let `work` write its files, then put them where they were asked for.
 * @param work  is given the first file's path; answers name the places that were asked for
 * @throws BridgeError FILE_FORBIDDEN, OUTPUT_*; whatever `work` throws
 */
export async function withStagedOutput<Answer>(
  { folders, name, input, count, overwrite }: StagedOutput,
  work: (output: string) => Promise<Answer>,
): Promise<Answer> {
  const first = folders.output(name);
  // Each file is checked: a candidate's name may be a link.
  const paths = [first, ...numbered(first, count).map((path) => folders.output(path))];
  for (const path of paths) check(path, input);
  const staging = mkdtempSync(join(tmpdir(), "continuo-mcp-"));
  // What stands in the way stands in the way here too, so that it is said in its turn among other mistakes.
  for (const path of overwrite ? [] : paths)
    if (isThere(path)) writeFileSync(join(staging, basename(path)), "");
  const real = (text: string) => text.replaceAll(staging, dirname(first));
  try {
    const answer = await work(join(staging, basename(first)));
    for (const file of readdirSync(staging)) {
      folders.place(join(dirname(first), file), join(staging, file), overwrite);
    }
    return mapTexts(answer, real) as Answer;
  } catch (thrown) {
    if (!(thrown instanceof BridgeError) || !thrown.message.includes(staging)) throw thrown;
    const data = mapTexts(thrown.data, real) as Record<string, unknown>;
    throw new BridgeError(thrown.code, real(thrown.message), { data, cause: thrown });
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function numbered(first: string, count: number): string[] {
  return Array.from({ length: Math.max(0, count - 1) }, (_, index) =>
    first.replace(/(\.[^.]*)$/, `.${index + 2}$1`),
  );
}

/** Before any work: what cannot be written is known at once. */
function check(path: string, input: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw outputError(path, Object.assign(new Error("a folder"), { code: "EISDIR" }));
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) {
    throw outputError(path, Object.assign(new Error("no folder"), { code: "ENOENT" }));
  }
  if (path === input) {
    throw new BridgeError("OUTPUT_IS_INPUT", `${path} is the file that is read; choose another name`, {
      data: { path },
    });
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The same value with every text in it changed. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapTexts(one, change)]));
}
