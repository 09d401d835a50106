-- The song around a target: what sounds there, with tempo and meter.
local map = require("ardour.map")
local regions = require("ardour.regions")
local ticks = require("ardour.ticks")

local song = {}

-- More than the model listens to, which the daemon cuts to what it needs.
local BARS_AROUND = 64

--- What is heard of a region that is not filled.
local function add_heard(list, region, all, from, to, breathe)
  if region.is_muted or region.end_tick <= from or region.start_tick >= to then return end
  for _, note in ipairs(regions.notes(region, from, to, breathe)) do
    if not regions.is_covered(region, all, note.start_tick) then
      local stop = regions.heard_until(region, all, note.start_tick)
      note.duration_ticks = math.min(note.duration_ticks, stop - note.start_tick)
      list[#list + 1] = note
    end
  end
end

--- The region that is filled: what is heard of it, and of what is not the notes that sound into the target. Two notes of
-- one pitch that overlap could not be saved, so the fill must know of them.
local function add_filled(list, region, all, target, from, to, breathe)
  for _, note in ipairs(regions.source_notes(region, breathe)) do
    local is_heard = note.start_tick >= math.max(from, region.start_tick)
      and note.start_tick < math.min(to, region.end_tick) and not regions.is_covered(region, all, note.start_tick)
    local sounds_in = note.start_tick >= 0 and note.start_tick < target.start_tick
      and note.start_tick + note.duration_ticks > target.start_tick
    if is_heard or sounds_in then list[#list + 1] = note end
  end
end

--- Notes of other regions in the target: they lie over it and stay.
local function add_fixed(fixed, list, target)
  for _, note in ipairs(list) do
    if note.start_tick >= target.start_tick and note.start_tick < target.end_tick then fixed[#fixed + 1] = note end
  end
end

local function track_of(route, target, from, to, fixed, breathe)
  local is_target, all, heard, filled = false, regions.of_track(route), {}, {}
  for _, region in ipairs(all) do
    if region.id == target.id then
      is_target = true
      add_filled(filled, region, all, target, from, to, breathe)
    else
      add_heard(heard, region, all, from, to, breathe)
    end
  end
  if is_target then add_fixed(fixed, heard, target) end
  table.move(heard, 1, #heard, #filled + 1, filled)
  return { id = route:to_stateful():id():to_s(), name = route:name(), program = 0, notes = filled }, is_target
end

--- @param target   as shared/action.lua has it
-- @param breathe  called now and then
-- @return what shared/request.lua sends
function song.around(target, breathe)
  local from, to = map.around(target.start_tick, target.end_tick, BARS_AROUND)
  local tracks, fixed = {}, {}
  for _, route in ipairs(regions.tracks()) do
    -- Hidden tracks are heard; those that are muted or not active are not.
    local is_heard = route:active() and not route:muted()
    if is_heard or route:to_stateful():id():to_s() == target.track_id then
      local track, is_target = track_of(route, target, from, to, fixed, breathe)
      if is_target or #track.notes > 0 then tracks[#tracks + 1] = track end
    end
  end
  return { ppq = ticks.PPQ, tempos = map.tempos(to), meters = map.meters(to), tracks = tracks, fixed = fixed }
end

return song
