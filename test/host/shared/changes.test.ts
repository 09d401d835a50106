/**
 * An action on several targets, in any host: what is written, when, and the message.
 */
import { expect, test } from "vitest";
import { onEachLua } from "./lua.ts";
import { useScripted } from "./scripted.ts";

const BAR = 1_920;
/** Two targets on one track; each fill is answered by one note at the region's begin, 90 and so on. */
const act = useScripted(`local fills, warnings, order = 0, {}, "END\\n"
  local function target(name, bar)
    return { id = "take", track_id = "lead", start_tick = bar * 1920, end_tick = (bar + 1) * 1920, title = name }
  end
  local targets = { target("bar 3", 2), target("bar 6", 5) }
  host.targets = function() return targets end
  host.transport = function()
    return {
      wait_ms = 150,
      send = function(method, params)
        host.requests[#host.requests + 1] = { method = method, params = params }
        if method == "status" then return 'json {"protocolVersion":1}\\nEND\\n' end
        if method == "fill/order" then return order end
        if method ~= "fill/start" then return "json {}\\nEND\\n" end
        fills = fills + 1
        return table.concat({ "job job-" .. fills .. " done", "progress 1 1 1 0", "candidate 0 1 0",
          string.format("note %d 100 %d 80 0", params.request.region.startTick, 89 + fills),
          table.concat(warnings, "\\n"), "END\\n" }, "\\n")
      end,
      receive = function(call) return call end,
      drop = function() end,
    }
  end
  local function together()
    host.write_all = function(title, changes)
      for _, change in ipairs(changes) do host.write(change.target, title, change.removed, change.added) end
      host.written = { { title = title, count = #changes } }
      return true
    end
  end
  local function starts()
    local list = json.list()
    for _, each in ipairs(host.requests) do if each.method == "fill/start" then list[#list + 1] = each.params.request end end
    return list
  end
`);
const key = (bar: number, pitch: number) => `${bar * BAR} ${pitch} 0 100 80`;

