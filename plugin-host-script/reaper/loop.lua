-- Runs an action in REAPER's defer loop: a few steps at a time.
local action = require("shared.action")
local host = require("reaper.host")
local notice = require("reaper.notice")

local loop = {}

local SECTION = "Continuo"
--- A script that was stopped by force leaves its mark behind.
local FORGOTTEN_SECONDS = 10
--- Enough to come from one answer to the next question.
local STEPS = 4

--- Which script this is, among those that run.
local function own_command()
  local _, _, _, command = reaper.get_action_context()
  return tostring(command)
end

--- The script that works at a fill, or nil.
local function busy_command()
  local since, command = reaper.GetExtState(SECTION, "busy"):match("^([%d.]+) (.+)$")
  if not since or math.abs(reaper.time_precise() - tonumber(since)) >= FORGOTTEN_SECONDS then return nil end
  return command
end

--- Ask whichever script works at a fill to end it.
function loop.cancel()
  if busy_command() then reaper.SetExtState(SECTION, "cancel", "1", false) end
end

local function mark()
  reaper.SetExtState(SECTION, "busy", string.format("%.3f %s", reaper.time_precise(), own_command()), false)
end

--- Begin.
-- @param is_alone  whether REAPER has ended what this script did before, see reaper/actions.lua
-- @return what turn() takes; or nil, after telling why
function loop.begin(mode, is_alone)
  notice.clear()
  local command = busy_command()
  if command and not (is_alone and command == own_command()) then
    host.say('Continuo is still working. "Continuo: Cancel" stops it.')
    return nil
  end
  mark()
  reaper.DeleteExtState(SECTION, "cancel", false)
  return { task = action.start(host, mode), started = reaper.time_precise() }
end

--- A few steps.
-- @return whether it has ended
function loop.turn(work)
  mark()
  if reaper.GetExtState(SECTION, "cancel") ~= "" then
    reaper.DeleteExtState(SECTION, "cancel", false)
    work.task:cancel()
  end
  for _ = 1, STEPS do
    if work.task:step() then
      loop.finish(work)
      return true
    end
  end
  return false
end

--- Let others work; a task that has not ended is given up.
function loop.finish(work)
  if work.has_ended then return end
  work.has_ended = true
  work.task:abandon()
  reaper.DeleteExtState(SECTION, "busy", false)
end

return loop
