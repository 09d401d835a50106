/**
 * The mode "roll" in any host, with a simulated daemon.
 */
import { expect, test } from "vitest";
import { onEachLua } from "./lua.ts";
import { useScripted } from "./scripted.ts";

const BAR = 1_920;

/** `script[METHOD]`: the answers, one after the other, the last one repeatedly; nothing means no answer. */
const act = useScripted(`local script, counts = {}, {}
  host.dropped = 0
  script.status = { 'json {"protocolVersion":1}' }
  host.transport = function()
    return {
      wait_ms = 150,
      send = function(method, params)
        host.requests[#host.requests + 1] = { method = method, params = params }
        counts[method] = (counts[method] or 0) + 1
        local list = script[method] or {}
        local text = list[math.min(counts[method], #list)]
        return { answer = text and text ~= "" and text .. "\\nEND\\n" or nil }
      end,
      receive = function(call) return call.answer end,
      drop = function() host.dropped = host.dropped + 1 end,
    }
  end
  local function lines_of(list)
    local text = { "job roll-1 done", "progress 1 1 1 0", "candidate 0 " .. #list .. " 0" }
    for _, note in ipairs(list) do
      text[#text + 1] = string.format("note %d %d %d %d %d", note.start_tick, note.duration_ticks, note.pitch,
        note.velocity, note.channel)
    end
    return table.concat(text, "\\n")
  end
  script["roll/ask"] = { "job roll-1 running\\nprogress 0 0 0 0\\nurl http://127.0.0.1:7/page#t" }
  local waiting = "job roll-1 running\\nprogress 0 0 0 0"
`);
const isInside = (key: string) => Number(key.split(" ")[0]) >= 4 * BAR && Number(key.split(" ")[0]) < 6 * BAR;
const COME_BACK = `local back = host.read(host.target)
  back[1] = { start_tick = 4 * 1920 + 7, duration_ticks = 55, pitch = 90, velocity = 33, channel = 2 }
  table.remove(back, 3)
`;

