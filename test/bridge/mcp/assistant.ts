/**
 * An assistant: the SDK's own client, connected to the real program over stdin and stdout, in a folder of songs.
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, onTestFinished } from "vitest";
import * as z from "zod";
import { newHome } from "../../e2e/support/daemon.ts";
import { PROGRAM, temporaryFolder } from "../support/cli.ts";

export const FAURE = resolve("test/fixtures/faure-apres-un-reve.mid");

export const answerSchema = z.object({
  content: z.array(z.object({ type: z.literal("text"), text: z.string() })).length(1),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});

export async function assistant(folder: string, options: { home?: string; args?: string[] } = {}) {
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
  const ask = async (name: string, args: Record<string, unknown>) => {
    const answer = answerSchema.parse(await client.callTool({ name, arguments: args }));
    return { ...answer, text: answer.content[0]?.text ?? "" };
  };
  return {
    client,
    pid: transport.pid,
    /** The answer's value, or the code of its error. */
    async call(name: string, args: Record<string, unknown>) {
      const { text, structuredContent, isError } = await ask(name, args);
      if (isError) return { error: /^error\[(\w+)\]/.exec(text)?.[1] ?? text };
      expect(JSON.parse(text)).toEqual(structuredContent);
      return structuredContent ?? {};
    },
    /** What an error says. */
    async refused(name: string, args: Record<string, unknown>): Promise<string> {
      const { text, isError } = await ask(name, args);
      expect(isError, text).toBe(true);
      return text;
    },
  };
}

/** @param song  a file that is copied as song.mid */
export function folderWithSong(song = FAURE): string {
  const folder = join(temporaryFolder(), "songs");
  mkdirSync(folder);
  copyFileSync(song, join(folder, "song.mid"));
  return folder;
}
