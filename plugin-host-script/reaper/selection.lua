-- What is to be filled: notes selected in the MIDI editor, else the time selection in its take, else in the selected
-- items, else these as a whole; else empty bars of the selected tracks. An item as a whole is continued behind it.
local map = require("reaper.map")
local takes = require("reaper.takes")
local ticks = require("reaper.ticks")

local selection = {}

--- How far an item is continued.
local BARS = 4
local NOTHING = "Select notes in the MIDI editor, or MIDI items, or a time and a track; then try again."

--- The part of a take between two ticks that can be written, as a target.
-- @return nil and no reason where they do not meet; nil and why where it must not be written
local function target_of(take, place, from_tick, to_tick)
  local start_tick, end_tick = math.max(from_tick, place.start_tick), math.min(to_tick, place.end_tick)
  if start_tick >= end_tick then return nil end
  local where = ticks.bars(start_tick, end_tick)
  if reaper.GetMediaItemTakeInfo_Value(take, "D_PLAYRATE") ~= 1 then
    return nil, "The item in " .. where .. " is played at another rate; set its rate to 1 in its properties first."
  end
  if math.floor(reaper.GetMediaItemInfo_Value(place.item, "C_LOCK")) % 2 == 1 then
    return nil, "The item in " .. where .. " is locked; unlock it first."
  end
  if place.pass_ticks then
    -- What is written into one pass is heard in all.
    end_tick = math.min(end_tick, place.first_end_tick)
    if start_tick >= end_tick then
      return nil, "The item repeats its notes in " .. where .. "; glue it first, or select in its first pass."
    end
  end
  return {
    id = takes.id(take), track_id = reaper.GetTrackGUID(place.track), start_tick = start_tick, end_tick = end_tick,
    title = ticks.bars(start_tick, end_tick),
  }
end

local function time_selection()
  local start, stop = reaper.GetSet_LoopTimeRange2(0, false, false, 0, 0, false)
  local from_tick, to_tick = ticks.of_seconds(start), ticks.of_seconds(stop)
  if to_tick > from_tick then return from_tick, to_tick end
end

local function editor_take()
  local editor = reaper.MIDIEditor_GetActive()
  local take = editor and reaper.MIDIEditor_GetTake(editor)
  return take and reaper.TakeIsMIDI(take) and take or nil
end

--- Notes of the MIDI editor that are selected and sound.
-- @return the take, its place, and they; or nothing
function selection.notes()
  local take = editor_take()
  if not take then return nil end
  local place, found = takes.place(take), {}
  for _, note in ipairs(takes.notes(take, place.start_tick, place.end_tick)) do
    if note.is_selected then found[#found + 1] = note end
  end
  if #found > 0 then return take, place, found end
end

local function of_notes()
  local take, place, list = selection.notes()
  if not take then return nil end
  local from_tick, to_tick = math.huge, 0
  for _, note in ipairs(list) do
    from_tick = math.min(from_tick, note.start_tick)
    to_tick = math.max(to_tick, note.start_tick + note.duration_ticks)
  end
  return target_of(take, place, from_tick, to_tick)
end

--- A list that `add` grows by what of an item is to be filled.
local function collector(from_tick, to_tick)
  local list = { count = 0 }
  function list.add(item)
    local take = item and reaper.GetActiveTake(item)
    if not take or not reaper.TakeIsMIDI(take) or list.why then return end
    local target, why = target_of(take, takes.place(take), from_tick, to_tick)
    if target then list[#list + 1] = target else list.why = why end
    list.count = list.count + 1
  end
  return list
end

local function of_items(from_tick, to_tick)
  local list = collector(from_tick or 0, to_tick or math.maxinteger)
  for index = 0, reaper.CountSelectedMediaItems(0) - 1 do list.add(reaper.GetSelectedMediaItem(0, index)) end
  return list
end

--- Does a track have no item between two ticks?
local function is_empty(track, from_tick, to_tick)
  for index = 0, reaper.CountTrackMediaItems(track) - 1 do
    local item = reaper.GetTrackMediaItem(track, index)
    local start = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
    local stop = start + reaper.GetMediaItemInfo_Value(item, "D_LENGTH")
    if ticks.of_seconds(start) < to_tick and ticks.of_seconds(stop) > from_tick then return false end
  end
  return true
end

local function new_target(track, from_tick, to_tick)
  local id = reaper.GetTrackGUID(track)
  return {
    id = "new in " .. id, track_id = id, start_tick = from_tick, end_tick = to_tick,
    title = ticks.bars(from_tick, to_tick), is_new = true,
  }
end

--- The bars of a track: of the MIDI items there; a new item where there is none.
local function of_track(track, from_tick, to_tick, targets)
  if is_empty(track, from_tick, to_tick) then
    targets[#targets + 1] = new_target(track, from_tick, to_tick)
    return true
  end
  local list = collector(from_tick, to_tick)
  for index = 0, reaper.CountTrackMediaItems(track) - 1 do list.add(reaper.GetTrackMediaItem(track, index)) end
  if list.why then return nil, list.why end
  for _, target in ipairs(list) do targets[#targets + 1] = target end
  return true
end

--- The bars behind each selected MIDI item.
local function behind_items()
  local targets = {}
  for index = 0, reaper.CountSelectedMediaItems(0) - 1 do
    local take = reaper.GetActiveTake(reaper.GetSelectedMediaItem(0, index))
    if take and reaper.TakeIsMIDI(take) then
      local place = takes.place(take)
      local from_tick = place.end_tick
      local to_tick = from_tick + BARS * map.bar_ticks(from_tick)
      if not is_empty(place.track, from_tick, to_tick) then
        return nil, "Something is in " .. ticks.bars(from_tick, to_tick) .. " already; select the time to fill."
      end
      targets[#targets + 1] = new_target(place.track, from_tick, to_tick)
    end
  end
  if #targets == 0 then return nil, NOTHING end
  return targets
end

local function of_tracks(from_tick, to_tick)
  local targets = {}
  for index = 0, reaper.CountSelectedTracks(0) - 1 do
    local is_good, why = of_track(reaper.GetSelectedTrack(0, index), from_tick, to_tick, targets)
    if not is_good then return nil, why end
  end
  if #targets == 0 then return nil, NOTHING end
  return targets
end

--- @param mode  of the action
-- @return targets, see shared/action.lua; or nil and why there is none
function selection.targets(mode)
  local target, why = of_notes()
  if target then return { target } end
  if why then return nil, why end
  local from_tick, to_tick = time_selection()
  local take = from_tick and editor_take()
  if take then
    target, why = target_of(take, takes.place(take), from_tick, to_tick)
    if target then return { target } end
    if why then return nil, why end
  end
  if mode == "continue" and not from_tick and reaper.CountSelectedMediaItems(0) > 0 then return behind_items() end
  local items = of_items(from_tick, to_tick)
  if items.why then return nil, items.why end
  if #items > 0 then return items end
  if items.count > 0 then
    return nil, "The time selection touches none of the selected items; take one of them away."
  end
  if not from_tick then return nil, NOTHING end
  return of_tracks(from_tick, to_tick)
end

return selection
