/**
 * Actions of any host with the real daemon: request, compare, write, remember.
 */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newHome, startDaemon, type TestDaemon } from "../../e2e/support/daemon.ts";
import { onEachLua, runLua } from "./lua.ts";

const BAR = 1_920;
let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const PRELUDE = `local memory_host = require("memory_host")
  local host = memory_host.new()
  local function state(more)
    local result = more or {}
    for _, key in ipairs({ "said", "hinted", "asked", "written" }) do result[key] = json.list(host[key]) end
    result.notes, result.spawned = json.list(memory_host.keys(host.list)), host.spawned
    result.methods = json.list(memory_host.methods(host))
    return result
  end
`;

interface State {
  said: string[];
  hinted: string[];
  asked: string[];
  written: { title: string; removed: number; added: number }[];
  notes: string[];
  spawned: number;
  methods: string[];
  [more: string]: unknown;
}

const act = async (lua: string, chunk: string, env: NodeJS.ProcessEnv = {}) =>
  (await runLua(lua, PRELUDE + chunk, null, { CONTINUO_HOME: daemon.home, ...env })) as State;
const isInside = (key: string) => {
  const start = Number(key.split(" ")[0]);
  return start >= 4 * BAR && start < 6 * BAR;
};
const outside = (keys: string[]) => keys.filter((key) => !isInside(key));
const inside = (keys: string[]) => keys.filter(isInside);
const before = async (lua: string) => (await act(lua, "return state()")).notes;

