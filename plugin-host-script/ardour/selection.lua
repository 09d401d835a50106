-- What the musician has selected: a range on tracks with MIDI regions, else MIDI regions.
local each = require("ardour.each")
local map = require("ardour.map")
local regions = require("ardour.regions")
local ticks = require("ardour.ticks")

local selection = {}

-- A range drawn by the mouse misses the grid by a few pixels: who means a sixteenth note gets it.
local GRID = ticks.PPQ // 4
local TOLERANCE = GRID // 8

local function snapped(tick)
  local nearest = (tick + GRID // 2) // GRID * GRID
  return math.abs(nearest - tick) <= TOLERANCE and nearest or tick
end

local function selected_range(selected)
  if selected.time:start_sample() >= selected.time:end_sample() then return nil end
  local tempo_map = Temporal.TempoMap.read()
  local function tick_of(time) return snapped(ticks.from_beats(tempo_map:quarters_at(time))) end
  return tick_of(selected.time:start_time()), tick_of(selected.time:end_time())
end

local function target_of(region, start_tick, end_tick)
  start_tick, end_tick = math.max(start_tick, region.start_tick), math.min(end_tick, region.end_tick)
  if start_tick >= end_tick then return nil end
  return {
    id = region.id, track_id = region.track_id, start_tick = start_tick, end_tick = end_tick,
    title = map.title(start_tick, end_tick), source_id = region.source_id, shift = region.shift,
  }
end

--- Regions that are linked copies have the same notes: these are written once.
local function is_linked(target, others)
  for _, other in ipairs(others) do
    if other.source_id == target.source_id and other.start_tick - other.shift < target.end_tick - target.shift
      and target.start_tick - target.shift < other.end_tick - other.shift then
      return true
    end
  end
  return false
end

local function route_of(region)
  local id = region:to_stateful():id():to_s()
  for _, route in ipairs(regions.tracks()) do
    for other in each(route:to_track():playlist():region_list()) do
      if other:to_stateful():id():to_s() == id then return route end
    end
  end
  return nil
end

local function in_range(selected, start_tick, end_tick)
  local found = {}
  for route in each(selected.tracks:routelist()) do
    local track = route:to_track()
    if not track:isnil() and not track:to_midi_track():isnil() then
      for _, region in ipairs(regions.of_track(route)) do
        if not region.is_muted then found[#found + 1] = target_of(region, start_tick, end_tick) end
      end
    end
  end
  return found
end

local function in_regions(selected)
  local found = {}
  for one in each(selected.regions:regionlist()) do
    local route = not one:to_midiregion():isnil() and route_of(one)
    local region = route and regions.open(one, route)
    if region then found[#found + 1] = target_of(region, region.start_tick, region.end_tick) end
  end
  return found
end

--- @return targets (see shared/action.lua), the earliest first; or nil and why there is none
function selection.targets()
  local selected = Editor:get_selection()
  local start_tick, end_tick = selected_range(selected)
  local found = start_tick and in_range(selected, start_tick, end_tick) or in_regions(selected)
  table.sort(found, function(a, b)
    if a.start_tick ~= b.start_tick then return a.start_tick < b.start_tick end
    return tonumber(a.id) < tonumber(b.id)
  end)
  local targets = {}
  for _, target in ipairs(found) do
    if not is_linked(target, targets) then targets[#targets + 1] = target end
  end
  if #targets > 0 then return targets end
  if start_tick then return nil, "There is no MIDI region in the selected range of the selected tracks." end
  return nil, "Nothing is selected: select MIDI regions, or a range on tracks that have some."
end

return selection
