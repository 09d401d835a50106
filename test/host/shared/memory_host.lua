-- The least host: one track of notes in memory, at 480 ticks a quarter note.
-- Programs that run in one second must not share it: what one of them gave up would end another's fill.
local unique = string.format("%d-%s", os.time(), tostring({}):match("%x+$"))
local folder = require("shared.folder")
local notes = require("shared.notes")

local memory_host = {}

local BAR = 4 * 480
local count = 0

--- @param change  functions of the host that are others in this test
function memory_host.new(change)
  local host = {
    name = "memory", list = {}, store = {}, said = {}, hinted = {}, asked = {}, written = {}, requests = {}, spawned = 0, clock = 0,
  }
  for index = 0, 127 do
    host.list[#host.list + 1] = {
      start_tick = index * 240, duration_ticks = 240, pitch = 60 + (index * 5) % 12, velocity = 80, channel = 0,
    }
  end
  host.target = { id = "take", track_id = "lead", start_tick = 4 * BAR, end_tick = 6 * BAR, title = "bars 5-6" }
  function host.targets() return { host.target } end
  function host.find(target) return target.id == "take" and target or nil end
  function host.read(target) return notes.inside(host.list, target.start_tick, target.end_tick) end
  function host.song()
    return {
      ppq = 480, tempos = { { tick = 0, qpm = 100 } }, meters = { { tick = 0, numerator = 4, denominator = 4 } },
      tracks = { { id = "lead", name = "Lead", notes = { table.unpack(host.list) } } },
    }
  end
  function host.write(_, title, removed, added)
    host.written[#host.written + 1] = { title = title, removed = #removed, added = #added }
    local gone = {}
    for _, note in ipairs(removed) do gone[note] = true end
    local left = {}
    for _, note in ipairs(host.list) do if not gone[note] then left[#left + 1] = note end end
    for _, note in ipairs(added) do left[#left + 1] = note end
    host.list = left
    return true
  end
  function host.ask(text) host.asked[#host.asked + 1] = text return host.answer end
  function host.say(text) host.said[#host.said + 1] = text end
  function host.hint(text) host.hinted[#host.hinted + 1] = text end
  function host.load(key) return host.store[key] end
  function host.save(key, text) host.store[key] = text end
  function host.now() return host.clock end
  function host.spawn() host.spawned = host.spawned + 1 return nil, "no" end
  function host.transport(daemon)
    count = count + 1
    local channel = folder.open(daemon.folder, "memory", unique .. "-" .. count)
    local send = channel.send
    function channel.send(method, params)
      host.requests[#host.requests + 1] = { method = method, params = params }
      return send(method, params)
    end
    channel.wait_ms = 200
    return channel
  end
  for name, own in pairs(change or {}) do host[name] = own(host) end
  return host
end

--- Run an action to its end; `meanwhile` is called before each step.
function memory_host.run(host, mode, meanwhile)
  local task = require("shared.action").start(host, mode)
  local steps = 0
  while not task:step() do
    steps = steps + 1
    if meanwhile then meanwhile(task, steps) end
    -- The machine may be busy, so the host's clock is slower than the world's.
    os.execute("sleep 0.01")
    host.clock = host.clock + 0.004
    assert(steps < 10000, "it does not end")
  end
  return task
end

--- What the daemon was asked.
function memory_host.methods(host)
  local list = {}
  for index, request in ipairs(host.requests) do list[index] = request.method end
  return list
end

--- Notes as texts.
function memory_host.keys(list)
  local keys = {}
  for index, note in ipairs(notes.sorted(list)) do keys[index] = notes.key(note) end
  return keys
end

return memory_host
