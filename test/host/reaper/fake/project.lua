-- A simulated project: tracks, items, takes and notes; messages and questions; undo.
local time_map = require("time_map")

local project = {}

--- What is one table in several places stays one.
local function copy(value, made)
  if type(value) ~= "table" then return value end
  made = made or {}
  if made[value] then return made[value] end
  local result = setmetatable({}, getmetatable(value))
  made[value] = result
  for key, each in pairs(value) do result[key] = copy(each, made) end
  return result
end

local function is_equal(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do
    if key ~= "is_sorted" and not is_equal(value, b[key]) then return false end
  end
  for key in pairs(b) do if a[key] == nil then return false end end
  return true
end

--- From what a test describes: positions in quarter notes of the project, notes in the take's own ticks.
function project.new(given)
  local self = {
    map = time_map.new(given), state = { tracks = {} }, undo = {}, redo = {}, said = {}, asked = {}, answers = {},
    inputs = {}, input_answers = {}, ext = {}, project_ext = {}, executed = {}, console = {}, logged = {}, read_aloud = {},
    toggled = {}, open = 0, refresh = 0, time_selection = { 0, 0 }, count = 0, os = "Other", given = given, tooltip = "",
    -- REAPER 6 has Lua 5.3.
    version = _VERSION == "Lua 5.3" and 6 or 7, task_control = 0, config = { projmeasoffs = (given.startMeasure or 1) - 1 },
  }
  --- By the name of each pool: what its takes share.
  local pools = {}
  local function id()
    self.count = self.count + 1
    return string.format("{%08X-0000-4000-8000-00000000C0DE}", self.count)
  end
  self.id = id
  for _, track in ipairs(given.tracks) do
    local made = {
      id = id(), name = track.name, mute = track.mute or false, parent = track.parent, selected = track.selected or false,
      lanes = track.lanes or false, items = {},
    }
    self.state.tracks[#self.state.tracks + 1] = made
    for _, item in ipairs(track.items or {}) do
      local position = self.map.to_seconds(item.start)
      local take = {
        id = id(), ppq = item.ppq or 960, offset = item.offset or 0, rate = item.rate or 1, is_midi = item.is_midi ~= false,
        source = item.source or item.length, notes = {}, events = item.events or {}, is_sorted = true, pool = id(),
      }
      local pooled = item.pool and pools[item.pool]
      if pooled then take.notes, take.events, take.pool, take.is_copy = pooled.notes, pooled.events, pooled.pool, true end
      if item.pool and not pooled then pools[item.pool] = take end
      for _, note in ipairs(not pooled and item.notes or {}) do
        take.notes[#take.notes + 1] = {
          start = note[1], stop = note[2], pitch = note[3], velocity = note[4] or 80, channel = note[5] or 0,
          muted = note[6] == "muted", selected = note[6] == "selected",
        }
      end
      made.items[#made.items + 1] = {
        id = id(), position = position, length = self.map.to_seconds(item.start + item.length) - position,
        mute = item.mute or false, loop = item.loop or false, lock = item.lock or false,
        selected = item.selected or false, plays = item.plays ~= false and 1 or 0, takes = { take }, active = 1,
      }
      if item.plays == "hidden" then made.items[#made.items].plays = -1 end
    end
  end

  function self.track(wanted)
    for index, track in ipairs(self.state.tracks) do if track.id == wanted then return track, index end end
    error("the track is gone")
  end
  local function each_item(look)
    for _, track in ipairs(self.state.tracks) do
      for _, item in ipairs(track.items) do
        local found = look(item, track)
        if found then return found, item, track end
      end
    end
  end
  function self.item(wanted)
    local _, item, track = each_item(function(item) return item.id == wanted end)
    if not item then error("the item is gone") end
    return item, track
  end
  function self.find_take(wanted)
    return each_item(function(item)
      for _, take in ipairs(item.takes) do if take.id == wanted then return take end end
    end)
  end
  function self.take(wanted)
    local take, item, track = self.find_take(wanted)
    if not take then error("the take is gone") end
    return take, item, track
  end
  function self.items()
    local list = {}
    for _, track in ipairs(self.state.tracks) do
      for _, item in ipairs(track.items) do list[#list + 1] = item end
    end
    return list
  end
  --- Where the take's source begins, in quarter notes of the project.
  function self.source_start(take, item) return self.map.to_quarters(item.position) - take.offset end

  function self.snapshot() return copy(self.state) end
  --- A step, unless nothing was changed.
  function self.push(name, before)
    if is_equal(before, self.state) then return end
    self.undo[#self.undo + 1] = { name = name, before = before, after = self.snapshot() }
    self.redo = {}
  end
  function self.do_undo()
    local step = table.remove(self.undo)
    if not step then return 0 end
    self.state = copy(step.before)
    self.redo[#self.redo + 1] = step
    return 1
  end
  function self.do_redo()
    local step = table.remove(self.redo)
    if not step then return 0 end
    self.state = copy(step.after)
    self.undo[#self.undo + 1] = step
    return 1
  end
  return self
end

return project