onEachLua("the piano roll", (lua) => {
  test("has the region as it is, and its notes come back as one write of what is another", async () => {
    const before = await act(lua, "return state()");
    const now = await act(
      lua,
      `${COME_BACK}
      script["fill/get"] = { waiting, waiting, lines_of(back) }
      local texts = json.list()
      run("roll", function(job) if texts[#texts] ~= job.text then texts[#texts + 1] = job.text end end)
      local ask
      for _, each in ipairs(host.requests) do if each.method == "roll/ask" then ask = each.params end end
      return state({ texts = texts, title = ask.title, mode = ask.request.mode, region = ask.request.region,
        count = #ask.request.tracks[1].notes, wait = host.requests[#host.requests].params.waitMs })`,
    );
    expect(now.said).toEqual([]);
    expect(now.written).toEqual([{ title: "Continuo: bars 5-6 from the roll", removed: 2, added: 1 }]);
    expect(now.notes.filter((key) => !isInside(key))).toEqual(before.notes.filter((key) => !isInside(key)));
    expect(now.notes).toContain(`${4 * BAR + 7} 90 2 55 33`);
    expect(now.notes).toHaveLength(before.notes.length - 1);
    expect(now).toMatchObject({ title: "Lead, bars 5-6", mode: "fill", count: before.notes.length });
    expect(now.region).toEqual({ trackId: "lead", startTick: 4 * BAR, endTick: 6 * BAR });
    expect(now.texts).toEqual([
      "Asking the daemon",
      "Opening the piano roll",
      "Waiting for the piano roll...",
    ]);
    expect(now.methods).toEqual(["status", "roll/ask", "fill/get", "fill/get", "fill/get"]);
    // So long a wait needs no more than a question a second.
    expect(now.wait).toBe(1000);
  });

  test("waits for an hour, and tells the address as long as it holds", async () => {
    const now = await act(
      lua,
      `${COME_BACK}
      script["fill/get"] = { waiting }
      local addresses = json.list()
      run("roll", function(job)
        if job:address() and addresses[1] == nil then addresses[1] = job:address() end
        if job.job_id and not job:address() then addresses[2] = "none" end
        host.clock = host.clock + 1
        if host.clock > 3600 then script["fill/get"] = { lines_of(back) } end
      end)
      return state({ addresses = addresses })`,
    );
    expect(now.addresses).toEqual(["http://127.0.0.1:7/page#t", "none"]);
    expect(now.written).toHaveLength(1);
    expect(now.said).toEqual([]);
  });

  test("given back unchanged, or cancelled here, nothing is written", async () => {
    const given = await act(
      lua,
      `script["fill/get"] = { waiting, "job roll-1 cancelled\\nprogress 0 0 0 0\\nerror CANCELLED it was cancelled" }
      run("roll") return state()`,
    );
    expect([given.said, given.hinted]).toEqual([
      [],
      ["The piano roll returned the bars unchanged. Nothing was changed."],
    ]);
    expect(given.written).toEqual([]);

    const cancelled = await act(
      lua,
      `script["fill/get"] = { "" }
      script["fill/cancel"] = { "job roll-1 cancelled\\nprogress 0 0 0 0" }
      local since
      run("roll", function(job)
        if job.job_id and job.call and not since then since = host.clock job:cancel() end
      end)
      return state({ dropped = host.dropped, seconds = host.clock - since })`,
    );
    expect([cancelled.said, cancelled.hinted]).toEqual([[], ["Cancelled. Nothing was changed."]]);
    expect(cancelled.methods.slice(-2)).toEqual(["fill/get", "fill/cancel"]);
    expect(cancelled.dropped).toBe(1);
    expect(cancelled.seconds).toBeLessThan(0.2);
    expect(cancelled.written).toEqual([]);
  });

  test("of several regions the first is opened, and said", async () => {
    const now = await act(
      lua,
      `${COME_BACK}
      script["fill/get"] = { waiting, lines_of(back) }
      local other = { id = "take", track_id = "lead", start_tick = 0, end_tick = 1920, title = "bar 1" }
      host.targets = function() return { host.target, other } end
      local text
      run("roll", function(job) if job.job_id then text = job.text end end)
      return state({ text = text })`,
    );
    expect(now.text).toBe("Waiting for the piano roll (first of 2)...");
    expect(now.methods.filter((method) => method === "roll/ask")).toHaveLength(1);
    expect(now.written).toHaveLength(1);
  });

  test.each([true, false])("notes that changed meanwhile are replaced only if asked: %s", async (answer) => {
    const now = await act(
      lua,
      `${COME_BACK}
      script["fill/get"] = { waiting, lines_of(back) }
      host.answer = ${answer}
      local is_changed
      run("roll", function(job)
        if not job.job_id or is_changed then return end
        is_changed = true
        host.list[40] = { start_tick = 40 * 240, duration_ticks = 100, pitch = 99, velocity = 11, channel = 0 }
      end)
      return state()`,
    );
    expect(now.asked).toHaveLength(1);
    expect(now.written).toHaveLength(answer ? 1 : 0);
    expect(now.notes.includes(`${40 * 240} 99 0 100 11`)).toBe(!answer);
  });

  test("notes that are kept may be changed by hand; those of others in the bars stay theirs", async () => {
    const now = await act(
      lua,
      `require("shared.memory").toggle(host, host.target, { host.read(host.target)[1], host.read(host.target)[2] })
      local fixed = { start_tick = 5 * 1920, duration_ticks = 10, pitch = 20, velocity = 5, channel = 0 }
      local song = host.song
      host.song = function() local found = song() found.fixed = { fixed } return found end
      ${COME_BACK}
      back[#back + 1] = fixed
      script["fill/get"] = { lines_of(back) }
      run("roll")
      return state()`,
    );
    expect(now.written).toEqual([{ title: "Continuo: bars 5-6 from the roll", removed: 2, added: 1 }]);
    expect(now.notes.some((key) => key.includes(" 20 0 10 5"))).toBe(false);
  });

  test("no notes at all may come back", async () => {
    const now = await act(lua, `script["fill/get"] = { lines_of({}) } run("roll") return state()`);
    expect(now.written).toEqual([{ title: "Continuo: bars 5-6 from the roll", removed: 16, added: 0 }]);
  });

  test("fill again asks for a fill of what came from the roll, and tells of no candidate", async () => {
    const now = await act(
      lua,
      `${COME_BACK}
      script["fill/get"] = { lines_of(back) }
      run("roll")
      script["fill/start"] = { lines_of(back) }
      host.targets = function() return nil, "Select something." end
      run("again")
      local sent
      for _, each in ipairs(host.requests) do if each.method == "fill/start" then sent = each.params.request end end
      return state({ count = #sent.tracks[1].notes, mode = sent.mode })`,
    );
    expect(now).toMatchObject({ count: 127, mode: "fill", said: [] });
    expect(now.methods.at(-1)).toBe("fill/start");
    expect(now.methods).not.toContain("fill/accept");
    expect(now.written.at(-1)?.title).toBe("Continuo: next candidate for bars 5-6");
  });

  test("a later fill elsewhere tells nothing of the roll's notes: the page did", async () => {
    const now = await act(
      lua,
      `${COME_BACK}
      script["fill/get"] = { lines_of(back) }
      run("roll")
      script["fill/start"] = { lines_of({}) }
      host.target = { id = "take", track_id = "lead", start_tick = 10 * 1920, end_tick = 11 * 1920, title = "bar 11" }
      run("fill")
      return state()`,
    );
    expect(now.methods).toContain("fill/start");
    expect(now.methods).not.toContain("fill/accept");
  });

  test("an answer that is missing is waited for; a daemon that is silent is given up", async () => {
    const late = await act(
      lua,
      `${COME_BACK}
      local answers = {}
      for index = 1, 30 do answers[index] = index % 5 == 0 and waiting or "" end
      answers[31] = lines_of(back)
      script["fill/get"] = answers
      run("roll") return state()`,
    );
    expect(late.said).toEqual([]);
    expect(late.written).toHaveLength(1);
    const silent = await act(lua, `script["fill/get"] = { "" } run("roll") return state()`);
    expect(silent.said).toEqual([
      "The daemon ended while the piano roll was open. Nothing was changed. Try again.",
    ]);
    expect(silent.written).toEqual([]);
  });

  test("an error of the daemon is told with its code", async () => {
    const now = await act(
      lua,
      `script["roll/ask"] = { "error METHOD_UNKNOWN unknown method roll/ask" } run("roll") return state()`,
    );
    expect(now.said).toEqual(["unknown method roll/ask (METHOD_UNKNOWN). Nothing was changed."]);
  });
});
