/**
 * Help in terminals of all widths, and the output of commands with --quiet and --verbose.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { helpLines } from "../../docs/support/command-lines.ts";
import { errorCode, runCli, temporaryFolder } from "../support/cli.ts";

const COMMANDS = [[], ["fill"], ["train"], ["models"], ["notes"], ["install"], ["batch"], ["mcp"], ["eval"]];

test.each(COMMANDS.flatMap((path) => [60, 80, 120].map((columns) => [path.join(" "), columns] as const)))(
  "help of %j in %i columns",
  async (path, columns) => {
    const args = [...path.split(" ").filter((word) => word !== ""), "--help"];
    const { exitCode, stdout } = await runCli(args, { env: { COLUMNS: String(columns) } });
    expect(exitCode).toBe(0);
    // A request of a list cannot be folded.
    const lines = stdout.split("\n").filter((line) => !line.startsWith("  {"));
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
  },
);

test("help COMMAND shows what COMMAND --help does, once", async () => {
  for (const [help, path] of [
    [["help", "fill"], ["fill"]],
    [["help", "models"], ["models"]],
    [
      ["models", "help", "list"],
      ["models", "list"],
    ],
    [["models"], ["models"]],
  ] as const) {
    const { exitCode, stdout } = await runCli(help);
    expect([exitCode, stdout]).toEqual([0, (await runCli([...path, "--help"])).stdout]);
  }
});

test("a folded example is the same command", async () => {
  const whole = (await helpLines(["fill"])).map(({ text }) => text);
  const { stdout } = await runCli(["fill", "--help"], { env: { COLUMNS: "50" } });
  const examples = (stdout.split("Examples:\n")[1] ?? "").replace(/ \\\n\s+/g, " ");
  const folded = examples.trim().split(/\n\s*/);
  expect(folded).toEqual(whole);
  expect(stdout).toMatch(/ \\\n {4}/);
  // An option stays with its value.
  expect(stdout).not.toMatch(/ -[-\w]+ \\\n\s+[^-\s]/);
  expect(stdout).not.toMatch(/ -o \\\n/);
});

const FILL = [
  "fill",
  "test/fixtures/faure-apres-un-reve.mid",
  "--track",
  "1",
  "--bars",
  "9-10",
  "--seed",
  "1",
];

test("-q says nothing that was not asked for, and errors", async () => {
  const output = join(temporaryFolder(), "out.mid");
  const quiet = { exitCode: 0, stdout: "", stderr: "" };
  expect(await runCli(["-q", ...FILL, "-o", output])).toEqual(quiet);
  // Also where it would warn of the file that is there.
  expect(await runCli([...FILL, "--quiet", "-o", output])).toEqual(quiet);
  expect((await runCli([...FILL, "-q", "-o", output, "--json"])).stdout).toMatch(/^\{"model"/);
  expect(errorCode((await runCli(["-q", "info", "gone.mid"])).stderr)).toBe("INPUT_NOT_FOUND");
});

test("-v says how it was done, and where an error comes from", async () => {
  const done = await runCli(["-v", ...FILL, "-o", join(temporaryFolder(), "out.mid")]);
  expect(done.stderr).toMatch(/^filled here: .+\nmodel infill-s, sha256 [0-9a-f]{64}, on cpu\n$/);
  const failed = await runCli(["info", "gone.mid", "-v"]);
  expect(failed.stderr).toMatch(/^error\[INPUT_NOT_FOUND\]: [^\n]+\n(\s+at |caused by: )/);
  expect((await runCli(["info", "gone.mid"])).stderr).not.toMatch(/\s+at |caused by/);
});

test.each(["-V", "--version"])("%s prints the version", async (option) => {
  expect((await runCli([option])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
