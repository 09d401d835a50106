/**
 * The tools as an assistant calls them: the SDK's own client, the real program, files in allowed folders.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { newHome, startDaemon } from "../../e2e/support/daemon.ts";
import { PROGRAM, runCli, temporaryFolder } from "../support/cli.ts";

const FAURE = resolve("test/fixtures/faure-apres-un-reve.mid");

const answerSchema = z.object({
  content: z.array(z.object({ type: z.literal("text"), text: z.string() })).length(1),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});

async function assistant(folder: string, options: { home?: string; args?: string[] } = {}) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [PROGRAM, "mcp", ...(options.args ?? [])],
    cwd: folder,
    env: { ...(process.env as Record<string, string>), CONTINUO_HOME: options.home ?? newHome() },
    stderr: "inherit",
  });
  const client = new Client({ name: "test", version: "0" });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return {
    client,
    pid: transport.pid,
    async call(name: string, args: Record<string, unknown>) {
      const { content, structuredContent, isError } = answerSchema.parse(
        await client.callTool({ name, arguments: args }),
      );
      const text = content[0]?.text ?? "";
      if (isError) return { error: /^error\[(\w+)\]/.exec(text)?.[1] ?? text };
      expect(JSON.parse(text)).toEqual(structuredContent);
      return structuredContent ?? {};
    },
  };
}

function folderWithSong(): string {
  const folder = join(temporaryFolder(), "songs");
  mkdirSync(folder);
  copyFileSync(FAURE, join(folder, "song.mid"));
  return folder;
}

test("list, fill, vary, continue, evaluate: files in, files out, as the command line makes them", async () => {
  const folder = folderWithSong();
  const { client, call } = await assistant(folder);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    "list_tracks",
    "fill",
    "vary",
    "continue",
    "evaluate_candidates",
  ]);
  expect(await call("list_tracks", { file: "song.mid" })).toMatchObject({
    tracks: [{ track: 1 }, { track: 2 }, { track: 3 }],
  });

  const common = { file: "song.mid", track: 1, model: "tiny", seed: 3 };
  const filled = await call("fill", {
    ...common,
    bars: "9-12",
    output: "a.mid",
    candidates: 2,
    scale: "auto",
  });
  expect(filled).toMatchObject({ seed: 3, region: { track: 1 }, candidates: [{}, {}] });
  await call("vary", { ...common, bars: "9.1-10.2", output: "b.mid", amount: 0.5 });
  await call("continue", { ...common, bars: 2, output: join(folder, "c.mid") });
  expect(readdirSync(folder).sort()).toEqual(["a.2.mid", "a.mid", "b.mid", "c.mid", "song.mid"]);

  const args = ["fill", FAURE, "--track", "1", "--bars", "9-12", "--model", "models/infill-s"];
  const byHand = join(temporaryFolder(), "a.mid");
  await runCli([...args, "--seed", "4", "-o", byHand]);
  await call("fill", { file: "song.mid", track: 1, bars: "9-12", seed: 4, output: "d.mid" });
  expect(readFileSync(join(folder, "d.mid")).equals(readFileSync(byHand))).toBe(true);

  const evaluation = await call("evaluate_candidates", {
    file: "song.mid",
    track: 1,
    bars: "9-12",
    candidates: ["song.mid", "a.mid", "d.mid"],
  });
  const { original, candidates } = z
    .object({ original: z.looseObject({}), candidates: z.array(z.looseObject({ file: z.string() })) })
    .parse(evaluation);
  const [same, first] = candidates;
  expect(same).toEqual({ ...original, file: join(folder, "song.mid") });
  expect(original).toMatchObject({ unchanged: 1 });
  const told = z.object({ candidates: z.array(z.looseObject({})) }).parse(filled).candidates[0];
  expect(first).toMatchObject({
    outOfScale: told?.outOfScale,
    copied: told?.copied,
    noteCount: told?.noteCount,
  });
});

test("nothing outside the allowed folders is read or written, whatever links lead where", async () => {
  const folder = folderWithSong();
  const outside = temporaryFolder();
  copyFileSync(FAURE, join(outside, "secret.mid"));
  writeFileSync(join(outside, "precious.mid"), "precious");
  symlinkSync(join(outside, "secret.mid"), join(folder, "link.mid"));
  symlinkSync(outside, join(folder, "door"));
  symlinkSync(join(outside, "precious.mid"), join(folder, "out.2.mid"));
  const { call } = await assistant(folder);
  for (const file of [
    join(outside, "secret.mid"),
    "link.mid",
    "door/secret.mid",
    "../songs/../x.mid",
    "/etc/passwd",
  ]) {
    expect(await call("list_tracks", { file })).toEqual({ error: "FILE_FORBIDDEN" });
  }
  const common = { file: "song.mid", track: 1, bars: "9-12", model: "tiny" };
  for (const output of [join(outside, "new.mid"), "door/new.mid", "../new.mid", "notes.txt", "song", "."]) {
    expect(await call("fill", { ...common, output })).toEqual({ error: "FILE_FORBIDDEN" });
  }
  expect(await call("fill", { ...common, output: "out.mid", candidates: 2 })).toEqual({
    error: "FILE_FORBIDDEN",
  });
  expect(readFileSync(join(outside, "precious.mid"), "utf8")).toBe("precious");
  expect(existsSync(join(outside, "new.mid"))).toBe(false);
  expect(await call("fill", { ...common, output: "song.mid" })).toEqual({ error: "OUTPUT_IS_INPUT" });
  expect(await call("list_tracks", { file: "none.mid" })).toEqual({ error: "INPUT_NOT_FOUND" });
  expect(await call("fill", { ...common, bars: "x", output: "out.mid" })).toEqual({ error: "BARS_INVALID" });
});

test("--allow names other folders; a daemon that runs does the work", async () => {
  const daemon = await startDaemon({ config: { model: "infill-s" } });
  const [first, second] = [folderWithSong(), temporaryFolder()];
  const args = ["--allow", first, "--allow", second];
  const { call } = await assistant(temporaryFolder(), { home: daemon.home, args });
  const output = join(second, "out.mid");
  const answer = await call("fill", { file: "song.mid", track: 1, bars: "9-12", output, seed: 1 });
  expect(answer).toMatchObject({ candidates: [{ file: output }] });
  await call("list_tracks", { file: output });
  await daemon.stop();
  expect(daemon.log()).toContain('"client":"continuo"');
});
