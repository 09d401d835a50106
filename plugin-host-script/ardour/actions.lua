-- What each of Continuo's actions does in Ardour.
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

local host = {
  name = "ardour",
  targets = selection.targets,
  write = write.notes,
  say = window.say,
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
  if not region or region.start_tick > target.start_tick or region.end_tick < target.end_tick then return nil end
  return target
end

function host.read(target)
  local region = regions.find(target.id)
  return region and regions.notes(region, target.start_tick, target.end_tick) or {}
end

--- Tell whoever looks for it how long an action took, and how long Ardour could do nothing at most.
local function trace(mode, total, longest)
  local path = files.getenv("CONTINUO_TRACE")
  local file = path and io and io.open(path, "a")
  if not file then return end
  file:write(string.format("%s %.1f ms, longest pause %.1f ms\n", mode, total / 1000, longest / 1000))
  file:close()
end

--- What the progress window says.
local function text_of(job)
  local text = job.text
  if #job.targets > 1 then text = text .. ", each its own undo step" end
  if not job.is_waiting then return text end
  text = text .. " (Cancel gives up)"
  local address = job:address()
  return address and text .. "\nNo browser? " .. address or text
end

local function follow(mode)
  window.begin()
  local job = action.start(host, mode)
  while not job:step() do
    ARDOUR.LuaAPI.usleep(job.is_waiting and WAIT_MICROSECONDS or STEP_MICROSECONDS)
    _G.continuo_waits = job.is_waiting
    local is_cancelled = window.turn(job.is_waiting and -1 or job.fraction, text_of(job))
    if is_cancelled or _G.continuo_gives_up then job:cancel() end
  end
  trace(mode, window.finish())
end

--- A progress window can be closed without a word to the script, which then waits for the piano roll unseen. The key
-- of the same action does nothing then: Ardour starts none anew that has not ended.
local function give_up()
  if window.ask("The piano roll in your browser still has a region. Give it up?") then _G.continuo_gives_up = true end
end

--- One action at a time: its progress window lets keys through. Actions share nothing but Ardour's globals.
local function alone(run)
  if _G.continuo_waits then return give_up() end
  if _G.continuo_is_busy then return window.say("Continuo is still at work: one fill at a time.") end
  _G.continuo_is_busy = true
  local is_good, why = pcall(run)
  _G.continuo_is_busy, _G.continuo_waits, _G.continuo_gives_up = nil, nil, nil
  if is_good then return end
  pcall(window.close)
  window.say("Something is wrong in Continuo's script: " .. tostring(why))
end

function actions.fill() alone(function() follow("fill") end) end

function actions.again() alone(function() follow("again") end) end

function actions.continue() alone(function() follow("continue") end) end

function actions.vary() alone(function() follow("vary") end) end

function actions.roll() alone(function() follow("roll") end) end

function actions.keep()
  alone(function()
    local targets, why = selection.targets()
    if not targets then return window.say(why) end
    local said = {}
    for index, target in ipairs(targets) do
      local count, is_kept = memory.toggle(host, target, host.read(target))
      said[index] = string.format(is_kept and "Later fills keep the %d notes in %s."
        or "Later fills may replace the %d notes in %s again.", count, target.title)
    end
    window.say(table.concat(said, "\n"))
  end)
end

function actions.settings()
  alone(function()
    local values = settings_dialog.ask(settings.read(store.load("settings")))
    if not values then return end
    local is_saved, why = store.save("settings", settings.write(values))
    if not is_saved then window.say("The settings could not be kept: " .. tostring(why)) end
  end)
end

return actions
