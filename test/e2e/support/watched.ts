/**
 * A user whose programs are observed by strace: folders that they may write to, and folders that must stay empty
 * whatever libraries try to store there.
 */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, inject } from "vitest";
import { importModel } from "../../../bridge/engine/user-models.ts";
import { PROGRAM } from "../../bridge/support/cli.ts";
import type { TestDaemon } from "./daemon.ts";
import { type Allowed, startTraced, type Traced, trespasses } from "./strace.ts";
import { until } from "./wait.ts";

const FIXTURES = resolve("test/fixtures");
const SONG = "faure-apres-un-reve.mid";
/** What the system's own programs do when they are called is theirs to answer for. */
const SYSTEM_PROGRAMS = ["systemctl", "notify-send"];
const USER_FOLDERS = [
  ...["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"],
  ...["XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"],
];

export interface Watched {
  /** CONTINUO_HOME. */
  home: string;
  /** Where commands run; it has `song.mid`, `copy.mid`, `songs`, and `watched`, `reaper` and `plugins`, which are empty. */
  work: string;
  /** The temporary folder, empty at the end of every command. */
  temporary: string;
  /** All folders of the user's home, which stay empty. */
  untouched: string;
  /** Run Node with these arguments. */
  start(args: readonly string[], env?: NodeJS.ProcessEnv): Traced;
  /** Run the program. */
  continuo(args: readonly string[], env?: NodeJS.ProcessEnv): Traced;
  /** All that it did stayed in the folders that it may write to, and on connections that are named. */
  expectKeptIn(run: Traced, allowed?: Partial<Allowed>): void;
  remove(): void;
}

export function watchedUser(): Watched {
  const root = mkdtempSync(join(tmpdir(), "continuo-watched-"));
  const folder = (name: string) => {
    mkdirSync(join(root, name), { mode: 0o700 });
    return join(root, name);
  };
  const [home, work, temporary, untouched] = [
    folder("continuo"),
    folder("work"),
    folder("tmp"),
    folder("user"),
  ];
  const [traces, programs] = [folder("traces"), folder("bin")];
  for (const name of SYSTEM_PROGRAMS) {
    writeFileSync(join(programs, name), "#!/bin/sh\n");
    chmodSync(join(programs, name), 0o755);
  }
  putInputs(home, work);
  // Nothing of the environment of who runs the tests: ONNX Runtime is silent by itself where it sees CI.
  const own: NodeJS.ProcessEnv = {
    ...Object.fromEntries(USER_FOLDERS.map((name) => [name, untouched])),
    PATH: `${programs}:${process.env.PATH}`,
    TMPDIR: temporary,
    CONTINUO_HOME: home,
    CONTINUO_BROWSER: "",
    // What a user's environment says does not bring it back.
    ORT_DISABLE_TELEMETRY: "0",
    // strace does not see what goes that way.
    UV_USE_IO_URING: "0",
  };
  const start: Watched["start"] = (args, env = {}) =>
    startTraced([process.execPath, ...args], traces, { cwd: work, env: { ...own, ...env } });
  return {
    ...{ home, work, temporary, untouched, start },
    continuo: (args, env) => start([PROGRAM, ...args], env),
    expectKeptIn: (run, allowed = {}) => {
      const calls = run.calls();
      expect(calls.length).toBeGreaterThan(0);
      expect(trespasses(calls, { folders: [home, work, temporary], ...allowed }, work)).toEqual([]);
      expect(readdirSync(temporary)).toEqual([]);
      expect(readdirSync(untouched)).toEqual([]);
    },
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function putInputs(home: string, work: string): void {
  const songs = join(work, "songs");
  for (const folder of [songs, join(work, "watched"), join(work, "reaper"), join(work, "plugins")])
    mkdirSync(folder);
  for (const name of readdirSync(FIXTURES).filter((name) => name.endsWith(".mid"))) {
    copyFileSync(join(FIXTURES, name), join(songs, name));
  }
  for (const name of ["song.mid", "copy.mid"]) copyFileSync(join(FIXTURES, SONG), join(work, name));
  const request = { id: 1, in: "song.mid", track: 1, startTick: 7680, endTick: 15360, out: "batch.mid" };
  writeFileSync(join(work, "requests.jsonl"), `${JSON.stringify(request)}\n`);
  const model = { name: "tiny", licence: "none", source: "random weights" };
  importModel(inject("tinyModel"), { ...model, env: { CONTINUO_HOME: home } });
}

/** The daemon of `serve --json` as the callers want it, once it is ready. */
export async function watchedDaemon(run: Traced, home: string): Promise<TestDaemon> {
  const line = await until("a daemon", () => (run.said().includes("\n") ? run.said() : undefined));
  const ready = JSON.parse(line);
  const stop = async () => {
    if (run.child.exitCode === null) process.kill(ready.pid, "SIGKILL");
    await run.ended;
  };
  return {
    ...ready,
    port: Number(new URL(ready.url).port),
    ...{ home, child: run.child, ended: run.ended, stop },
    token: () => readFileSync(join(home, "token"), "utf8").trim(),
    log: () => "",
  };
}
