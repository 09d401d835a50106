-- REAPER, as the host that shared/action.lua expects.
local daemon = require("reaper.daemon")
local notice = require("reaper.notice")
local pools = require("reaper.pools")
local selection = require("reaper.selection")
local song = require("reaper.song")
local store = require("reaper.store")
local takes = require("reaper.takes")
local write = require("reaper.write")

local TITLE = "Continuo"
local YES_NO, YES = 4, 6

local host = {
  name = "reaper",
  targets = selection.targets,
  song = song.around,
  load = store.load,
  save = store.save,
  spawn = daemon.spawn,
  transport = daemon.transport,
  now = reaper.time_precise,
}

function host.find(target)
  local take = takes.find(target.id)
  if not take then return nil end
  local extent = takes.extent(take)
  if extent.start_tick > target.start_tick or extent.end_tick < target.end_tick then return nil end
  return target
end

function host.read(target)
  local take = takes.find(target.id)
  return take and takes.notes(take, target.start_tick, target.end_tick) or {}
end

function host.write(target, title, removed, added)
  local is_written, why = write.notes(target, title, removed, added)
  local hint = is_written and #removed + #added > 0 and pools.hint(target)
  if hint then notice.show(hint) end
  return is_written, why
end

function host.write_all(title, changes)
  local is_written, why = write.all(title, changes)
  for _, change in ipairs(is_written and changes or {}) do
    local hint = pools.hint(change.target)
    if hint then notice.show(hint) end
  end
  return is_written, why
end

--- Nothing of what is said needs an answer, so no window asks for one.
host.say, host.hint = notice.show, notice.show

function host.ask(text) return reaper.ShowMessageBox(text, TITLE, YES_NO) == YES end

return host
