/**
 * continuo doctor on the daemon and the hosts: the real program in a home folder of the test's own.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { examineProgramFile } from "../../bridge/install/examine.ts";
import { temporaryFolder } from "../bridge/support/cli.ts";
import { type Copy, copyProgram } from "./support/program.ts";

interface Check {
  name: string;
  isOk: boolean;
  isNote?: true;
  detail: string;
  code?: string;
}

const FILES = { "Continuo fill.lua": "fill", "Continuo vary.lua": "vary" };

/** What the doctor says, and whether all is well; as words by name. */
async function doctor(copy: Copy) {
  const { exitCode, stdout } = await copy.run("doctor", "--json", "--model", inject("tinyModel"));
  const checks: Check[] = JSON.parse(stdout).checks;
  const of = (name: string) => {
    const check = checks.find((candidate) => candidate.name === name);
    if (check === undefined) throw new Error(`nothing of ${name} in ${stdout}`);
    const word = check.isNote ? "note" : check.isOk ? "ok" : "broken";
    return { word, ...check };
  };
  return { exitCode, of, names: checks.map(({ name }) => name) };
}

function withReaper(): { copy: Copy; reaper: string } {
  const copy = copyProgram({ reaper: FILES });
  return { copy, reaper: temporaryFolder() };
}

describe("hosts", () => {
  test("missing hosts are not a failure, and each is named", async () => {
    const { copy } = withReaper();
    const { exitCode, of } = await doctor(copy);
    expect(exitCode).toBe(0);
    for (const name of ["Ardour", "REAPER", "Bitwig Studio", "Ableton Live"]) {
      expect(of(name)).toMatchObject({ word: "note", detail: "not found on this machine" });
    }
    for (const name of ["token", "daemon", "requests", "program.txt"]) expect(of(name).word).toBe("note");
  });

  test("installed and current; found without our scripts", async () => {
    const { copy, reaper } = withReaper();
    mkdirSync(join(copy.home, ".config", "ardour8"), { recursive: true });
    copy.ship("ardour", { "continuo_fill.lua": "fill" });
    await copy.run("install", "reaper", "--to", reaper);
    const { exitCode, of } = await doctor(copy);
    expect(exitCode).toBe(0);
    expect(of("REAPER")).toMatchObject({ word: "ok" });
    expect(of("REAPER").detail).toContain("2 files");
    expect(of("program.txt").word).toBe("ok");
    if (process.platform !== "linux") return;
    expect(of("Ardour 8")).toMatchObject({ word: "note" });
    expect(of("Ardour 8").detail).toContain("continuo install ardour");
  });

  test("of another version, lacking a file, changed by the user", async () => {
    const { copy, reaper } = withReaper();
    await copy.run("install", "reaper", "--to", reaper);
    const file = join(reaper, "Scripts", "Continuo", "Continuo fill.lua");
    writeFileSync(file, "mine");
    const changed = await doctor(copy);
    expect([changed.exitCode, changed.of("REAPER").word]).toEqual([0, "note"]);
    expect(changed.of("REAPER").detail).toContain("Continuo fill.lua");
    rmSync(file);
    const lacking = await doctor(copy);
    expect([lacking.exitCode, lacking.of("REAPER").word]).toEqual([1, "broken"]);
    await copy.run("install", "reaper", "--to", reaper);
    expect((await doctor(copy)).exitCode).toBe(0);
    copy.ship("reaper", { ...FILES, "Continuo fill.lua": "a later one" });
    const old = await doctor(copy);
    expect([old.exitCode, old.of("REAPER").word]).toEqual([1, "broken"]);
    expect(old.of("REAPER").detail).toContain("continuo install reaper");
  });

  test("a record that is broken is one line", async () => {
    const { copy } = withReaper();
    mkdirSync(copy.continuo, { recursive: true });
    writeFileSync(join(copy.continuo, "hosts.json"), "{}");
    const { exitCode, of } = await doctor(copy);
    expect(exitCode).toBe(1);
    expect(of("hosts")).toMatchObject({ word: "broken", code: "HOSTS_RECORD_INVALID" });
  });

  test("for people: a word, a name and a sentence a line", async () => {
    const { copy, reaper } = withReaper();
    await copy.run("install", "reaper", "--to", reaper);
    rmSync(join(copy.continuo, "program.txt"));
    const { exitCode, stdout } = await copy.run("doctor", "--model", inject("tinyModel"));
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^ok {3}REAPER: 2 files in /m);
    expect(stdout).toMatch(/^-- {3}Bitwig Studio: not found/m);
    expect(stdout).toMatch(/^FAIL program\.txt: not there; continuo install/m);
  });
});

