-- Positions as ticks of the project's quarter notes, common to takes of any resolution.
local ticks = {}

--- Of REAPER's own items, unless a preference says otherwise.
ticks.PPQ = 960

function ticks.of_quarters(quarters) return math.floor(quarters * ticks.PPQ + 0.5) end

function ticks.of_seconds(seconds) return ticks.of_quarters(reaper.TimeMap2_timeToQN(0, seconds)) end

function ticks.seconds(tick) return reaper.TimeMap2_QNToTime(0, tick / ticks.PPQ) end

--- @param position  in the take's own ticks, from its source's start
function ticks.of_take(take, position) return ticks.of_quarters(reaper.MIDI_GetProjQNFromPPQPos(take, position)) end

--- The nearest position of the take.
function ticks.to_take(take, tick)
  return math.floor(reaper.MIDI_GetPPQPosFromProjQN(take, tick / ticks.PPQ) + 0.5)
end

--- What the project's first measure is called, less 1: "Project start measure" in its settings.
local function first_measure()
  local is_known, text = reaper.get_config_var_string("projmeasoffs")
  return is_known and math.floor(tonumber(text) or 0) or 0
end

--- Bars as the ruler counts them: "bar 5" or "bars 5-8".
function ticks.bars(start_tick, end_tick)
  local offset = first_measure() + 1
  local _, first = reaper.TimeMap2_timeToBeats(0, ticks.seconds(start_tick))
  local _, last = reaper.TimeMap2_timeToBeats(0, ticks.seconds(end_tick - 1))
  if first == last then return string.format("bar %d", first + offset) end
  return string.format("bars %d-%d", first + offset, last + offset)
end

return ticks
