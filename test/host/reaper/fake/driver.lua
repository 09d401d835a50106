-- A simulated REAPER, driven by a test: one line of JSON in, one line of JSON out.
local sources, here = table.unpack(arg)
package.path = sources .. "/?.lua;" .. here .. "/?.lua"

local api = require("api")
local fake_gfx = require("gfx")
local json = require("shared.json")
local projects = require("project")
local strict = require("strict")

local current, scripts, running = nil, {}, nil
local function project() return current end
local function has(need)
  if need == "OSARA" then return current.has_osara == true end
  return current.version >= tonumber(need:match("^REAPER (%d+)$"))
end
local reaper = strict.wrap(here .. "/signatures.txt", api.functions(project, function() return running end), has)
local gfx = fake_gfx.new(project)

local function within(script, run)
  running = script
  local is_good, why = xpcall(run, debug.traceback)
  running = nil
  if not is_good then
    script.deferred = {}
    script.error = why
  end
  -- An open block would take in whatever the musician does meanwhile.
  if current.open ~= 0 then script.error = "an undo block is open while REAPER goes on" end
  if current.refresh ~= 0 then script.error = "the screen is still frozen" end
end

local function settle(script)
  if #script.deferred > 0 then return end
  scripts[script] = nil
  for _, run in ipairs(script.at_exit) do within(script, run) end
  if script.error then current.errors[#current.errors + 1] = script.error end
end

local operations = {}

function operations.open(given)
  current = projects.new(given)
  current.errors, current.drawn, current.gfx = {}, {}, { char = 0, mouse_x = 0, mouse_y = 0, mouse_cap = 0 }
  return true
end

--- The command of a script in a section of the action list.
local commands, last_command = {}, 50000
local function command_of(key)
  if not commands[key] then
    last_command = last_command + 1
    commands[key] = last_command
  end
  return commands[key]
end

--- What a key does whose script runs already: that is up to the script's options; without any, REAPER asks.
-- @return whether to start it once more
local function is_started_again(older)
  local options = older.options
  if not options then
    current.task_control = current.task_control + 1
    return true
  end
  if options & 1 == 1 then
    older.deferred = {}
    settle(older)
  end
  return options & 3 == 3
end

--- Start a script; it may go on by defer.
function operations.run(given)
  local command = command_of(given.path .. " " .. given.section)
  for older in pairs(scripts) do
    if older.command == command and not is_started_again(older) then return true end
  end
  local script = { path = given.path, section = given.section, command = command, deferred = {}, at_exit = {} }
  scripts[script] = true
  local environment = setmetatable({}, {
    __index = function(_, name)
      if name == "reaper" then return reaper end
      if name == "gfx" then return gfx end
      if name == "require" or name == "dofile" then error("a script stands alone", 2) end
      return _G[name]
    end,
    __newindex = function(_, name) error("a global: " .. tostring(name), 2) end,
  })
  local chunk = assert(loadfile(given.path, "t", environment))
  within(script, chunk)
  settle(script)
  return true
end

--- REAPER's timer, once.
-- @return how many scripts go on
function operations.tick()
  for script in pairs(scripts) do
    local deferred = script.deferred
    script.deferred = {}
    for _, run in ipairs(deferred) do within(script, run) end
    settle(script)
  end
  local count = 0
  for _ in pairs(scripts) do count = count + 1 end
  return count
end

--- The musician ends all scripts by force.
function operations.kill()
  for script in pairs(scripts) do
    script.deferred = {}
    settle(script)
  end
  return true
end

--- Anything else, done to `project` by a chunk.
function operations.eval(given)
  local run = assert(load("local project, input, json = ...\n" .. given.chunk, "=eval"))
  local result = run(current, given.input, json)
  return result == nil and json.list() or result
end

function operations.state()
  local tracks = json.list()
  for _, track in ipairs(current.state.tracks) do
    local items = json.list()
    for _, item in ipairs(track.items) do
      local take, notes = item.takes[item.active], json.list()
      for _, note in ipairs(take.notes) do
        notes[#notes + 1] = json.list({
          note.start, note.stop, note.pitch, note.velocity, note.channel,
          note.muted and "muted" or note.selected and "selected" or "",
        })
      end
      items[#items + 1] = {
        start = current.map.to_quarters(item.position), stop = current.map.to_quarters(item.position + item.length),
        notes = notes, take = take.id,
      }
    end
    tracks[#tracks + 1] = { id = track.id, name = track.name, items = items }
  end
  local undo = json.list()
  for index, step in ipairs(current.undo) do undo[index] = step.name end
  local result = { tracks = tracks, undo = undo, window = current.window or "never", tooltip = current.tooltip }
  result.taskControl = current.task_control
  for _, key in ipairs({ "said", "asked", "errors", "executed", "console", "logged", "toggled", "inputs" }) do
    result[key] = json.list(current[key])
  end
  result.drawn = json.list(current.last_drawn or {})
  return result
end

io.stdout:setvbuf("line")
for line in io.lines() do
  local command = json.decode(line)
  local is_good, result = xpcall(operations[command.op], debug.traceback, command)
  io.write(json.encode(is_good and { result = result } or { error = tostring(result) }), "\n")
end
