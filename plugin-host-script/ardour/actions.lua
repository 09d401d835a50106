-- Continuo's actions in Ardour.
local action = require("shared.action")
local daemon = require("ardour.daemon")
local files = require("ardour.files")
local home = require("shared.home")
local memory = require("shared.memory")
local regions = require("ardour.regions")
local selection = require("ardour.selection")
local settings = require("shared.settings")
local settings_dialog = require("ardour.settings_dialog")
local song = require("ardour.song")
local store = require("ardour.store")
local window = require("ardour.window")
local write = require("ardour.write")

local actions = {}

home.read_file, home.getenv = files.read, files.getenv

-- Ardour keeps still for as long, so it is short; the daemon's answers are looked for as often.
local STEP_MICROSECONDS = 10 * 1000
-- Of a musician's hand nothing is to be looked for so often.
local WAIT_MICROSECONDS = 30 * 1000

local reading = "Reading the session"

--- What is said when the action has ended: another may begin meanwhile.
local said = {}
local function say(text) said[#said + 1] = text end

local host = {
  name = "ardour",
  targets = selection.targets,
  write = function(target, title, removed, added)
    return write.all(title, { { target = target, removed = removed, added = added } })
  end,
  write_all = write.all,
  say = say,
  hint = window.log,
  ask = window.ask,
  load = store.load,
  save = store.save,
  spawn = daemon.spawn,
  transport = daemon.transport,
  now = function() return ARDOUR.LuaAPI.monotonic_time() / 1e6 end,
  song = function(target)
    return song.around(target, function() window.turn(-1, reading) end)
  end,
}

function host.find(target)
  local region = regions.find(target.id)
  if not region or region.is_locked then return nil end
  return region.start_tick <= target.start_tick and region.end_tick >= target.end_tick and target or nil
end

function host.read(target)
  local region = regions.find(target.id)
  return region and regions.notes(region, target.start_tick, target.end_tick) or {}
end

--- Record how long an action took, and how long Ardour could do nothing at most.
local function trace(mode, total, longest)
  local path = files.getenv("CONTINUO_TRACE")
  local file = path and io and io.open(path, "a")
  if not file then return end
  file:write(string.format("%s %.1f ms, longest pause %.1f ms\n", mode, total / 1000, longest / 1000))
  file:close()
end

--- What the progress window says.
local function text_of(task)
  local lines = { task.text }
  if task.is_waiting then
    lines[1] = task.text .. " (Cancel gives up)"
    local address = task:address()
    if address then lines[2] = "No browser? " .. address end
  end
  lines[#lines + 1] = _G.continuo_remark
  return table.concat(lines, "\n")
end

local function follow(mode)
  window.begin()
  local task = action.start(host, mode)
  while not task:step() do
    ARDOUR.LuaAPI.usleep(task.is_waiting and WAIT_MICROSECONDS or STEP_MICROSECONDS)
    _G.continuo_waits = task.is_waiting
    local is_cancelled = window.turn(task.is_waiting and -1 or task.fraction, text_of(task))
    if is_cancelled or _G.continuo_gives_up then task:cancel() end
  end
  trace(mode, window.finish())
end

--- A progress window can be closed without a word to the script, which then waits for the piano roll unseen. The key
-- of the same action does nothing then: Ardour does not start an action again before it has ended.
local function give_up()
  if window.ask("The piano roll in your browser still has a region. Give it up?") then _G.continuo_gives_up = true end
end

--- One action at a time: before its progress window is there, and where that was closed, keys come through. Actions share nothing but Ardour's globals.
local function alone(run)
  if _G.continuo_waits then return give_up() end
  if _G.continuo_is_busy then
    _G.continuo_remark = "Still working: one fill at a time."
    return
  end
  _G.continuo_is_busy, _G.continuo_notice = true, nil
  local is_good, why = pcall(run)
  _G.continuo_is_busy, _G.continuo_waits, _G.continuo_gives_up, _G.continuo_remark = nil, nil, nil, nil
  if not is_good then
    pcall(window.close)
    say("Something is wrong in Continuo's script: " .. tostring(why))
  end
  if #said == 0 then return end
  local selected = selection.state()
  window.say(table.concat(said, " "), function() return selection.state() ~= selected end)
end

function actions.fill() alone(function() follow("fill") end) end

function actions.again() alone(function() follow("again") end) end

function actions.continue() alone(function() follow("continue") end) end

function actions.vary() alone(function() follow("vary") end) end

function actions.humanize() alone(function() follow("humanize") end) end

function actions.roll() alone(function() follow("roll") end) end

function actions.keep()
  alone(function()
    local targets, why = selection.targets()
    if not targets then return say(why) end
    for _, target in ipairs(targets) do
      local count, is_kept = memory.toggle(host, target, host.read(target))
      say(string.format(is_kept and "Later fills keep the %d notes in %s."
        or "Later fills may replace the %d notes in %s again.", count, target.title))
    end
  end)
end

function actions.settings()
  alone(function()
    local values = settings_dialog.ask(settings.read(store.load("settings")))
    if not values then return end
    local is_saved, why = store.save("settings", settings.write(values))
    if not is_saved then say("The settings could not be saved: " .. tostring(why)) end
  end)
end

return actions
