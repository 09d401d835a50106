-- The project's tempo and meter, from its start to a tick.
local ticks = require("reaper.ticks")

local map = {}

--- A ramp is sent as steps of a quarter note, so many at most.
local MAX_STEPS = 4096

--- All markers: {quarters, numerator, denominator, is_ramp}; numerator 0 where the meter goes on.
local function markers()
  local list = {}
  for index = 0, reaper.CountTempoTimeSigMarkers(0) - 1 do
    local is_there, seconds, _, _, _, numerator, denominator, is_ramp = reaper.GetTempoTimeSigMarker(0, index)
    if is_there then
      list[#list + 1] = {
        quarters = reaper.TimeMap2_timeToQN(0, seconds), numerator = numerator, denominator = denominator,
        is_ramp = is_ramp,
      }
    end
  end
  return list
end

local function seconds_at(quarters) return reaper.TimeMap2_QNToTime(0, quarters) end

--- @param to_tick  where nobody listens any more
function map.tempos(from_tick, to_tick)
  local list, last = markers(), to_tick / ticks.PPQ
  local points = { 0 }
  for index, marker in ipairs(list) do
    if marker.quarters >= last then break end
    points[#points + 1] = marker.quarters
    local stop = math.min(list[index + 1] and list[index + 1].quarters or last, last)
    local step = math.max(math.ceil(marker.quarters), math.floor(from_tick / ticks.PPQ))
    while marker.is_ramp and step < stop and #points < MAX_STEPS do
      points[#points + 1] = step
      step = step + 1
    end
  end
  local tempos = {}
  for index, point in ipairs(points) do
    local after = points[index + 1] or point + 1
    if after > point then
      -- What a quarter note takes, whatever a host calls a beat.
      local qpm = (after - point) / (seconds_at(after) - seconds_at(point)) * 60
      tempos[#tempos + 1] = { tick = ticks.of_quarters(point), qpm = math.floor(qpm * 1e6 + 0.5) / 1e6 }
    end
  end
  return tempos
end

local function is_sent(numerator, denominator)
  if numerator < 1 or numerator > 255 or denominator < 1 or denominator > 128 then return false end
  return 128 % denominator == 0
end

function map.meters(to_tick)
  local numerator, denominator = reaper.TimeMap_GetTimeSigAtTime(0, 0)
  local meters = { { tick = 0, numerator = math.floor(numerator), denominator = math.floor(denominator) } }
  for _, marker in ipairs(markers()) do
    local tick = ticks.of_quarters(marker.quarters)
    if tick > 0 and tick < to_tick and is_sent(marker.numerator, marker.denominator) then
      meters[#meters + 1] = {
        tick = tick, numerator = math.floor(marker.numerator), denominator = math.floor(marker.denominator),
      }
    end
  end
  return meters
end

--- How many ticks a bar has at a tick.
function map.bar_ticks(tick)
  local numerator, denominator = reaper.TimeMap_GetTimeSigAtTime(0, ticks.seconds(tick))
  return math.floor(ticks.PPQ * 4 * numerator / denominator)
end

return map
