-- Snaps the ends of a range to where the musician meant them. A mouse moves by whole pixels, and a pixel can be a twentieth
-- of a quarter note and more: an end that is as near to a bar line as a hand gets is meant to be there.
local map = require("ardour.map")
local ticks = require("ardour.ticks")

local snap = {}

local HAND_PIXELS = 3
local LEAST = ticks.PPQ // 32
-- What Ardour snapped to its own grid stays: thirty-second notes and triplets of sixteenths, rounded to samples.
local FINE = { ticks.PPQ // 8, ticks.PPQ // 6 }
local ROUNDING = 1

--- How far from where it is meant to be a hand may end, in ticks.
local function reach(tick)
  if not Editor.get_current_zoom then return LEAST end
  return math.max(LEAST, HAND_PIXELS * map.ticks_of_samples(tick, Editor:get_current_zoom()))
end

local function nearest(tick, origin, step) return origin + (tick - origin + step // 2) // step * step end

--- The place that is meant by `tick`: a bar line, else a beat, half a beat or a quarter of one, if one is near.
function snap.to_grid(tick)
  local bar = map.bar_at(tick)
  for _, step in ipairs(FINE) do
    local found = nearest(tick, bar.start_tick, step)
    if math.abs(found - tick) <= ROUNDING then return found end
  end
  local near = reach(tick)
  local line = tick - bar.start_tick < bar.end_tick - tick and bar.start_tick or bar.end_tick
  if math.abs(line - tick) <= near then return line end
  for part = 0, 2 do
    local found = nearest(tick, bar.start_tick, bar.beat_ticks >> part)
    if math.abs(found - tick) <= near then return found end
  end
  return tick
end

--- Both ends of a range; as they are where that leaves nothing of it.
function snap.range(start_tick, end_tick)
  local from, to = snap.to_grid(start_tick), snap.to_grid(end_tick)
  if from < to then return from, to end
  return start_tick, end_tick
end

return snap
