/**
 * A simulated daemon: answers in the watched folder as the test says, and records the requests.
 */
import {
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
import type { FillRequest } from "../../../../bridge/protocol/fill.ts";

const LOOK_MS = 5;

export interface Asked {
  method: string;
  params: {
    title?: string;
    request?: FillRequest;
    jobId?: string;
    candidate?: number;
    tracks?: { id: string; name?: string }[];
  };
}

export interface Puppet {
  home: string;
  asked: Asked[];
  /** The fills that it was asked for. */
  requests(): FillRequest[];
}

/** Start tick, duration, pitch, velocity. */
export type PuppetNote = [number, number, number, number];

/** What it says to a call; undefined: nothing. `count` of calls of this method, from 1. */
export type Answers = (asked: Asked, count: number) => string | undefined;

/** A done job with these candidates. */
export function doneJob(
  candidates: PuppetNote[][],
  id = "job-1",
  removed: readonly PuppetNote[] = [],
): string {
  const old = removed.map((note) => `removed ${note.join(" ")} 0`);
  const lines = candidates.flatMap((notes, index) => [
    `candidate ${index} ${notes.length} ${index + 1}`,
    ...notes.map((note) => `note ${note.join(" ")} 0`),
  ]);
  return [
    `job ${id} done`,
    "progress 1.000 1 1 0",
    "model puppet cpu",
    "seed 1",
    ...old,
    ...lines,
    "END",
    "",
  ].join("\n");
}

export const runningJob = "job job-1 running\nprogress 0.250 3 0 0\nEND\n";
/** What `roll/ask` is answered; `fill/get` is then as of a fill. */
export const openedRoll = runningJob.replace("END", "url http://127.0.0.1:9/page#ticket\nEND");
export const statusOf = (protocolVersion: number): string =>
  `json {"protocolVersion":${protocolVersion}}\nEND\n`;

/** The answer to `fill/order`: tracks with these names in their order, or as they were sent. */
export function orderOf({ params }: Asked, names?: readonly string[]): string {
  const tracks = params.tracks ?? [];
  const ordered =
    names === undefined ? tracks : names.flatMap((name) => tracks.filter((one) => one.name === name));
  return [...ordered.map(({ id }) => `track ${id}`), "END", ""].join("\n");
}

function usual(call: Asked): string | undefined {
  if (call.method === "status") return statusOf(1);
  return call.method === "fill/order" ? orderOf(call) : undefined;
}

export interface PuppetOptions {
  pid?: number;
  /** Where it is looked for; a folder of its own where left out. */
  home?: string;
}

export function startPuppet(answers: Answers, options: PuppetOptions = {}): Puppet {
  const { pid = process.pid, home = mkdtempSync(join(tmpdir(), "continuo-puppet-")) } = options;
  const folder = mkdtempSync(join(home, "requests-"));
  mkdirSync(join(home, "hosts"), { recursive: true });
  const daemon = { url: "http://127.0.0.1:9", tcpPort: 9, folder, pid, version: "0.1.0" };
  writeFileSync(join(home, "daemon.json"), JSON.stringify(daemon));
  writeFileSync(join(home, "token"), "0".repeat(64));
  const asked: Asked[] = [];
  const look = () => {
    for (const file of readdirSync(folder)) {
      const name = file.match(/^(.*)\.request\.json$/)?.[1];
      if (name === undefined) continue;
      const call: Asked = JSON.parse(readFileSync(join(folder, file), "utf8"));
      rmSync(join(folder, file));
      asked.push(call);
      const count = asked.filter(({ method }) => method === call.method).length;
      const text = answers(call, count) ?? usual(call);
      if (text === undefined) continue;
      writeFileSync(join(folder, `${name}.part`), text);
      renameSync(join(folder, `${name}.part`), join(folder, `${name}.response.txt`));
    }
  };
  const timer = setInterval(look, LOOK_MS);
  onTestFinished(() => {
    clearInterval(timer);
    rmSync(options.home === undefined ? home : join(home, "daemon.json"), { recursive: true, force: true });
  });
  const requests = () => asked.flatMap(({ params }) => (params.request ? [params.request] : []));
  return { home, asked, requests };
}
