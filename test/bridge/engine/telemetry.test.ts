/**
 * Files left by ONNX Runtime's telemetry: found, and deleted without touching anything else.
 */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import {
  findTelemetryFiles,
  removeTelemetryFiles,
  telemetryFolder,
} from "../../../bridge/engine/telemetry-files.ts";
import { runCli, temporaryFolder } from "../support/cli.ts";

const OWN = ["deviceid", "deviceid.lock", "onnxruntime.db", "onnxruntime.db-shm", "onnxruntime.db-wal"];

/** A home in which the library was at work. */
function usedHome(names: readonly string[] = OWN): { env: NodeJS.ProcessEnv; home: string; folder: string } {
  const home = temporaryFolder();
  const env = { HOME: home, XDG_CACHE_HOME: "" };
  const folder = telemetryFolder(env) ?? "";
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), "x");
  return { env, home, folder };
}

test("where each system has it", () => {
  const rest = join("Microsoft", "DeveloperTools", ".onnxruntime");
  expect(telemetryFolder({ HOME: "/h" }, "linux")).toBe(join("/h", ".cache", rest));
  expect(telemetryFolder({ HOME: "/h", XDG_CACHE_HOME: "/c" }, "linux")).toBe(join("/c", rest));
  expect(telemetryFolder({ HOME: "/h", XDG_CACHE_HOME: "/c" }, "darwin")).toBe(
    join("/h", "Library", "Application Support", rest),
  );
  expect(telemetryFolder({ HOME: "/h" }, "win32")).toBeUndefined();
});

describe.skipIf(process.platform === "win32")("its files", () => {
  test("are found by their names and deleted with the folders around them", () => {
    const { env, home, folder } = usedHome();
    const files = findTelemetryFiles(env);
    expect(files).toEqual({ folder, names: OWN });
    if (files !== undefined) removeTelemetryFiles(files);
    expect(findTelemetryFiles(env)).toBeUndefined();
    expect(
      readdirSync(home, { recursive: true }).filter((path) => String(path).includes("Microsoft")),
    ).toEqual([]);
  });

  test("stay apart from what is not the library's, and from links", () => {
    const { env, folder } = usedHome(["deviceid", "deviceid.txt", "notes.db"]);
    const elsewhere = join(temporaryFolder(), "mine");
    writeFileSync(elsewhere, "mine");
    symlinkSync(elsewhere, join(folder, "onnxruntime.db"));
    const files = findTelemetryFiles(env);
    expect(files?.names).toEqual(["deviceid"]);
    if (files !== undefined) removeTelemetryFiles(files);
    expect(readdirSync(folder).sort()).toEqual(["deviceid.txt", "notes.db", "onnxruntime.db"]);
    expect(existsSync(elsewhere)).toBe(true);
  });

  test("are not looked for behind a folder that is a link", () => {
    const { folder } = usedHome();
    const home = temporaryFolder();
    const env = { HOME: home };
    const link = telemetryFolder(env) ?? "";
    mkdirSync(join(link, ".."), { recursive: true });
    symlinkSync(folder, link);
    expect(findTelemetryFiles(env)).toBeUndefined();
  });

  test("the doctor says what they are and deletes them when it is asked to", async () => {
    const { env, folder } = usedHome();
    const doctor = async (...args: string[]) => {
      const { stdout } = await runCli(["doctor", "--model", inject("tinyModel"), ...args], { env });
      return stdout.split("\n").find((line) => line.includes("telemetry")) ?? "";
    };
    const found = await doctor();
    expect(found).toMatch(/^-- {3}telemetry: ONNX Runtime's is off, but/);
    expect(found).toContain(`deviceid, deviceid.lock, onnxruntime.db, `);
    expect(found).toContain(folder);
    expect(found).toContain("continuo doctor --remove-telemetry");
    expect(readdirSync(folder)).toEqual(OWN);
    expect(await doctor("--remove-telemetry")).toMatch(
      /^ok {3}telemetry: ONNX Runtime's is off; deleted deviceid,/,
    );
    expect(existsSync(folder)).toBe(false);
    expect(await doctor()).toBe("ok   telemetry: ONNX Runtime's is off and has left no files");
  });
});
