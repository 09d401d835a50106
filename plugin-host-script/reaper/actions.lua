-- Continuo's actions in REAPER.
local keep = require("reaper.keep")
local panel = require("reaper.panel")
local loop = require("reaper.loop")
local settings_dialog = require("reaper.settings_dialog")
local window = require("reaper.window")

--- Of set_action_options: an action that is started once more ends its older instance, and then starts again or not.
local AGAIN, TOGGLE = 3, 1

local actions = { keep = keep.toggle, settings = settings_dialog.open, cancel = loop.cancel }

--- What a key does that is pressed again while its action goes on. REAPER 6 has no such option, and asks the musician.
-- @return whether there is only one of this script at a time
local function set_options(options)
  if not reaper.set_action_options then return false end
  reaper.set_action_options(options)
  return true
end

--- A toolbar's button is lit while its action works.
local function light(is_on)
  local _, _, section, command = reaper.get_action_context()
  reaper.SetToggleCommandState(section, command, is_on and 1 or 0)
  reaper.RefreshToolbar2(section, command)
end

--- The last press counts: what is selected then is filled.
local function start(mode)
  local work = loop.begin(mode, set_options(AGAIN))
  if not work then return end
  light(true)
  reaper.atexit(function()
    loop.finish(work)
    window.close()
    light(false)
  end)
  local function turn()
    if loop.turn(work) then return end
    if window.turn(work) then work.task:cancel() end
    reaper.defer(turn)
  end
  turn()
end

for _, mode in ipairs({ "fill", "again", "continue", "vary", "humanize", "roll" }) do
  actions[mode] = function() start(mode) end
end

function actions.panel()
  set_options(TOGGLE)
  panel.open()
end

return actions
