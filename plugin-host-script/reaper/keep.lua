-- "Keep these notes": those selected in the MIDI editor, else all of what would be filled.
local host = require("reaper.host")
local memory = require("shared.memory")
local selection = require("reaper.selection")
local takes = require("reaper.takes")

local keep = {}

local function chosen()
  local take, extent, list = selection.notes()
  if take then
    return { { target = { id = takes.id(take), track_id = reaper.GetTrackGUID(extent.track) }, list = list } }
  end
  local targets, why = selection.targets()
  if not targets then return nil, why end
  local found = {}
  for index, target in ipairs(targets) do found[index] = { target = target, list = host.read(target) } end
  return found
end

--- Keep them in later fills; once more: no longer.
function keep.toggle()
  local found, why = chosen()
  if not found then return host.say(why) end
  local total, are_kept = 0, nil
  for _, each in ipairs(found) do
    if #each.list > 0 then
      local count, is_kept = memory.toggle(host, each.target, each.list)
      total, are_kept = total + count, is_kept
    end
  end
  if total == 0 then return host.say("There are no notes to keep here.") end
  host.hint(string.format(are_kept and "Notes that later fills keep: %d" or "Notes that may be replaced again: %d", total))
end

return keep
