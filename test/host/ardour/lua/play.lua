-- The very actions, run without a window in a real session: ardour7-lua play.lua PLAN
-- A plan is {folder, name, out, steps}; a step runs `action` with `regions` (names) or `range` ([start, end] in ticks)
-- on `tracks` (names) selected. What has no place outside of Ardour's window is played here: the selection, dialogs.
package.path = os.getenv("CONTINUO_LUA") .. "/?.lua;" .. package.path
local json = require("shared.json")

local function read_file(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local plan = assert(json.decode(read_file(arg[1])))
AudioEngine:set_backend("None (Dummy)", "", "")
assert(load_session(plan.folder, plan.name), "the session could not be loaded")

local function iterable(list)
  return { iter = function()
    local index = 0
    return function()
      index = index + 1
      return list[index]
    end
  end }
end

local function ticks(beats)
  local quarters, rest = beats:str():match("^(-?%d+):(-?%d+)$")
  return tonumber(quarters) * 1920 + tonumber(rest)
end

local function contains(list, value)
  for _, each in ipairs(list or {}) do if each == value then return true end end
  return false
end

local function each_region(visit)
  local of_route = Session:get_tracks()
  for route in of_route:iter() do
    local of_region = route:to_track():playlist():region_list()
    for region in of_region:iter() do visit(region, route) end
  end
end

local function selection(step)
  local regions, routes = {}, {}
  each_region(function(region) if contains(step.regions, region:name()) then regions[#regions + 1] = region end end)
  local of_route = Session:get_tracks()
  for route in of_route:iter() do
    if contains(step.tracks, route:name()) then routes[#routes + 1] = route end
  end
  local from, to = table.unpack(step.range or { 0, 0 })
  local map = Temporal.TempoMap.read()
  local function sample(tick) return map:sample_at_beats(Temporal.Beats(tick // 1920, tick % 1920)) end
  local function time(tick) return Temporal.timepos_t.from_ticks(tick) end
  return {
    regions = { regionlist = function() return iterable(regions) end },
    tracks = { routelist = function() return iterable(routes) end },
    time = {
      start_sample = function() return sample(from) end, end_sample = function() return sample(to) end,
      start_time = function() return time(from) end, end_time = function() return time(to) end,
    },
  }
end

local function notes_of(name)
  local found = json.list()
  each_region(function(region)
    if region:name() ~= name then return end
    local of_note = ARDOUR.LuaAPI.note_list(region:to_midiregion():model())
    for note in of_note:iter() do
      found[#found + 1] = json.list({ ticks(note:time()), ticks(note:length()), note:note(), note:velocity(),
        note:channel(), note:off_velocity() })
    end
  end)
  return found
end

--- What the musician does meanwhile.
local function add_note(name, values)
  each_region(function(region)
    if region:name() ~= name then return end
    local model = region:to_midiregion():model()
    local command = model:new_note_diff_command("by hand")
    local start, length, pitch, velocity = table.unpack(values)
    command:add(ARDOUR.LuaAPI.new_noteptr(0, Temporal.Beats(start // 1920, start % 1920),
      Temporal.Beats(length // 1920, length % 1920), pitch, velocity))
    model:apply_command(Session, command)
  end)
end

local function http_get(url)
  local pipe = io.popen("curl -sS --max-time 20 '" .. url .. "' 2>/dev/null")
  local text = pipe:read("a")
  pipe:close()
  return text
end

local results = json.list()

local function play(step)
  local result = { messages = json.list(), hints = json.list(), questions = json.list(), texts = json.list() }
  local turns, action, is_changed = 0, nil, false
  Editor = { get_selection = function() return selection(step) end }
  if step.zoom then Editor.get_current_zoom = function() return step.zoom end end
  print = function(text) result.hints[#result.hints + 1] = text end
  ArdourUI = { http_get = http_get }
  LuaDialog = {
    MessageType = { Info = 0, Question = 2 }, ButtonType = { Close = 1, Yes_No = 3 }, Response = { Yes = 3, No = 4 },
    Message = function(_, text) return { run = function()
      result.questions[#result.questions + 1] = text
      return step.answer == "yes" and 3 or 4
    end } end,
    Dialog = function(_, fields) return { run = function()
      local answer = {}
      for _, field in ipairs(fields) do
        local default = field.values and field.values[field.default] or field.default
        answer[field.key] = default
        result.texts[#result.texts + 1] = field.title
      end
      for key, value in pairs(step.settings) do answer[key] = value end
      return answer
    end } end,
    ProgressWindow = function(title) return {
      progress = function(_, fraction, text)
        if title == "Continuo: notice" then
          result.messages[#result.messages + 1] = text:gsub("\n", " ")
          return true
        end
        turns = turns + 1
        if result.texts[#result.texts] ~= text then result.texts[#result.texts + 1] = text end
        if step.meanwhile and text:find("^Filling") and not is_changed then
          is_changed = true
          add_note(step.meanwhile.region, step.meanwhile.note)
        end
        if step.second == turns then action() end
        if step.cancelFrom and fraction >= step.cancelFrom then return true end
        return step.cancel ~= nil and turns >= step.cancel
      end,
      done = function() end,
    } end,
  }
  ardour = function() end
  local source = read_file(step.action)
  -- As Ardour does with "sandbox all Lua scripts".
  if step.sandbox then source = source:gsub("function factory%(%) return function%(%)", "%0 local io, os", 1) end
  assert(load(source, "@" .. step.action))()
  -- Ardour keeps the factory alone, without what stands around it.
  action = load(string.dump(factory, true))({})
  local began = ARDOUR.LuaAPI.monotonic_time()
  action()
  result.milliseconds = (ARDOUR.LuaAPI.monotonic_time() - began) / 1000
  result.notes = {}
  for _, name in ipairs(step.show or {}) do result.notes[name] = notes_of(name) end
  results[#results + 1] = result
end

for _, step in ipairs(plan.steps) do play(step) end
Session:save_state("")
local file = assert(io.open(plan.out, "wb"))
file:write(json.encode(results))
file:close()
close_session()
io.open(os.getenv("CONTINUO_DONE"), "wb"):close()
quit()
