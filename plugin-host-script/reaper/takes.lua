-- MIDI takes: their extent in the project, and their notes.
local ticks = require("reaper.ticks")

local takes = {}

--- A source that is so much shorter than its item was rounded, and does not repeat.
local ROUNDED_TICKS = ticks.PPQ // 16

function takes.id(take)
  local _, id = reaper.GetSetMediaItemTakeInfo_String(take, "GUID", "", false)
  return id
end

--- The MIDI take of an id, or nil where it is gone.
function takes.find(id)
  local take = id:find("^{") and reaper.GetMediaItemTakeByGUID(0, id)
  return take and reaper.TakeIsMIDI(take) and take or nil
end

--- Where the take's item is: {item, track, start_tick, end_tick, pass_ticks}; pass_ticks is how long it plays until it
-- repeats, nil where it does not.
function takes.extent(take)
  local item = reaper.GetMediaItemTake_Item(take)
  local start = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
  local extent = {
    item = item, track = reaper.GetMediaItem_Track(item),
    start_tick = ticks.of_seconds(start),
    end_tick = ticks.of_seconds(start + reaper.GetMediaItemInfo_Value(item, "D_LENGTH")),
  }
  if reaper.GetMediaItemInfo_Value(item, "B_LOOPSRC") == 1 then
    local length, is_quarters = reaper.GetMediaSourceLength(reaper.GetMediaItemTake_Source(take))
    local source_start = ticks.of_take(take, 0)
    local source_ticks = is_quarters and ticks.of_quarters(length)
      or ticks.of_seconds(ticks.seconds(source_start) + length) - source_start
    -- A take may begin in the middle of its source.
    local first_end = source_start + source_ticks
    while source_ticks > 0 and first_end <= extent.start_tick do first_end = first_end + source_ticks end
    if source_ticks > 0 and first_end < extent.end_tick - ROUNDED_TICKS then
      extent.first_end_tick, extent.pass_ticks = first_end, source_ticks
    end
  end
  return extent
end

--- The index of the first note that starts at a position of the take or after it.
local function first_from(take, count, position)
  local low, high = 0, count
  while low < high do
    local middle = (low + high) // 2
    local _, _, _, start = reaper.MIDI_GetNote(take, middle)
    if start < position then low = middle + 1 else high = middle end
  end
  return low
end

--- The notes that sound and start in [from_tick, to_tick), in their order: {start_tick, duration_ticks, pitch, velocity,
-- channel}, and `index` and `is_selected`, which hold until the take is changed. Muted notes are the musician's own
-- business. Others cost nothing, however long the take is.
-- @param is_all  also those that are muted, with `is_muted`
function takes.notes(take, from_tick, to_tick, is_all)
  local list = {}
  local _, count = reaper.MIDI_CountEvts(take)
  for index = first_from(take, count, ticks.to_take(take, from_tick) - 1), count - 1 do
    local _, is_selected, is_muted, start, stop, channel, pitch, velocity = reaper.MIDI_GetNote(take, index)
    local start_tick = ticks.of_take(take, start)
    if start_tick >= to_tick then break end
    if start_tick >= from_tick and (is_all or not is_muted) then
      list[#list + 1] = {
        start_tick = start_tick, duration_ticks = math.max(1, ticks.of_take(take, stop) - start_tick),
        pitch = math.floor(pitch), velocity = math.floor(velocity), channel = math.floor(channel),
        index = index, is_selected = is_selected, is_muted = is_muted,
      }
    end
  end
  return list
end

--- What is heard of a take between two ticks: nothing outside its item, and its repetitions.
-- @param is_all  also those that are muted
-- @param add     gets each note; and whether it is a repetition
function takes.hear(take, extent, from_tick, to_tick, is_all, add)
  from_tick, to_tick = math.max(from_tick, extent.start_tick), math.min(to_tick, extent.end_tick)
  if not extent.pass_ticks then
    for _, note in ipairs(takes.notes(take, from_tick, to_tick, is_all)) do add(note, false) end
    return
  end
  local passes = (extent.end_tick - extent.first_end_tick) // extent.pass_ticks + 1
  local source_start = extent.first_end_tick - extent.pass_ticks
  for _, note in ipairs(takes.notes(take, source_start, extent.first_end_tick, is_all)) do
    for pass = 0, passes do
      local heard = {}
      for key, value in pairs(note) do heard[key] = value end
      heard.start_tick = note.start_tick + pass * extent.pass_ticks
      if heard.start_tick >= from_tick and heard.start_tick < to_tick then add(heard, pass > 0) end
    end
  end
end

return takes