onEachLua("several targets", (lua) => {
  test("are one step of a host that can, and a step each of one that can't", async () => {
    const one = await act(lua, `together() run("fill") return state()`);
    expect(one.written).toEqual([{ title: "Continuo: fill bar 3 and 1 more", count: 2 }]);
    const each = await act(lua, `run("fill") return state()`);
    expect(each.written.map(({ title }) => title)).toEqual(["Continuo: fill bar 3", "Continuo: fill bar 6"]);
    for (const { notes, said, hinted } of [one, each]) {
      expect(notes).toContain(key(2, 90));
      expect(notes).toContain(key(5, 91));
      expect([said, hinted]).toEqual([[], []]);
    }
  });

  test("are each filled to suit those before, and none is written before all are ready", async () => {
    const now = await act(
      lua,
      `local untouched = true
      run("fill", function() if fills < 2 and #host.written > 0 then untouched = false end end)
      return state({ untouched = untouched, heard = starts()[2].tracks[1].notes })`,
    );
    expect(now.untouched).toBe(true);
    const heard = (now.heard as { startTick: number; pitch: number }[]).filter(
      ({ startTick }) => startTick >= 2 * BAR && startTick < 3 * BAR,
    );
    expect(heard).toMatchObject([{ startTick: 2 * BAR, pitch: 90 }]);
  });

  test("of a track that was silent until then are heard by the next", async () => {
    const now = await act(
      lua,
      `targets[2].id, targets[2].track_id = "other", "bass"
      local all = host.song
      host.song = function(target)
        local song = all(target)
        song.tracks[1].notes = {}
        if target.track_id == "bass" then song.tracks = { { id = "bass", name = "Bass", notes = {} } } end
        return song
      end
      run("fill")
      return { tracks = starts()[2].tracks }`,
    );
    expect(now.tracks).toMatchObject([
      { id: "bass", notes: [] },
      { id: "lead", name: "Lead", notes: [{ startTick: 2 * BAR, pitch: 90 }] },
    ]);
  });

  test("on several tracks are filled in the order of a band, those of one track in that of time", async () => {
    const now = await act(
      lua,
      `order = "track kit\\ntrack low\\ntrack lead\\nEND\\n"
      targets = { target("bar 3", 2), target("bar 6", 5), target("bar 4", 3), target("bar 5", 4) }
      targets[3].track_id, targets[4].track_id = "low", "kit"
      host.song = function(target)
        return {
          ppq = 480, tempos = { { tick = 0, qpm = 100 } }, meters = { { tick = 0, numerator = 4, denominator = 4 } },
          tracks = { { id = target.track_id, name = "named " .. target.track_id, notes = {} } },
        }
      end
      together()
      run("fill")
      local asked = {}
      for _, each in ipairs(host.requests) do if each.method == "fill/order" then asked[#asked + 1] = each.params end end
      local filled = json.list()
      for _, each in ipairs(starts()) do filled[#filled + 1] = each.region.trackId .. " " .. each.region.startTick // 1920 end
      return state({ filled = filled, count = #asked, order = asked[1].tracks })`,
    );
    expect(now.filled).toEqual(["kit 4", "low 3", "lead 2", "lead 5"]);
    expect(now.count).toBe(1);
    expect(now.order).toMatchObject([
      { id: "lead", name: "named lead" },
      { id: "low", name: "named low" },
      { id: "kit", name: "named kit" },
    ]);
    expect(now.written).toEqual([{ title: "Continuo: fill bar 5 and 3 more", count: 4 }]);
  });

  test("change nothing where the action is given up, whenever that is", async () => {
    const before = (await act(lua, "return state()")).notes;
    for (let step = 1; step < 8; step++) {
      const now = await act(
        lua,
        `run("fill", function(job, count) if count == ${step} then job:cancel() end end) return state()`,
      );
      if (now.written.length > 0) expect(now.written).toHaveLength(2);
      else {
        expect(now.notes).toEqual(before);
        expect([now.said, now.hinted]).toEqual([[], ["Cancelled. Nothing was changed."]]);
      }
    }
  });

  test("of which one was changed meanwhile are written but for that one, if it must stay", async () => {
    const now = await act(
      lua,
      `host.answer = false
      run("fill", function()
        if fills == 2 then host.list[1] = { start_tick = 2 * 1920 + 7, duration_ticks = 9, pitch = 1, velocity = 1, channel = 0 } end
      end)
      return state()`,
    );
    expect(now.asked).toEqual(["The notes in bar 3 were changed meanwhile. Replace them by the new ones?"]);
    expect(now.written.map(({ title }) => title)).toEqual(["Continuo: fill bar 6"]);
    expect(now.notes).not.toContain(key(2, 90));
    expect(now.notes).toContain(key(5, 91));
  });

  test("that can't be written are told of, with what was", async () => {
    const now = await act(
      lua,
      `local write = host.write
      host.write = function(target, ...)
        if target.title == "bar 6" then return nil, "it is locked" end
        return write(target, ...)
      end
      run("fill")
      return state()`,
    );
    expect(now.said).toEqual(["The notes could not be written: it is locked. 1 of 2 were written before."]);
  });

  test("keep what was accepted of the fill before to those that are not filled again", async () => {
    const now = await act(
      lua,
      `run("fill")
      targets = { targets[2], target("bar 9", 8) }
      run("fill")
      local accepted = json.list()
      for _, each in ipairs(host.requests) do if each.method == "fill/accept" then accepted[#accepted + 1] = each.params.jobId end end
      return { accepted = accepted }`,
    );
    expect(now.accepted).toEqual(["job-1"]);
  });
});

onEachLua("remarks", (lua) => {
  test("of the daemon and of the host are hints, each told once, when all is written", async () => {
    const now = await act(
      lua,
      `warnings = { "warning REORDERED those that you kept come first" }
      targets.remark = "One region is locked."
      run("fill")
      return state()`,
    );
    expect(now.said).toEqual([]);
    expect(now.hinted).toEqual(["One region is locked.", "those that you kept come first"]);
    expect(now.written).toHaveLength(2);
  });

  test("are not told where nothing came of it", async () => {
    const now = await act(
      lua,
      `warnings = { "warning REORDERED those that you kept come first" }
      host.write = function() return nil, "no" end
      run("fill")
      return state()`,
    );
    expect(now.said).toEqual(["The notes could not be written: no. Nothing was changed."]);
    expect(now.hinted).toEqual([]);
  });
});
