-- Ardour's musical time as whole ticks, 1920 a quarter note.
local ticks = {}

ticks.PPQ = math.tointeger(Temporal.ticks_per_beat)

--- Ticks of a Temporal.Beats. Ardour 7 tells scripts its parts only as a text, "quarters:ticks".
function ticks.from_beats(beats)
  local quarters, rest = beats:str():match("^(-?%d+):(-?%d+)$")
  return math.tointeger(quarters) * ticks.PPQ + math.tointeger(rest)
end

function ticks.to_beats(tick) return Temporal.Beats(tick // ticks.PPQ, tick % ticks.PPQ) end

return ticks
