-- The musician's selection: a range on tracks with MIDI regions, else MIDI regions.
local each = require("ardour.each")
local map = require("ardour.map")
local regions = require("ardour.regions")
local snap = require("ardour.snap")
local ticks = require("ardour.ticks")

local selection = {}

local function selected_range(selected)
  if selected.time:start_sample() >= selected.time:end_sample() then return nil end
  local tempo_map = Temporal.TempoMap.read()
  local function tick_of(time) return ticks.from_beats(tempo_map:quarters_at(time)) end
  return snap.range(tick_of(selected.time:start_time()), tick_of(selected.time:end_time()))
end

local function target_of(region, part)
  return {
    id = region.id, track_id = region.track_id, start_tick = part.start_tick, end_tick = part.end_tick,
    title = map.title(part.start_tick, part.end_tick), source_id = region.source_id, shift = region.shift,
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

--- Regions of which a part is selected, each with the regions of its track and what of it is selected.
local function in_range(selected, start_tick, end_tick)
  local found = {}
  for route in each(selected.tracks:routelist()) do
    local track = route:to_track()
    if not track:isnil() and not track:to_midi_track():isnil() then
      local all = regions.of_track(route)
      for _, region in ipairs(all) do
        if not region.is_muted and region.start_tick < end_tick and region.end_tick > start_tick then
          found[#found + 1] = { region = region, all = all, start_tick = start_tick, end_tick = end_tick }
        end
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
    if region then
      found[#found + 1] = { region = region, all = regions.of_track(route), start_tick = region.start_tick,
        end_tick = region.end_tick }
    end
  end
  return found
end

local function locked_regions()
  local found = {}
  for _, route in ipairs(regions.tracks()) do
    for _, region in ipairs(regions.of_track(route)) do
      if region.is_locked then found[#found + 1] = region end
    end
  end
  return found
end

--- What can be filled of what is selected, and why the rest can't, or nil.
local function fillable(chosen)
  local targets, locked, hidden = {}, {}, {}
  local untouchable = locked_regions()
  for _, one in ipairs(chosen) do
    local region = one.region
    local parts = regions.heard_parts(region, one.all, one.start_tick, one.end_tick)
    if region.is_locked then
      locked[#locked + 1] = region.name
    elseif is_linked(region, untouchable) then
      locked[#locked + 1] = region.name .. " (linked to a locked region)"
    elseif #parts == 0 then
      hidden[#hidden + 1] = region.name
    else
      for _, part in ipairs(parts) do targets[#targets + 1] = target_of(region, part) end
    end
  end
  local why = {}
  if #locked > 0 then why[1] = "Locked, so not filled: " .. table.concat(locked, ", ") .. "." end
  if #hidden > 0 then
    why[#why + 1] = "Hidden by a region above, so not filled: " .. table.concat(hidden, ", ") .. "."
  end
  return targets, why[1] and table.concat(why, " ")
end

--- What is selected, as a text: another one where anything else is.
function selection.state()
  local selected = Editor:get_selection()
  local found = { selected.time:start_sample(), selected.time:end_sample() }
  for region in each(selected.regions:regionlist()) do found[#found + 1] = region:to_stateful():id():to_s() end
  for route in each(selected.tracks:routelist()) do found[#found + 1] = route:to_stateful():id():to_s() end
  return table.concat(found, " ")
end

--- @return targets (see shared/action.lua), the earliest first; or nil and the reason
function selection.targets()
  local selected = Editor:get_selection()
  local start_tick, end_tick = selected_range(selected)
  local found, why = fillable(start_tick and in_range(selected, start_tick, end_tick) or in_regions(selected))
  table.sort(found, function(a, b)
    if a.start_tick ~= b.start_tick then return a.start_tick < b.start_tick end
    return tonumber(a.id) < tonumber(b.id)
  end)
  local targets = { remark = why }
  for _, target in ipairs(found) do
    if not is_linked(target, targets) then targets[#targets + 1] = target end
  end
  if #targets > 0 then return targets end
  if why then return nil, why end
  if start_tick then return nil, "There is no MIDI region in the selected range of the selected tracks." end
  return nil, "Nothing is selected: select MIDI regions, or a range on tracks that have some."
end

return selection
