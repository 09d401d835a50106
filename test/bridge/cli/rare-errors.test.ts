/**
 * Errors that few users meet, each provoked by its cause.
 */
import { copyFileSync, cpSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { installCommand } from "../../../bridge/cli/install.ts";
import { inPreferredOrder } from "../../../bridge/daemon/handlers.ts";
import { Journal } from "../../../bridge/daemon/journal/journal.ts";
import { Preference } from "../../../bridge/daemon/journal/preference.ts";
import { Guard } from "../../../bridge/daemon/transports/guard.ts";
import { platformName } from "../../../bridge/engine/addon.ts";
import { checked } from "../../../bridge/engine/native-call.ts";
import { importModel } from "../../../bridge/engine/user-models.ts";
import { Lock } from "../../../bridge/instance/lock.ts";
import { fillRequestSchema } from "../../../bridge/protocol/fill.ts";
import { errorCode, finish, runCli, startCli, temporaryFolder } from "../support/cli.ts";
import { header, plainFile, quarters, track } from "../support/smf.ts";

const PIECE = "test/fixtures/faure-apres-un-reve.mid";

async function codeOf(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const result = await runCli(args, { env });
  expect(result.exitCode).not.toBe(0);
  return errorCode(result.stderr);
}

/** A path at which a file stands where a folder is wanted. */
function fileInTheWay(name = "in-the-way"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, "");
  return path;
}

describe("the user's folder", () => {
  test("TOKEN_UNREADABLE: something else than a file", async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, "token"));
    expect(await codeOf(["token"], { CONTINUO_HOME: home })).toBe("TOKEN_UNREADABLE");
  });

  test("TOKEN_NOT_WRITTEN: no room for the new one", async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, "token.part"));
    expect(await codeOf(["token"], { CONTINUO_HOME: home })).toBe("TOKEN_NOT_WRITTEN");
  });

  test.each(["models", "requests", "runs"])("HOME_DAMAGED: %s is a file", async (name) => {
    const home = temporaryFolder();
    writeFileSync(join(home, name), "x");
    const serve = ["serve", "--port", "0", "--tcp-port", "0"];
    expect(await codeOf(serve, { CONTINUO_HOME: home })).toBe("HOME_DAMAGED");
    // Nothing was begun that would have to be cleared away.
    expect(readdirSync(home)).toEqual([name]);
  });

  test("HOME_NOT_WRITABLE: a file where the folder should be", () => {
    expect(() => Lock.take({ CONTINUO_HOME: fileInTheWay() })).toThrowError(
      expect.objectContaining({ code: "HOME_NOT_WRITABLE" }),
    );
  });

  test("MODEL_NOT_WRITTEN: a file where the models should be", async () => {
    const home = temporaryFolder();
    writeFileSync(join(home, "models"), "");
    const source = { licence: "none", source: "test", env: { CONTINUO_HOME: home } };
    expect(() => importModel("models/howl-lstm-192", { name: "mine", ...source })).toThrowError(
      expect.objectContaining({ code: "MODEL_NOT_WRITTEN" }),
    );
  });

  test("INSTALL_FAILED: a file where systemd looks", async () => {
    if (process.platform !== "linux") return;
    const env = { XDG_CONFIG_HOME: fileInTheWay() };
    expect(await codeOf(["install", "service", "--no-enable"], env)).toBe("INSTALL_FAILED");
  });
});

