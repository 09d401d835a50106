-- Finds what to fill. From the MIDI editor: its selected notes, else the time selection in its take. Else, or from
-- elsewhere: the time selection in the selected items, else these as a whole; else the time selection on the selected
-- tracks; else what is in the editor. An item as a whole is continued behind it.
local map = require("reaper.map")
local pools = require("reaper.pools")
local sounds = require("reaper.sounds")
local takes = require("reaper.takes")
local ticks = require("reaper.ticks")

local selection = {}

--- How far an item is continued.
local BARS = 4
--- Of actions: the MIDI editor as piano roll, and as list of events.
local EDITOR_SECTIONS = { [32060] = true, [32061] = true }
local NOTHING = "Select notes in the MIDI editor, or MIDI items, or a time and a track; then try again."

--- The part of a take between two ticks that can be written, as a target.
-- @return nil and no reason where they do not meet; nil and why where it must not be written
local function target_of(take, extent, from_tick, to_tick)
  local start_tick, end_tick = math.max(from_tick, extent.start_tick), math.min(to_tick, extent.end_tick)
  if start_tick >= end_tick then return nil end
  local where = ticks.bars(start_tick, end_tick)
  if reaper.GetMediaItemTakeInfo_Value(take, "D_PLAYRATE") ~= 1 then
    return nil, "The item in " .. where .. " is played at another rate; set its rate to 1 in its properties first."
  end
  if math.floor(reaper.GetMediaItemInfo_Value(extent.item, "C_LOCK")) % 2 == 1 then
    return nil, "The item in " .. where .. " is locked; unlock it first."
  end
  if extent.pass_ticks then
    -- What is written into one pass is heard in all.
    end_tick = math.min(end_tick, extent.first_end_tick)
    if start_tick >= end_tick then
      return nil, "The item repeats its notes in " .. where .. "; glue it first, or select in its first pass."
    end
  end
  return {
    id = takes.id(take), track_id = reaper.GetTrackGUID(extent.track), start_tick = start_tick, end_tick = end_tick,
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

--- Was the action started in the MIDI editor? It may lie open behind what the musician works at.
local function is_from_editor()
  local _, _, section = reaper.get_action_context()
  return EDITOR_SECTIONS[section] == true
end

--- Notes of the MIDI editor that are selected and sound, if they are what is meant: those that were left selected there
-- count only where no time and no item is selected.
-- @return the take, its place, and they; or nothing
function selection.notes()
  local is_meant = is_from_editor() or not time_selection() and reaper.CountSelectedMediaItems(0) == 0
  local take = is_meant and editor_take()
  if not take then return nil end
  local extent, found = takes.extent(take), {}
  for _, note in ipairs(takes.notes(take, extent.start_tick, extent.end_tick)) do
    if note.is_selected then found[#found + 1] = note end
  end
  if #found > 0 then return take, extent, found end
end

local function of_notes()
  local take, extent, list = selection.notes()
  if not take then return nil end
  local from_tick, to_tick = math.huge, 0
  for _, note in ipairs(list) do
    from_tick = math.min(from_tick, note.start_tick)
    to_tick = math.max(to_tick, note.start_tick + note.duration_ticks)
  end
  return target_of(take, extent, from_tick, to_tick)
end

--- A list that `add` grows by what of an item is to be filled.
local function collector(from_tick, to_tick)
  local list = { count = 0 }
  function list.add(item)
    local take = item and reaper.GetActiveTake(item)
    if not take or not reaper.TakeIsMIDI(take) or list.why then return end
    local target, why = target_of(take, takes.extent(take), from_tick, to_tick)
    if target then list[#list + 1] = target else list.why = why end
    list.count = list.count + 1
  end
  return list
end

--- What of items is to be filled.
-- @return two collectors: of the items that play, and of those that don't
local function part(items, from_tick, to_tick)
  local playing, silent = collector(from_tick, to_tick), collector(from_tick, to_tick)
  for _, item in ipairs(items) do
    if sounds.item(item) then playing.add(item) else silent.add(item) end
  end
  return playing, silent
end

--- Items but for those that are not shown.
local function visible(count, get)
  local items = {}
  for index = 0, count - 1 do
    local item = get(index)
    if not sounds.is_hidden(item) then items[#items + 1] = item end
  end
  return items
end

local function selected_items()
  return visible(reaper.CountSelectedMediaItems(0), function(index) return reaper.GetSelectedMediaItem(0, index) end)
end

local function items_of(track)
  return visible(reaper.CountTrackMediaItems(track), function(index) return reaper.GetTrackMediaItem(track, index) end)
end

--- The selected items that play; where none of them does, the others, which are meant then.
local function of_items(from_tick, to_tick)
  local playing, silent = part(selected_items(), from_tick or 0, to_tick or math.maxinteger)
  return (#playing > 0 or playing.why or silent.count == 0) and playing or silent
end

--- Does a track show no item between two ticks?
local function is_empty(track, from_tick, to_tick)
  for _, item in ipairs(items_of(track)) do
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

--- The bars of a track: of the MIDI items that play there; a new item where there is none at all.
-- @return a list of targets, with `why` where they must not be filled, and `silent_why` where what is there is silent
local function of_track(track, from_tick, to_tick)
  if is_empty(track, from_tick, to_tick) then return { new_target(track, from_tick, to_tick) } end
  local playing, silent = part(items_of(track), from_tick, to_tick)
  if #playing == 0 and silent.why then playing.silent_why = silent.why end
  if #playing == 0 and #silent > 0 then
    playing.silent_why = "What is in " .. silent[1].title
      .. " is muted, or on a lane that does not play; select the item to fill it."
  end
  return playing
end

--- The bars behind each selected MIDI item.
local function behind_items()
  local targets = {}
  for _, item in ipairs(selected_items()) do
    local take = reaper.GetActiveTake(item)
    if take and reaper.TakeIsMIDI(take) then
      local extent = takes.extent(take)
      local from_tick = extent.end_tick
      local to_tick = from_tick + BARS * map.bar_ticks(from_tick)
      if not is_empty(extent.track, from_tick, to_tick) then
        return nil, "There is already something in " .. ticks.bars(from_tick, to_tick) .. "; select the time to fill."
      end
      targets[#targets + 1] = new_target(extent.track, from_tick, to_tick)
    end
  end
  if #targets == 0 then return nil, NOTHING end
  return targets
end

local function of_tracks(from_tick, to_tick)
  local targets, silent_why = {}, nil
  for index = 0, reaper.CountSelectedTracks(0) - 1 do
    local list = of_track(reaper.GetSelectedTrack(0, index), from_tick, to_tick)
    if list.why then return nil, list.why end
    silent_why = silent_why or list.silent_why
    for _, target in ipairs(list) do targets[#targets + 1] = target end
  end
  if #targets == 0 then return nil, silent_why or NOTHING end
  return targets
end

--- The time selection in the editor's take, where it is meant.
local function of_editor(from_tick, to_tick)
  local is_meant = is_from_editor()
    or reaper.CountSelectedMediaItems(0) == 0 and reaper.CountSelectedTracks(0) == 0
  local take = from_tick and is_meant and editor_take()
  if take then return target_of(take, takes.extent(take), from_tick, to_tick) end
end

local function chosen(mode)
  local target, why = of_notes()
  if target or why then return { target }, why end
  local from_tick, to_tick = time_selection()
  target, why = of_editor(from_tick, to_tick)
  if target or why then return { target }, why end
  if mode == "continue" and not from_tick and reaper.CountSelectedMediaItems(0) > 0 then return behind_items() end
  local items = of_items(from_tick, to_tick)
  if items.why or #items > 0 then return items, items.why end
  if items.count > 0 then
    return nil, "The time selection does not touch the selected items; clear one of the two selections."
  end
  if not from_tick then return nil, NOTHING end
  return of_tracks(from_tick, to_tick)
end

--- @param mode  of the action
-- @return targets, see shared/action.lua; or nil and the reason
function selection.targets(mode)
  local targets, why = chosen(mode)
  if why then return nil, why end
  return pools.once(targets)
end

return selection
