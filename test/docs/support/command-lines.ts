/**
 * Collects the command lines written for people: in the documents, the model cards and the help itself.
 */
import { readdirSync, readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { buildProgram } from "../../../bridge/cli/program.ts";

export interface CommandLine {
  /** The page, or the command whose help it is. */
  source: string;
  text: string;
}

const PAGES = [
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...["docs", "docs/hosts", "models/cards"].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  ),
  ...["examples/grooves/README.md", "examples/pieces/README.md", "test/fixtures/README.md"],
];
const PROGRAMS = /\b(?:continuo|curl|npm|npx)\s/;
const BLOCK = /^```(\w*)\n([\s\S]*?)^```/gm;

const textOf = (page: string) => readFileSync(page, "utf8");

/** Whole lines, to be copied and run: those of blocks that belong to no other language. */
export function blockLines(): CommandLine[] {
  return PAGES.flatMap((source) =>
    [...textOf(source).matchAll(BLOCK)]
      .filter(([, language]) => language === "")
      .flatMap(([, , block = ""]) => wholeLines(block))
      .map((text) => ({ source, text })),
  );
}

/** Commands in the running text, often only in part. */
export function mentions(): CommandLine[] {
  return PAGES.flatMap((source) =>
    [
      ...textOf(source)
        .replace(BLOCK, "")
        .matchAll(/`((?:continuo|npm|npx)\s[^`]+)`/g),
    ].map(([, text = ""]) => ({ source, text: text.replace(/\s+/g, " ") })),
  );
}

/** The examples of every command's help. */
export async function helpLines(path: readonly string[] = []): Promise<CommandLine[]> {
  const help = await helpOf(path);
  const examples = help.split(/^Examples:$/m)[1] ?? "";
  const commands = help.split(/^Commands:$/m)[1]?.split("\n\n")[0] ?? "";
  const names = [...commands.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name = ""]) => name);
  const own = wholeLines(examples).map((text) => ({ source: `${path.join(" ")} --help`.trim(), text }));
  const below = names.filter((name) => name !== "help").map((name) => helpLines([...path, name]));
  return [...own, ...(await Promise.all(below)).flat()];
}

async function helpOf(path: readonly string[]): Promise<string> {
  let text = "";
  const write = (more: string) => {
    text += more;
    return true;
  };
  // So wide that nothing is folded.
  const io = {
    stdout: { write },
    stderr: process.stderr,
    env: { COLUMNS: "1000" },
    signal: AbortSignal.any([]),
  };
  try {
    await buildProgram(io, () => {}).parseAsync([...path, "--help"], { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError) || thrown.code !== "commander.helpDisplayed") throw thrown;
  }
  return text;
}

/** Without comments; what is in quotes may go over several lines. */
function wholeLines(block: string): string[] {
  const lines: string[] = [];
  let open = "";
  for (const line of block.replace(/\\\n\s*/g, "").split("\n")) {
    open = open === "" ? line.trim() : `${open}\n${line}`;
    if ((open.match(/'/g) ?? []).length % 2 === 1) continue;
    lines.push(open.replace(/\s+#\s.*$/, ""));
    open = "";
  }
  return lines.filter((line) => PROGRAMS.test(line) || /\bcontinuo$/.test(line));
}

/** Each once, with the first of its sources. */
export function distinct(lines: readonly CommandLine[]): CommandLine[] {
  return lines.filter(({ text }, index) => lines.findIndex((other) => other.text === text) === index);
}

/** The words of every call of the program in a line, without what the shell keeps for itself. */
export function callsIn(text: string): string[][] {
  return text
    .split(/[|()]/)
    .map((part) => [...part.trim().matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)])
    .map((words) => words.map(([, double, single, plain]) => double ?? single ?? plain ?? ""))
    .map((words) => words.slice(0, words.includes(">") ? words.indexOf(">") : undefined))
    .filter(([program]) => program === "continuo")
    .map(([, ...args]) => args);
}
