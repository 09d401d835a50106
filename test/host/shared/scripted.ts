/**
 * Actions in the smallest host (memory_host.lua) with a simulated daemon; nothing waits.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { runLua } from "./lua.ts";

/** What a host was told and did, and what the daemon was asked. */
export interface State {
  said: string[];
  hinted: string[];
  asked: string[];
  written: { title: string; removed?: number; added?: number; count?: number }[];
  notes: string[];
  methods: string[];
  [more: string]: unknown;
}

/** `run(MODE, MEANWHILE)` plays an action by the host's own clock; `state(MORE)` is what is returned. */
const PRELUDE = `local memory_host = require("memory_host")
  local host = memory_host.new()
  local function run(mode, meanwhile)
    local job = require("shared.action").start(host, mode)
    for step = 1, 20000 do
      if job:step() then return job end
      if meanwhile then meanwhile(job, step) end
      host.clock = host.clock + 0.02
    end
    error("it does not end")
  end
  local function state(more)
    local result = more or {}
    for _, key in ipairs({ "said", "hinted", "asked", "written" }) do result[key] = json.list(host[key]) end
    result.notes, result.methods = json.list(memory_host.keys(host.list)), json.list(memory_host.methods(host))
    return result
  end
`;

/** @param daemon  Lua that sets `host.transport` */
export function useScripted(daemon: string): (lua: string, chunk: string) => Promise<State> {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "continuo-scripted-"));
    const folder = join(home, "requests");
    mkdirSync(folder);
    writeFileSync(join(home, "daemon.json"), JSON.stringify({ url: "http://x", folder, pid: process.pid }));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  return async (lua, chunk) =>
    (await runLua(lua, PRELUDE + daemon + chunk, null, { CONTINUO_HOME: home })) as State;
}
