-- MIDI takes: where they are, and their notes.
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
function takes.place(take)
  local item = reaper.GetMediaItemTake_Item(take)
  local start = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
  local place = {
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
    while source_ticks > 0 and first_end <= place.start_tick do first_end = first_end + source_ticks end
    if source_ticks > 0 and first_end < place.end_tick - ROUNDED_TICKS then
      place.first_end_tick, place.pass_ticks = first_end, source_ticks
    end
  end
  return place
end

--- The notes that sound, in their order: {start_tick, duration_ticks, pitch, velocity, channel}, and `index` and
-- `is_selected`, which hold until the take is changed. Muted notes are the musician's own business.
-- @param is_all  also those that are muted, with `is_muted`
function takes.notes(take, is_all)
  local list = {}
  local _, count = reaper.MIDI_CountEvts(take)
  for index = 0, count - 1 do
    local is_there, is_selected, is_muted, start, stop, channel, pitch, velocity = reaper.MIDI_GetNote(take, index)
    if is_there and (is_all or not is_muted) then
      local start_tick = ticks.of_take(take, start)
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
function takes.hear(take, place, from_tick, to_tick, is_all, add)
  local first_end = place.first_end_tick or place.end_tick
  local passes = place.pass_ticks and (place.end_tick - first_end) // place.pass_ticks + 1 or 0
  for _, note in ipairs(takes.notes(take, is_all)) do
    for pass = 0, passes do
      local start_tick = note.start_tick + pass * (place.pass_ticks or 0)
      local is_in = start_tick >= place.start_tick and start_tick < place.end_tick
        and note.start_tick < first_end
      if is_in and start_tick < to_tick and start_tick + note.duration_ticks > from_tick then
        local heard = {}
        for key, value in pairs(note) do heard[key] = value end
        heard.start_tick = start_tick
        add(heard, pass > 0)
      end
    end
  end
end

return takes
