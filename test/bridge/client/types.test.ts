/**
 * The types of `continuo/client`, checked by the compiler in a project that has only the package.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/cli.ts";

const CONSUMER = `
import { AbortError, BridgeError, connect, hasCode } from "continuo/client";
import type { Client, ErrorCode, Filling, FillRequest, FillResult } from "continuo/client";

const client: Client = await connect({ name: "consumer", reconnect: true });
const request: FillRequest = {
  ppq: 480,
  tracks: [{ id: "1", notes: [{ startTick: 0, durationTicks: 480, pitch: 60, velocity: 80 }] }],
  region: { trackId: "1", startTick: 480, endTick: 1920 },
  mode: "continue",
};
const stop: () => void = client.on("models/changed", ({ models }) => models.map(({ id }) => id.length));
try {
  const result: FillResult = await client.fill(request, {
    signal: new AbortController().signal,
    onProgress: ({ fraction, notes }) => fraction + notes.length,
    onCandidate: (candidate, index) => candidate.notes[index]?.channel.toFixed(),
  });
  const filling: Filling = client.fill(request);
  for await (const { fraction } of filling) fraction.toFixed();
  (await filling).candidates.length;
  const [best] = result.candidates;
  const pitches: number[] = best === undefined ? [] : best.notes.map(({ pitch }) => pitch);
  const { model } = await client.call("status", {});
  const name: string | undefined = model?.id;
  [pitches, name];
} catch (thrown) {
  if (thrown instanceof BridgeError && thrown.retryable) thrown.code.toLowerCase();
  if (thrown instanceof AbortError) thrown.cause;
  if (hasCode(thrown, "BUSY", "CANCELLED")) {
    const code: "BUSY" | "CANCELLED" = thrown.code;
    const known: ErrorCode = code;
    known.length;
  }
  // @ts-expect-error a code that there is not
  hasCode(thrown, "BUZY");
}
stop();
client.close();
{
  await using scoped: Client = await connect();
  scoped.call("status", {});
}
// @ts-expect-error a method that there is not
client.call("fill/begin", {});
// @ts-expect-error a field that there is not
client.fill({ ...request, moed: "vary" });
// @ts-expect-error without its job
client.call("fill/get", {});
`;

interface Compiled {
  exitCode: number;
  output: string;
}

/** Compile a project whose only package is ours; types of Node only where they are asked for. */
function compile(source: string, options: Record<string, unknown>): Promise<Compiled> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules", "continuo"), { recursive: true });
  for (const name of ["package.json", "dist"]) {
    symlinkSync(resolve(name), join(folder, "node_modules", "continuo", name));
  }
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    module: "nodenext",
    target: "es2022",
    preserveSymlinks: true,
    typeRoots: [resolve("node_modules/@types")],
    ...options,
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
  writeFileSync(join(folder, "main.ts"), source);
  return new Promise((done) => {
    execFile(
      process.execPath,
      [resolve("node_modules/typescript/bin/tsc"), "-p", folder],
      (error, stdout) => {
        done({ exitCode: Number(error?.code ?? 0), output: stdout });
      },
    );
  });
}

test("a project for Node compiles, checks what it should, and needs no zod", async () => {
  const options = { lib: ["es2023"], types: ["node"] };
  expect(await compile(CONSUMER, options)).toEqual({ exitCode: 0, output: "" });
});

test("a project for pages compiles without the types of Node", async () => {
  const source = CONSUMER.replace("reconnect: true", 'url: "http://127.0.0.1:7878", token: "secret"');
  const bundler = { module: "esnext", moduleResolution: "bundler", customConditions: ["browser"] };
  const options = { ...bundler, lib: ["es2023", "dom"], types: [] };
  expect(await compile(source, options)).toEqual({ exitCode: 0, output: "" });
});

test("the bundle for pages is small and asks for nothing of Node", () => {
  const bundle = readFileSync("dist/client.browser.js");
  expect(gzipSync(bundle).length).toBeLessThan(50_000);
  expect(bundle.toString()).not.toMatch(/\bimport\s*["'{*]|\brequire\s*\(|from\s*["']node:/);
});
