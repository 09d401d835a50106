/**
 * Names of files, tracks and models are text and nothing else to the terminal: no command lets an escape sequence or a
 * change of direction through.
 */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { visible, visibleLine } from "../../../bridge/cli/visible.ts";
import { runCli, temporaryFolder } from "../support/cli.ts";
import { chunk, END_OF_TRACK, header, quarters } from "../support/smf.ts";

const ESC = "\u001b";
/** Sets the title, clears the screen, in 7 bits and in 8, and turns text around; a line that looks like ours. */
const NAME = `A${ESC}]0;owned\u0007${ESC}[2J\u009b2J\u202etxt\rB\nerror[FORGED]: no`;
/** What a terminal obeys, of all that it is sent. */
const OBEYED = /(?![\t\n])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

function song(folder: string, file: string): string {
  const name = Buffer.from(NAME, "utf8");
  const title = Buffer.concat([Buffer.from([0, 0xff, 0x03, name.length]), name]);
  const notes = Buffer.from([...quarters(32), ...END_OF_TRACK]);
  const path = join(folder, file);
  writeFileSync(path, Buffer.concat([header(0, 1, 96), chunk("MTrk", Buffer.concat([title, notes]))]));
  return path;
}

test("what is not seen is written out, and nothing else is changed", () => {
  expect(visible("Zoë\t♯ 🎶\nyes")).toBe("Zoë\t♯ 🎶\nyes");
  expect(visible(`${ESC}[31mred\u202e`)).toBe("\\u001b[31mred\\u202e");
  expect(visibleLine("a\nb")).toBe("a\\nb");
  const value = { name: NAME, music: "♭ é" };
  const json = visible(JSON.stringify(value));
  expect(JSON.parse(json)).toEqual(value);
  expect(json).not.toMatch(OBEYED);
});

test("every command shows such names as text", async () => {
  const folder = temporaryFolder();
  const input = song(folder, `x${ESC}[2J\u202ey.mid`);
  const home = temporaryFolder();
  const models = join(home, "models");
  mkdirSync(join(models, "odd"), { recursive: true });
  const entry = { id: "odd", folder: "odd", licence: NAME, source: NAME };
  writeFileSync(join(models, "manifest.json"), JSON.stringify({ version: 1, models: [entry] }));
  const env = { CONTINUO_HOME: home };
  const out = join(folder, `out${ESC}[2J.mid`);
  copyFileSync(input, join(folder, "plain.mid"));
  const model = ["--model", inject("tinyModel"), "--no-daemon"];
  const bars = ["--track", "1", "--bars", "3-4"];
  const commands = [
    ["info", input],
    ["info", input, "--json"],
    ["info", join(folder, `none${ESC}[2J.mid`)],
    ["notes", input],
    ["notes", input, "--json"],
    ["fill", input, ...bars, "-o", out, ...model],
    ["fill", input, ...bars, "-o", out, "--json", ...model],
    ["fill", input, "--track", `no${ESC}[2J`, "--bars", "3", "-o", out, ...model],
    ["humanize", input, ...bars, "-o", out],
    ["eval", folder, ...model.slice(0, 2), "--candidates", "1", "--every", "64"],
    ["dataset", "build", folder, "-o", join(folder, "data")],
    ["models", "list"],
    ["models", "info", `no${ESC}[2J`],
    ["doctor", ...model.slice(0, 2)],
  ];
  for (const args of commands) {
    const { stdout, stderr } = await runCli(args, { env });
    expect(`${stdout}${stderr}`, args.join(" ")).not.toMatch(OBEYED);
    expect(`${stdout}${stderr}`.split("\n").filter((line) => line.startsWith("error[FORGED]"))).toEqual([]);
    expect(`${stdout}${stderr}`.length).toBeGreaterThan(0);
  }
});
