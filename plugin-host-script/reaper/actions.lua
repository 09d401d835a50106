-- What each of Continuo's actions does in REAPER.
local keep = require("reaper.keep")
local panel = require("reaper.panel")
local run = require("reaper.run")
local settings_dialog = require("reaper.settings_dialog")
local window = require("reaper.window")

local actions = { keep = keep.toggle, settings = settings_dialog.open, cancel = run.cancel, panel = panel.open }

--- A toolbar's button is lit while its action works.
local function light(is_on)
  local _, _, section, command = reaper.get_action_context()
  reaper.SetToggleCommandState(section, command, is_on and 1 or 0)
  reaper.RefreshToolbar2(section, command)
end

local function start(mode)
  local work = run.begin(mode)
  if not work then return end
  light(true)
  reaper.atexit(function()
    run.finish(work)
    window.close()
    light(false)
  end)
  local function turn()
    if run.turn(work) then return end
    if window.turn(work) then work.job:cancel() end
    reaper.defer(turn)
  end
  turn()
end

for _, mode in ipairs({ "fill", "again", "continue", "vary", "roll" }) do
  actions[mode] = function() start(mode) end
end

return actions
