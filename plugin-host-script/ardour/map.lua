-- Tempos, meters and bars of the session.
local ticks = require("ardour.ticks")

local map = {}

--- Ardour 7 has no list of a map's points for scripts, but tells the point that holds at a time: from the end to the
-- beginning, each point leads to the one before it.
local function points(end_tick, at, read)
  local found, tick = {}, end_tick
  while tick >= 0 do
    local point = at(ticks.to_beats(tick))
    local start = math.max(0, math.min(tick, ticks.from_beats(point:to_point():beats())))
    table.insert(found, 1, read(point, start))
    tick = start - 1
  end
  return found
end

--- What a tempo that glides is sent as: its value at each quarter note.
local function with_ramps(tempo_map, tempos, end_tick)
  local found = {}
  for index, tempo in ipairs(tempos) do
    found[#found + 1] = tempo
    local stop = tempos[index + 1] and tempos[index + 1].tick or end_tick
    local function at(tick) return tempo_map:quarters_per_minute_at(Temporal.timepos_t.from_ticks(tick)) end
    if stop > tempo.tick and math.abs(at(stop - 1) - tempo.qpm) > 0.001 * tempo.qpm then
      for tick = tempo.tick + ticks.PPQ, stop - 1, ticks.PPQ do found[#found + 1] = { tick = tick, qpm = at(tick) } end
    end
  end
  return found
end

--- Tempos from the song's start until `end_tick`.
function map.tempos(end_tick)
  local tempo_map = Temporal.TempoMap.read()
  local tempos = points(end_tick, function(beats) return tempo_map:tempo_at_beats(beats) end, function(point, tick)
    return { tick = tick, qpm = point:quarter_notes_per_minute() }
  end)
  return with_ramps(tempo_map, tempos, end_tick)
end

--- Meters from the song's start until `end_tick`.
function map.meters(end_tick)
  local tempo_map = Temporal.TempoMap.read()
  return points(end_tick, function(beats) return tempo_map:meter_at_beats(beats) end, function(point, tick)
    return {
      tick = tick, numerator = math.floor(point:divisions_per_bar() + 0.5), denominator = math.tointeger(point:note_value()),
    }
  end)
end

local function bar_of(tick) return Temporal.TempoMap.read():bbt_at_beats(ticks.to_beats(tick)).bars end

--- The bars of [start_tick, end_tick) as Ardour numbers them: "bars 5-8".
function map.title(start_tick, end_tick)
  local first, last = bar_of(start_tick), bar_of(end_tick - 1)
  return first == last and "bar " .. first or string.format("bars %d-%d", first, last)
end

--- The tick at which a bar begins, counted from 1.
function map.bar_start(bar)
  -- Ardour 7.4 and later want a class that 7.3 does not have.
  local bbt = (Temporal.BBT_Argument or Temporal.BBT_TIME)(bar, 1, 0)
  return ticks.from_beats(Temporal.TempoMap.read():quarters_at_bbt(bbt))
end

--- The bar that a tick is in: where it begins and ends, and how long a beat is.
function map.bar_at(tick)
  local bar = bar_of(tick)
  local meter = Temporal.TempoMap.read():meter_at_beats(ticks.to_beats(tick))
  return {
    start_tick = map.bar_start(bar), end_tick = map.bar_start(bar + 1),
    beat_ticks = ticks.PPQ * 4 // math.tointeger(meter:note_value()),
  }
end

--- How many ticks so many samples after one are.
function map.ticks_of_samples(tick, samples)
  local tempo_map = Temporal.TempoMap.read()
  local sample = tempo_map:sample_at_beats(ticks.to_beats(tick))
  return ticks.from_beats(tempo_map:quarters_at_sample(sample + samples)) - tick
end

--- From where to where `bars` bars on either side reach, in ticks.
function map.around(start_tick, end_tick, bars)
  local first, last = bar_of(start_tick) - bars, bar_of(end_tick - 1) + 1 + bars
  return first > 1 and map.bar_start(first) or 0, map.bar_start(last)
end

return map
