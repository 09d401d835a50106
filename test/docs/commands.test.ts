/**
 * Every command line in the documents, the model cards and the help works as described.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { fromCommander } from "../../bridge/cli/errors.ts";
import { buildProgram } from "../../bridge/cli/program.ts";
import { readJournal } from "../e2e/support/journal.ts";
import { testWith } from "../e2e/support/needs.ts";
import { blockLines, callsIn, distinct, helpLines, mentions } from "./support/command-lines.ts";
import { Reader } from "./support/reader.ts";

const HELP = await helpLines();
const WHOLE = distinct([...blockLines(), ...HELP]);
const MENTIONED = distinct(mentions());
const hasShell = process.platform !== "win32";

/** What the machine of a test does not have; that the program understands it is tested all the same. */
const NEEDS_MORE: readonly RegExp[] = [
  // A GPU.
  /--device (wgpu|cuda|metal)/,
  // Software of others, or a project that has just been cloned.
  /\bnpm /,
];
/** What goes on until it is told to end. */
const LASTING = /continuo (serve$|serve --port|watch|train .*--watch)/;
const NEEDS_DAEMON = /continuo (status|stop|replay)|curl /;
const NEEDS_MODEL = /--model mine|models remove mine/;
const SHELLS: readonly (readonly [RegExp, string])[] = [
  [/^source </, "bash"],
  [/completion zsh/, "zsh"],
  [/completion fish/, "fish"],
];
/** Trainings end after a moment, wherever they would go on for hours. */
const MOMENT = "1s";

/** The code of what is wrong with the words of a command, as far as they are looked at before it runs. */
async function mistakeOf(args: readonly string[]): Promise<string | undefined> {
  const { stderr } = process;
  const stdout = { write: () => true };
  const program = buildProgram({ stdout, stderr, env: {}, signal: AbortSignal.any([]) }, () => {});
  const idle = (command: Command): void => {
    if (command.commands.length === 0) command.action(() => {});
    command.commands.forEach(idle);
  };
  idle(program);
  try {
    await program.parseAsync([...args], { from: "user" });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    const code = "code" in thrown ? String(thrown.code) : thrown.message;
    return code.startsWith("commander.") && "exitCode" in thrown
      ? fromCommander(thrown as Parameters<typeof fromCommander>[0], "")?.code
      : code;
  }
}

describe("what is written", () => {
  test("was found: blocks, mentions and the help of every command", () => {
    expect(WHOLE.length).toBeGreaterThan(80);
    expect(MENTIONED.length).toBeGreaterThan(30);
    expect(new Set(HELP.map(({ source }) => source)).size).toBeGreaterThan(20);
  });

  test.each(WHOLE.filter(({ text }) => callsIn(text).length > 0))(
    "is understood: $text ($source)",
    async ({ text }) => {
      for (const args of callsIn(text)) expect(await mistakeOf(args)).toBeUndefined();
    },
  );

  test.each(MENTIONED.filter(({ text }) => callsIn(text).length > 0))(
    "is there: $text ($source)",
    async ({ text }) => {
      // Not all that a command needs is always named.
      const partial = [undefined, "ARGUMENT_MISSING", "OPTION_MISSING", "OPTION_VALUE_MISSING"];
      // A word in capitals stands for another one.
      const named = callsIn(text).map((args) => args.filter((word) => word !== "HOST"));
      for (const args of named) expect(partial).toContain(await mistakeOf(args));
    },
  );

  test("scripts of npm are those of package.json", () => {
    const packageSchema = z.object({ scripts: z.record(z.string(), z.string()) });
    const { scripts } = packageSchema.parse(JSON.parse(readFileSync("package.json", "utf8")));
    const named = [...WHOLE, ...MENTIONED].flatMap(({ text }) => [
      ...text.matchAll(/\bnpm (?:run ([\w:-]+)|(test))/g),
    ]);
    expect(named.length).toBeGreaterThan(5);
    for (const [, script, own] of named) expect(Object.keys(scripts)).toContain(script ?? own);
  });
});

describe.runIf(hasShell)("a user who copies it", () => {
  let prepared: Reader;
  beforeAll(async () => {
    prepared = await Reader.prepared();
  });
  afterAll(() => prepared?.remove());

  async function follow(text: string, shell: string): Promise<void> {
    const reader = prepared.copy();
    try {
      await makeReady(reader, text);
      const line = await onThisMachine(reader, text);
      const result = LASTING.test(text) ? await reader.runUntilItSays(line) : await reader.run(line, shell);
      expect(result.stderr).not.toMatch(/^error\[/m);
      expect(LASTING.test(text) ? [0, 130] : [0]).toContain(result.exitCode);
    } finally {
      if (existsSync(join(reader.continuoHome, "daemon.json"))) await reader.run("continuo stop");
      reader.remove();
    }
  }

  const runnable = WHOLE.filter(({ text }) => !NEEDS_MORE.some((more) => more.test(text)));
  test("runs nearly all of them", () => {
    expect(runnable.length).toBeGreaterThan(WHOLE.length - 8);
  });
  const ofShell = ({ text }: { text: string }) => SHELLS.find(([line]) => line.test(text))?.[1];
  test.each(runnable.filter((line) => ofShell(line) === undefined))("gets there: $text", ({ text }) =>
    follow(text, "sh"),
  );
  for (const { text, shell } of runnable.flatMap((line) => {
    const own = ofShell(line);
    return own === undefined ? [] : [{ ...line, shell: own }];
  })) {
    const isThere = spawnSync(shell, ["-c", ":"]).status === 0;
    testWith(shell, isThere)(`gets there in ${shell}: ${text}`, () => follow(text, shell));
  }
});

/** What the examples before have left, or taken away. */
async function makeReady(reader: Reader, text: string): Promise<void> {
  const [, run] = /train .*--out (\S+)/.exec(text) ?? [];
  if (run !== undefined) rmSync(join(reader.folder, run), { recursive: true, force: true });
  if (NEEDS_MODEL.test(text)) await reader.run("continuo models import my-run --name mine --force");
  if (!NEEDS_DAEMON.test(text)) return;
  expect(await reader.run("continuo serve --detach")).toMatchObject({ exitCode: 0 });
  const fill = "continuo fill song.mid --track 1 --bars 5-8 --candidates 2 -o first.mid";
  expect(await reader.run(fill)).toMatchObject({ exitCode: 0 });
}

/** The same command with the places, times and names of this machine. */
async function onThisMachine(reader: Reader, text: string): Promise<string> {
  let line = text.replace("/opt/REAPER", "~/REAPER").replace("/tmp/drafts", "~/drafts");
  if (/continuo train /.test(line) && !LASTING.test(line)) {
    line = / --time /.test(line) ? line.replace(/--time \S+/, `--time ${MOMENT}`) : `${line} --steps 1`;
  }
  // It computes in JavaScript, where a batch of the usual size takes a minute.
  if (/--backend tfjs/.test(line)) line += " --batch 4 --seq 32";
  if (/\$\{fpath\[1\]\}/.test(line)) line = `fpath=("$HOME" $fpath); ${line}`;
  if (/replay \w+-\w+ /.test(line)) {
    const [entry] = readJournal(reader.continuoHome).entries.filter(({ jobId }) => jobId !== undefined);
    line = line.replace(/replay \S+/, `replay ${entry?.jobId}`);
  }
  if (line.startsWith("curl")) {
    const { stdout } = await reader.run("continuo status --json");
    const { url } = z.looseObject({ url: z.string() }).parse(JSON.parse(stdout));
    line = `${line.replace("http://127.0.0.1:7878", url)} --fail-with-body`;
  }
  return line;
}
