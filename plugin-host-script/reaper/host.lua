-- REAPER as shared/action.lua sees it.
local daemon = require("reaper.daemon")
local selection = require("reaper.selection")
local song = require("reaper.song")
local store = require("reaper.store")
local takes = require("reaper.takes")
local write = require("reaper.write")

local TITLE = "Continuo"
local OK, YES_NO, YES = 0, 4, 6

local host = {
  name = "reaper",
  targets = selection.targets,
  song = song.around,
  write = write.notes,
  load = store.load,
  save = store.save,
  spawn = daemon.spawn,
  transport = daemon.transport,
  now = reaper.time_precise,
}

function host.find(target)
  local take = takes.find(target.id)
  if not take then return nil end
  local place = takes.place(take)
  if place.start_tick > target.start_tick or place.end_tick < target.end_tick then return nil end
  return target
end

function host.read(target)
  local take = takes.find(target.id)
  return take and takes.notes(take, target.start_tick, target.end_tick) or {}
end

function host.say(text) reaper.ShowMessageBox(text, TITLE, OK) end

function host.ask(text) return reaper.ShowMessageBox(text, TITLE, YES_NO) == YES end

return host