describe("program.txt", () => {
  const here = { node: process.execPath, program: join(process.cwd(), "package.json") };

  function examined(text: string, isNeeded = true) {
    const home = temporaryFolder();
    writeFileSync(join(home, "program.txt"), text);
    return examineProgramFile({ CONTINUO_HOME: home }, here, isNeeded).state;
  }

  test("must name two files that are there", () => {
    expect(examined(`${here.node}\n${here.program}\n`)).toBe("ok");
    expect(examined(`${here.node}\n${here.program}`)).toBe("ok");
    expect(examined(`${here.node}\n/gone/cli.js\n`)).toBe("broken");
    expect(examined(`/gone/node\n${here.program}\n`)).toBe("broken");
    // Another copy of the program, which works all the same.
    expect(examined(`${here.node}\n${join(process.cwd(), "README.md")}\n`)).toBe("note");
    for (const text of ["", `${here.node}\n`, `${here.node}\n${here.program}\nmore\n`]) {
      expect(examined(text)).toBe("broken");
    }
  });

  test.skipIf(process.platform === "win32")("must not be open to others, nor its folder", () => {
    const home = temporaryFolder();
    const file = join(home, "program.txt");
    writeFileSync(file, `${here.node}\n${here.program}\n`);
    for (const [path, open, closed] of [
      [file, 0o622, 0o644],
      [home, 0o777, 0o755],
    ] as const) {
      chmodSync(path, open);
      expect(examineProgramFile({ CONTINUO_HOME: home }, here, true).state).toBe("broken");
      chmodSync(path, closed);
      expect(examineProgramFile({ CONTINUO_HOME: home }, here, true).state).toBe("ok");
    }
  });
});

describe("the daemon", () => {
  async function withDaemon(): Promise<Copy> {
    const copy = copyProgram({});
    onTestFinished(async () => void (await copy.run("stop")));
    mkdirSync(copy.continuo, { recursive: true });
    const { exitCode } = await copy.run("serve", "--detach", "--port", "0", "--tcp-port", "0");
    expect(exitCode).toBe(0);
    return copy;
  }

  test("that answers, with its token and its folder", async () => {
    const copy = await withDaemon();
    const { exitCode, of } = await doctor(copy);
    expect(exitCode).toBe(0);
    expect(of("daemon").detail).toMatch(/answers at http:\/\/127\.0\.0\.1:\d+, infill-s on /);
    for (const name of ["token", "daemon", "requests"]) expect(of(name).word).toBe("ok");
  });

  test.skipIf(process.platform === "win32")("whose token or folder others can reach", async () => {
    const copy = await withDaemon();
    chmodSync(join(copy.continuo, "token"), 0o644);
    chmodSync(join(copy.continuo, "requests"), 0o777);
    const { exitCode, of } = await doctor(copy);
    expect(exitCode).toBe(1);
    expect(of("token")).toMatchObject({ word: "broken" });
    expect(of("requests")).toMatchObject({ word: "broken", code: "FOLDER_SHARED" });
    expect(of("daemon").word).toBe("ok");
    // As the message says.
    await copy.run("token", "--rotate");
    expect((await doctor(copy)).of("token").word).toBe("ok");
  });

  test("that is not where it says, and has lost its folder", async () => {
    const copy = await withDaemon();
    const lock = join(copy.continuo, "daemon.json");
    const said = readFileSync(lock, "utf8");
    renameSync(join(copy.continuo, "requests"), join(copy.continuo, "moved"));
    writeFileSync(lock, said.replace(/"url":"[^"]*"/, '"url":"http://127.0.0.1:9"'));
    const { exitCode, of } = await doctor(copy);
    expect(exitCode).toBe(1);
    expect(of("daemon")).toMatchObject({ word: "broken" });
    expect(of("requests")).toMatchObject({ word: "broken" });
    expect(of("token").word).toBe("ok");
    writeFileSync(lock, said);
    expect((await doctor(copy)).of("daemon").word).toBe("ok");
  });

  test("invalid settings, and an invalid token", async () => {
    const copy = copyProgram({});
    mkdirSync(copy.continuo, { recursive: true, mode: 0o700 });
    writeFileSync(join(copy.continuo, "config.json"), '{"prot": 1}');
    writeFileSync(join(copy.continuo, "token"), "none", { mode: 0o600 });
    const { exitCode, of } = await doctor(copy);
    expect(exitCode).toBe(1);
    expect(of("requests")).toMatchObject({ word: "broken", code: "CONFIG_INVALID" });
    expect(of("token")).toMatchObject({ word: "broken" });
  });
});
