/**
 * A simulated daemon in the watched folder: the test writes its answers.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { type FillRequest, fillRequestSchema } from "../../../../bridge/protocol/fill.ts";

const LOOK_MS = 3;
const messageSchema = z.object({ method: z.string(), params: z.looseObject({}), format: z.literal("lines") });
type Message = z.infer<typeof messageSchema>;

export interface ScriptedDaemon {
  home: string;
  folder: string;
  messages: Message[];
  /** Of the fill that was asked for last, by the daemon's own schema. */
  request(): FillRequest;
}

/** @param answer  the lines of an answer, or undefined for none yet */
export function scriptedDaemon(answer: (message: Message) => string | undefined = greet): ScriptedDaemon {
  const home = mkdtempSync(join(tmpdir(), "continuo-scripted-"));
  const folder = join(home, "requests");
  mkdirSync(folder);
  writeFileSync(join(home, "token"), "0".repeat(64));
  writeFileSync(
    join(home, "daemon.json"),
    JSON.stringify({ url: "http://127.0.0.1:9", folder, pid: process.pid, version: "0.1.0" }),
  );
  const messages: Message[] = [];
  const timer = setInterval(() => {
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".request.json"))) {
      const message = messageSchema.parse(JSON.parse(readFileSync(join(folder, name), "utf8")));
      rmSync(join(folder, name));
      messages.push(message);
      const text = answer(message);
      if (text === undefined) continue;
      const path = join(folder, name.replace(".request.json", ".response.txt"));
      writeFileSync(`${path}.part`, text);
      renameSync(`${path}.part`, path);
    }
  }, LOOK_MS);
  onTestFinished(() => {
    clearInterval(timer);
    rmSync(home, { recursive: true, force: true });
  });
  return {
    home,
    folder,
    messages,
    request: () => {
      const start = messages.findLast(({ method }) => method === "fill/start");
      return fillRequestSchema.parse(start?.params.request);
    },
  };
}

/** Knows its protocol, and has no time for fills. */
export function greet({ method }: { method: string }): string {
  if (method === "status") return 'json {"protocolVersion":1}\nEND\n';
  return "error BUSY no time\nEND\n";
}