describe("the daemon", () => {
  test("LISTEN_FAILED: an address that is not this machine's", async () => {
    const args = ["serve", "--port", "0", "--tcp-port", "0", "--listen", "192.0.2.1", "--insecure"];
    expect(await codeOf(args, { CONTINUO_HOME: temporaryFolder() })).toBe("LISTEN_FAILED");
  });

  test("DAEMON_NOT_STARTED: says what the daemon said", async () => {
    const home = temporaryFolder();
    writeFileSync(join(home, "config.json"), '{"prot": 1}');
    const result = await runCli(["serve", "--detach"], { env: { CONTINUO_HOME: home } });
    expect(errorCode(result.stderr)).toBe("DAEMON_NOT_STARTED");
    expect(result.stderr).toContain("prot");
  });

  test("DAEMON_NOT_STOPPED: one that stands still", async () => {
    if (process.platform === "win32") return;
    const env = { CONTINUO_HOME: temporaryFolder() };
    const daemon = startCli(["serve", "--port", "0", "--tcp-port", "0", "--json"], { env });
    const ended = finish(daemon);
    try {
      await new Promise((ready) => daemon.stdout?.once("data", ready));
      daemon.kill("SIGSTOP");
      expect(await codeOf(["stop"], env)).toBe("DAEMON_NOT_STOPPED");
    } finally {
      daemon.kill("SIGCONT");
      daemon.kill("SIGTERM");
      await ended;
    }
  });

  test("JOB_UNANSWERED: a fill that was cut off has nothing to be made again", async () => {
    const env = { CONTINUO_HOME: temporaryFolder() };
    const { journal } = await Journal.open(env, "1");
    const request = fillRequestSchema.parse({
      ppq: 24,
      tracks: [{ id: "a", notes: [] }],
      region: { trackId: "a", startTick: 0, endTick: 24 },
      sampling: { seed: 1 },
    });
    journal.append({ type: "request", jobId: "cut-off", client: "test", request });
    await journal.close();
    const output = join(temporaryFolder(), "out.mid");
    expect(await codeOf(["replay", "cut-off", "-o", output], env)).toBe("JOB_UNANSWERED");
  });

  test("HOST_FORBIDDEN and ORIGIN_FORBIDDEN", () => {
    const guard = new Guard(() => "secret", []);
    const code = (code: string) => expect.objectContaining({ code });
    expect(() => guard.checkSource({ host: "evil.example" })).toThrowError(code("HOST_FORBIDDEN"));
    const foreign = { host: "127.0.0.1:1", origin: "https://evil.example" };
    expect(() => guard.checkSource(foreign)).toThrowError(code("ORIGIN_FORBIDDEN"));
    expect(() => guard.checkSource({ host: "127.0.0.1:1" })).not.toThrow();
  });

  test("REORDERED: the warning that another order is offered", () => {
    const candidate = (seed: number, copied: number) => ({
      ...{ seed, copied, notes: [], logProbPerNote: -1, outOfScale: 0 },
    });
    const result = {
      model: { id: "m", sha256: "0" },
      device: "cpu",
      seed: 0,
      region: { trackId: "a", startTick: 0, endTick: 96 },
      removed: [],
      candidates: [candidate(1, 0.9), candidate(2, 0.1)],
      warnings: [],
      timings: { loadMs: 0, promptMs: 0, generateMs: 0, totalMs: 0 },
    };
    const preference = new Preference();
    expect(inPreferredOrder(result, preference).warnings).toEqual([]);
    for (let k = 0; k < 12; k++) preference.accept(result, 1);
    const { warnings, candidates } = inPreferredOrder(result, preference);
    expect(warnings.map(({ code }) => code)).toEqual(["REORDERED"]);
    expect(candidates.map(({ seed }) => seed)).toEqual([2, 1]);
  });
});

describe("files", () => {
  test("INPUT_TOO_LARGE: a file that takes no room has its size all the same", async () => {
    const input = join(temporaryFolder(), "large.mid");
    writeFileSync(input, "MThd");
    truncateSync(input, 256 * 1024 * 1024 + 1);
    expect(await codeOf(["info", input])).toBe("INPUT_TOO_LARGE");
  });

  test("INPUT_UNREADABLE: a file that the system does not read", async () => {
    if (process.platform !== "linux") return;
    expect(await codeOf(["info", "/proc/self/mem"])).toBe("INPUT_UNREADABLE");
  });

  test("SONG_TOO_LONG: a note in three years", async () => {
    const input = join(temporaryFolder(), "long.mid");
    const late = [0xff, 0xff, 0xff, 0x7f];
    const note = [...late, 0x90, 60, 80, 1, 0x80, 60, 0];
    writeFileSync(input, Buffer.concat([header(0, 1, 1), track(...note)]));
    expect(await codeOf(["notes", input, "--json"])).toBe("SONG_TOO_LONG");
  });

  test("TEXT_NOT_WRITTEN: a report in a folder that is not there", async () => {
    const data = join(temporaryFolder(), "data");
    await runCli(["dataset", "build", "test/fixtures", "-o", data]);
    const page = join(fileInTheWay(), "page.html");
    expect(await codeOf(["dataset", "info", data, "--html", page])).toBe("TEXT_NOT_WRITTEN");
  });

  test("CONTEXT_EMPTY: a recurrent model has nothing to go on from", async () => {
    const input = join(temporaryFolder(), "late.mid");
    writeFileSync(input, plainFile());
    const args = ["fill", input, "--track", "1", "--bars", "1-2", "--model", "howl-lstm-192", "--json"];
    const result = await runCli([...args, "-o", join(temporaryFolder(), "out.mid")]);
    expect(result.exitCode).toBe(0);
    expect(JSON.parse(result.stdout).warnings).toContainEqual(
      expect.objectContaining({ code: "CONTEXT_EMPTY" }),
    );
  });
});