onEachLua("an action", (lua) => {
  test("fills in one write, and nothing outside is another", async () => {
    const old = await before(lua);
    const now = await act(lua, `memory_host.run(host, "fill") return state()`);
    expect(now.said).toEqual([]);
    expect(now.written).toMatchObject([{ title: "Continuo: fill bars 5-6" }]);
    expect(outside(now.notes)).toEqual(outside(old));
    expect(inside(now.notes)).not.toEqual(inside(old));
    expect(now.methods.slice(0, 2)).toEqual(["status", "fill/start"]);
    // What an earlier program gave up is taken away when the daemon comes to it.
    const left = () => readdirSync(daemon.folder).filter((name) => name.startsWith("memory"));
    await expect.poll(left).toEqual([]);
  });

  test("again swaps candidates without the daemon, then asks for more from the first notes", async () => {
    const now = await act(
      lua,
      `host.store.settings = '{"candidates":2}'
      local first = json.list(memory_host.keys(host.list))
      memory_host.run(host, "fill")
      local one, asked = json.list(memory_host.keys(host.list)), #host.requests
      memory_host.run(host, "again")
      local two, after = json.list(memory_host.keys(host.list)), #host.requests
      memory_host.run(host, "again")
      local request = host.requests[#host.requests]
      local sent
      for _, each in ipairs(host.requests) do if each.method == "fill/start" then sent = each.params.request end end
      return state({ first = first, one = one, two = two, asked_first = asked, after = after, sent = json.list(sent.tracks[1].notes) })`,
    );
    const [first, one, two] = [now.first, now.one, now.two] as string[][];
    expect(now.after).toBe(now.asked_first);
    expect(two).not.toEqual(one);
    expect(outside(two ?? [])).toEqual(outside(first ?? []));
    expect(outside(now.notes)).toEqual(outside(first ?? []));
    expect(now.written.map(({ title }) => title)).toEqual([
      "Continuo: fill bars 5-6",
      "Continuo: next candidate for bars 5-6",
      "Continuo: next candidate for bars 5-6",
    ]);
    const sent = (now.sent as { startTick: number; pitch: number }[]).map(
      ({ startTick, pitch }) => `${startTick} ${pitch} 0 240 80`,
    );
    expect([...sent].sort()).toEqual([...(first ?? [])].sort());
  });

  test("fill again asks the daemon if a setting changed, or a note was kept since", async () => {
    const now = await act(
      lua,
      `host.store.settings = '{"candidates":3}'
      memory_host.run(host, "fill")
      local starts = function()
        local count = 0
        for _, each in ipairs(host.requests) do if each.method == "fill/start" then count = count + 1 end end
        return count
      end
      local counts = json.list()
      host.store.settings = '{"candidates":3,"density":4}'
      memory_host.run(host, "again")
      counts[1] = starts()
      local kept = host.read(host.target)[1]
      require("shared.memory").toggle(host, host.target, { kept })
      memory_host.run(host, "again")
      counts[2] = starts()
      return state({ counts = counts, kept = memory_host.keys({ kept })[1] })`,
    );
    expect(now.counts).toEqual([2, 3]);
    expect(now.notes).toContain(now.kept);
  });

  test("again takes the bars of the last fill where nothing is selected, or a part of them", async () => {
    const now = await act(
      lua,
      `memory_host.run(host, "fill")
      host.targets = function() return nil, "Select something." end
      memory_host.run(host, "again")
      host.targets = function()
        return { { id = "take", track_id = "lead", start_tick = 5 * 1920, end_tick = 5 * 1920 + 480, title = "a note" } }
      end
      memory_host.run(host, "again")
      return state()`,
    );
    expect(now.said).toEqual([]);
    expect(now.written.map(({ title }) => title).slice(1)).toEqual([
      "Continuo: next candidate for bars 5-6",
      "Continuo: next candidate for bars 5-6",
    ]);
  });

  test("the candidate that stands is told to the daemon by the next fill elsewhere", async () => {
    const now = await act(
      lua,
      `memory_host.run(host, "fill")
      memory_host.run(host, "again")
      host.target = { id = "take", track_id = "lead", start_tick = 10 * 1920, end_tick = 11 * 1920, title = "bar 11" }
      memory_host.run(host, "fill")
      local accepted
      for _, each in ipairs(host.requests) do if each.method == "fill/accept" then accepted = each.params.candidate end end
      return state({ accepted = accepted })`,
    );
    expect(now.accepted).toBe(1);
    expect(now.said).toEqual([]);
  });

  test("kept notes stay, whatever is filled", async () => {
    const now = await act(
      lua,
      `local kept = { host.read(host.target)[2], host.read(host.target)[9] }
      local memory = require("shared.memory")
      memory.toggle(host, host.target, kept)
      memory_host.run(host, "fill")
      memory_host.run(host, "again")
      local count, is_kept = memory.toggle(host, host.target, kept)
      return state({ kept = json.list(memory_host.keys(kept)), is_kept = is_kept })`,
    );
    for (const key of now.kept as string[]) expect(now.notes).toContain(key);
    expect(now.is_kept).toBe(false);
  });

  test("vary keeps old notes, as they are", async () => {
    const old = await before(lua);
    const now = await act(
      lua,
      `host.store.settings = '{"amount":0.3}'
      memory_host.run(host, "vary")
      return state()`,
    );
    const stayed = inside(now.notes).filter((key) => inside(old).includes(key));
    expect(stayed.length).toBeGreaterThanOrEqual(8);
    expect(inside(now.notes)).not.toEqual(inside(old));
    expect(outside(now.notes)).toEqual(outside(old));
  });

  test("humanize keeps pitches and their number, and moves notes", async () => {
    const old = await before(lua);
    const now = await act(
      lua,
      `host.store.settings = '{"amount":1}'
      memory_host.run(host, "humanize")
      return state()`,
    );
    const pitches = (keys: readonly string[]) => keys.map((key) => key.split(" ")[1]).sort();
    expect(pitches(inside(now.notes))).toEqual(pitches(inside(old)));
    expect(inside(now.notes)).not.toEqual(inside(old));
    expect(outside(now.notes)).toEqual(outside(old));
  });

  test.each([true, false])("notes that changed meanwhile are replaced only if asked: %s", async (answer) => {
    const now = await act(
      lua,
      `host.answer = ${answer}
      local changed
      memory_host.run(host, "fill", function(job)
        if job.job_id and not changed then
          changed = true
          host.list[40] = { start_tick = 40 * 240, duration_ticks = 100, pitch = 99, velocity = 11, channel = 0 }
        end
      end)
      return state({ changed = changed })`,
    );
    expect(now.changed).toBe(true);
    expect(now.asked).toHaveLength(1);
    expect(now.written).toHaveLength(answer ? 1 : 0);
    expect(now.notes.includes(`${40 * 240} 99 0 100 11`)).toBe(!answer);
    expect(now.said).toEqual([]);
    expect(now.hinted).toEqual(answer ? [] : ["Nothing was changed."]);
  });

  test("cancelled at any step, nothing is written and the daemon's fill ends", async () => {
    for (let step = 1; step < 40; step += step < 12 ? 1 : 7) {
      const now = await act(
        lua,
        `host.store.settings = '{"candidates":8}'
        host.target.end_tick = 12 * 1920
        memory_host.run(host, "fill", function(job, steps) if steps == ${step} then job:cancel() end end)
        return state()`,
      );
      if (now.written.length > 0) continue;
      expect([now.said, now.hinted]).toEqual([[], ["Cancelled. Nothing was changed."]]);
    }
    const left = await act(
      lua,
      `local channel = host.transport(require("shared.home").daemon())
      local call, answer = channel.send("status", {}), nil
      while not answer do os.execute("sleep 0.02") answer = channel.receive(call) end
      return { status = require("shared.lines").parse(answer).json }`,
    );
    expect(JSON.parse(left.status as string).jobs).toMatchObject({ queued: 0, running: 0 });
  });

  test("an error of the daemon is told with its code", async () => {
    const now = await act(
      lua,
      `host.store.settings = '{"model":"no-such"}' memory_host.run(host, "fill") return state()`,
    );
    expect(now.said).toHaveLength(1);
    expect(now.said[0]).toMatch(/\(MODEL_NOT_FOUND\)\. Nothing was changed\.$/);
    expect(now.written).toEqual([]);
  });

  test("what a project remembers may be anything", async () => {
    for (const text of [
      "",
      "null",
      "[]",
      "[7]",
      '[{"original":1}]',
      '[{"original":[[1]],"id":"take"}]',
      '{"a":1}',
      "{",
    ]) {
      const now = await act(
        lua,
        `host.store.last, host.store.locked, host.store.settings = ${JSON.stringify(text)}, ${JSON.stringify(text)}, "[]"
        memory_host.run(host, "again")
        return state()`,
      );
      expect(now.said, text).toEqual([]);
      expect(now.written, text).toHaveLength(1);
    }
  });

  test("no daemon, and none that can be started, is told", async () => {
    const home = newHome();
    const now = await act(lua, `memory_host.run(host, "fill") return state()`, { CONTINUO_HOME: home });
    expect(now.said).toEqual([
      'Continuo\'s daemon is not running: start it by "continuo serve --detach". Nothing was changed.',
    ]);
    writeFileSync(join(home, "program.txt"), "/usr/bin/node\n/nowhere/cli.js\n");
    const again = await act(lua, `memory_host.run(host, "fill") return state()`, { CONTINUO_HOME: home });
    expect(again.spawned).toBe(1);
    expect(again.said[0]).toMatch(/could not be started \(no\)/);
  });

  test.each([0, 2])("a daemon of protocol %s is refused", async (version) => {
    const home = newHome();
    const folder = join(home, "requests");
    mkdirSync(folder);
    writeFileSync(join(home, "daemon.json"), JSON.stringify({ url: "http://x", folder, pid: process.pid }));
    const now = await act(
      lua,
      `local answer = 'json {"protocolVersion":${version}}\\nEND\\n'
      host.transport = function() return { send = function() return {} end, receive = function() return answer end } end
      memory_host.run(host, "fill")
      return state()`,
      { CONTINUO_HOME: home },
    );
    expect(now.said).toEqual([
      `This script speaks protocol 1, the daemon ${version}: run "continuo install memory" again. Nothing was changed.`,
    ]);
  });
});
