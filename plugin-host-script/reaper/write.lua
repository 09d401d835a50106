-- Writes notes into a take, as one undo step.
local takes = require("reaper.takes")
local ticks = require("reaper.ticks")

local write = {}

--- Items are all that changes.
local UNDO_STATE_ITEMS = 4
--- A name that no other step has, so that none but a failed one is taken back.
local FAILED = "Continuo: a fill that failed"

local function track_of(id)
  for index = 0, reaper.CountTracks(0) - 1 do
    local track = reaper.GetTrack(0, index)
    if reaper.GetTrackGUID(track) == id then return track end
  end
end

--- The take that a target is in; a new item's where the bars are empty.
local function take_of(target)
  if not target.is_new then return takes.find(target.id) end
  local track = track_of(target.track_id)
  if not track then return nil end
  local item = reaper.CreateNewMIDIItemInProj(
    track, ticks.seconds(target.start_tick), ticks.seconds(target.end_tick), false)
  local take = item and reaper.GetActiveTake(item)
  if take then target.id, target.is_new = takes.id(take), nil end
  return take
end

local function key_of(note)
  return table.concat({ note.start_tick, note.duration_ticks, note.pitch, note.velocity, note.channel }, " ")
end

--- The indices of notes in the take now: what was written since they were read has moved them.
-- @return indices from the last on, so that removing one does not renumber those still to be removed; and whether one of
-- them is selected
local function indexes_of(take, target, list)
  local standing = {}
  for _, note in ipairs(takes.notes(take, target.start_tick, target.end_tick)) do
    local key = key_of(note)
    standing[key] = standing[key] or {}
    table.insert(standing[key], note)
  end
  local indexes, is_selected = {}, false
  for index, each in ipairs(list) do
    local note = table.remove(standing[key_of(each)] or {}) or error("its notes were changed meanwhile", 0)
    indexes[index] = note.index
    is_selected = is_selected or note.is_selected
  end
  table.sort(indexes, function(a, b) return a > b end)
  return indexes, is_selected
end

local function change(target, removed, added)
  local take = take_of(target) or error("its item is gone", 0)
  local extent = takes.extent(take)
  local last = extent.first_end_tick or extent.end_tick
  if extent.start_tick > target.start_tick or last < target.end_tick then
    error("its item was moved or cut meanwhile", 0)
  end
  local indexes, is_selected = indexes_of(take, target, removed)
  reaper.MIDI_DisableSort(take)
  for _, index in ipairs(indexes) do
    if not reaper.MIDI_DeleteNote(take, index) then error("REAPER did not delete a note", 0) end
  end
  for _, note in ipairs(added) do
    local start = ticks.to_take(take, note.start_tick)
    local stop = math.max(start + 1, ticks.to_take(take, note.start_tick + note.duration_ticks))
    if not reaper.MIDI_InsertNote(
      take, is_selected, false, start, stop, note.channel, note.pitch, note.velocity, true) then
      error("REAPER did not take a note", 0)
    end
  end
  reaper.MIDI_Sort(take)
  reaper.MarkTrackItemsDirty(extent.track, extent.item)
end

--- Do something as one undo step, or not at all.
-- @return true; or nil and why nothing was changed
local function as_one_step(title, act)
  reaper.Undo_BeginBlock2(0)
  reaper.PreventUIRefresh(1)
  local is_good, why = pcall(act)
  reaper.PreventUIRefresh(-1)
  reaper.Undo_EndBlock2(0, is_good and title or FAILED, UNDO_STATE_ITEMS)
  if not is_good and reaper.Undo_CanUndo2(0) == FAILED then reaper.Undo_DoUndo2(0) end
  reaper.UpdateArrange()
  if not is_good then return nil, why end
  return true
end

--- @param removed  notes of the take as it is, see reaper/takes.lua
-- @return true; or nil and why nothing was changed
function write.notes(target, title, removed, added)
  -- An undo step that undoes nothing would be a riddle.
  if #removed == 0 and #added == 0 then return true end
  return as_one_step(title, function() change(target, removed, added) end)
end

--- @param changes  as shared/action.lua has them
-- @return true; or nil and why nothing was changed
function write.all(title, changes)
  local count = 0
  for _, each in ipairs(changes) do count = count + #each.removed + #each.added end
  if count == 0 then return true end
  return as_one_step(title, function()
    for _, each in ipairs(changes) do
      local removed, added = each.look()
      if #removed + #added > 0 then change(each.target, removed, added) end
    end
  end)
end

return write