describe("training and evaluation", () => {
  test("DATASET_TOO_SMALL: no track has enough notes to fill a part of", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "two.mid"), Buffer.concat([header(0, 1, 96), track(...quarters(2))]));
    const [data, run] = [join(folder, "data"), join(folder, "run")];
    await runCli(["dataset", "build", folder, "-o", data]);
    const args = ["train", data, "--model", "infill-s", "--batch", "16", "--steps", "1", "--plain"];
    expect(await codeOf([...args, "--out", run])).toBe("DATASET_TOO_SMALL");
  });

  test("EVAL_NO_REGIONS and EVAL_IO: regions of other pieces, and none at all", async () => {
    const folder = temporaryFolder();
    const regions = join(folder, "regions.jsonl");
    expect(await codeOf(["eval", folder, "--regions", regions])).toBe("EVAL_IO");
    writeFileSync(regions, '{"piece": "x.mid", "track": 1, "startTick": 0, "endTick": 10}\n');
    expect(await codeOf(["eval", folder, "--regions", regions])).toBe("EVAL_NO_REGIONS");
  });
});

describe("the native module", () => {
  /** The program without its native modules, as after half an installation. */
  function bareProgram(): string {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "dist"));
    for (const name of readdirSync("dist").filter((name) => name.endsWith(".js"))) {
      copyFileSync(join("dist", name), join(folder, "dist", name));
    }
    cpSync("dist/chunks", join(folder, "dist", "chunks"), { recursive: true });
    copyFileSync("package.json", join(folder, "package.json"));
    return folder;
  }

  async function infoBy(folder: string): Promise<string> {
    const { spawn } = await import("node:child_process");
    const child = spawn(process.execPath, [join(folder, "dist", "cli.js"), "info", resolve(PIECE)]);
    return errorCode((await finish(child)).stderr);
  }

  test("ADDON_NOT_FOUND and ADDON_NOT_LOADED", async () => {
    const folder = bareProgram();
    expect(await infoBy(folder)).toBe("ADDON_NOT_FOUND");
    writeFileSync(join(folder, "dist", `continuo.${platformName()}.node`), "no library");
    expect(await infoBy(folder)).toBe("ADDON_NOT_LOADED");
  });

  test("INTERNAL_REQUEST: a request of another version", async () => {
    const addon = createRequire(import.meta.url)(resolve("dist", `continuo.${platformName()}.node`));
    await expect(checked(addon.info('{"inputs": 1}'), z.unknown())).rejects.toMatchObject({
      code: "INTERNAL_REQUEST",
    });
  });

  test("INTERNAL_ANSWER and INTERNAL_ADDON", async () => {
    const answer = checked(Promise.resolve("{}"), z.object({ file: z.string() }));
    await expect(answer).rejects.toMatchObject({ code: "INTERNAL_ANSWER" });
    const broken = checked(Promise.reject(new Error("broken")), z.unknown());
    await expect(broken).rejects.toMatchObject({ code: "INTERNAL_ADDON" });
  });
});

describe("another system", () => {
  const real = process.platform;
  afterEach(() => {
    Object.defineProperty(process, "platform", { value: real });
  });

  test("SERVICE_UNSUPPORTED: none of the three that start things at login", async () => {
    Object.defineProperty(process, "platform", { value: "sunos" });
    const stream = { write: () => {} };
    const io = { stdout: stream, stderr: stream, env: {}, signal: new AbortController().signal };
    const asked = installCommand(io).parseAsync(["service"], { from: "user" });
    await expect(asked).rejects.toMatchObject({ code: "SERVICE_UNSUPPORTED" });
  });
});
