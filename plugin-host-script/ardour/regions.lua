-- MIDI regions and their notes, in ticks of the timeline.
local each = require("ardour.each")
local ticks = require("ardour.ticks")

local regions = {}

--- A region as the other modules know it, or nil if it is not a MIDI region. It shows [start_tick, end_tick) of the
-- timeline; `shift` leads from its source's time there.
function regions.open(region, route)
  local midi = region:to_midiregion()
  if midi:isnil() or midi:model():isnil() then return nil end
  local start_tick = ticks.from_beats(midi:position():beats())
  return {
    midi = midi,
    name = midi:name(),
    id = midi:to_stateful():id():to_s(),
    route = route,
    track_id = route:to_stateful():id():to_s(),
    start_tick = start_tick,
    end_tick = start_tick + ticks.from_beats(midi:length():beats()),
    shift = start_tick - ticks.from_beats(midi:start():beats()),
    -- In Ardour 7.3 midi_source gives what can't be used.
    source_id = midi:source(0):to_stateful():id():to_s(),
    layer = midi:layer(),
    is_muted = midi:muted(),
    is_opaque = midi:opaque(),
    is_locked = midi:locked(),
  }
end

--- Does `other` hide notes of `region` where both are?
local function covers(other, region)
  return other.layer > region.layer and other.is_opaque and not other.is_muted
end

--- Is there a region above that hides this one at a time?
-- @param all  regions of its track
function regions.is_covered(region, all, tick)
  for _, other in ipairs(all) do
    if covers(other, region) and tick >= other.start_tick and tick < other.end_tick then return true end
  end
  return false
end

--- Where the next region that hides this one begins after a time, or its own end.
function regions.heard_until(region, all, tick)
  local stop = region.end_tick
  for _, other in ipairs(all) do
    if covers(other, region) and other.start_tick > tick then stop = math.min(stop, other.start_tick) end
  end
  return stop
end

--- The parts of [start_tick, end_tick) in which a region is heard, as {start_tick, end_tick}.
function regions.heard_parts(region, all, start_tick, end_tick)
  local tick, stop = math.max(start_tick, region.start_tick), math.min(end_tick, region.end_tick)
  local parts = {}
  while tick < stop do
    local cover_end = tick
    for _, other in ipairs(all) do
      if covers(other, region) and tick >= other.start_tick then cover_end = math.max(cover_end, other.end_tick) end
    end
    if cover_end == tick then
      local part_end = math.min(stop, regions.heard_until(region, all, tick))
      parts[#parts + 1] = { start_tick = tick, end_tick = part_end }
      cover_end = part_end
    end
    tick = cover_end
  end
  return parts
end

--- MIDI tracks of the session, hidden ones too, as routes.
function regions.tracks()
  local found = {}
  for route in each(Session:get_tracks()) do
    local track = route:to_track()
    if not track:isnil() and not track:to_midi_track():isnil() then found[#found + 1] = route end
  end
  return found
end

--- MIDI regions of one track.
function regions.of_track(route)
  local found = {}
  for region in each(route:to_track():playlist():region_list()) do
    found[#found + 1] = regions.open(region, route)
  end
  return found
end

--- The region with this id, wherever it is by now; or nil.
function regions.find(id)
  for _, route in ipairs(regions.tracks()) do
    for region in each(route:to_track():playlist():region_list()) do
      if region:to_stateful():id():to_s() == id then return regions.open(region, route) end
    end
  end
  return nil
end

--- All notes of the region's source, also those that the region does not show; `handle` is Ardour's own.
-- @param breathe  called now and then, as long lists take their time
function regions.source_notes(region, breathe)
  local found = {}
  for note in each(ARDOUR.LuaAPI.note_list(region.midi:model())) do
    found[#found + 1] = {
      start_tick = ticks.from_beats(note:time()) + region.shift,
      duration_ticks = ticks.from_beats(note:length()),
      pitch = note:note(),
      velocity = note:velocity(),
      channel = note:channel(),
      handle = note,
    }
    if breathe and #found % 1000 == 0 then breathe() end
  end
  return found
end

--- Notes that the region shows and that start in [start_tick, end_tick).
function regions.notes(region, start_tick, end_tick, breathe)
  local from, to = math.max(start_tick, region.start_tick), math.min(end_tick, region.end_tick)
  local found = {}
  for _, note in ipairs(regions.source_notes(region, breathe)) do
    if note.start_tick >= from and note.start_tick < to then found[#found + 1] = note end
  end
  return found
end

return regions
