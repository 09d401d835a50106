-- Seconds and quarter notes of a project: tempo markers, ramps between them, bars.
local time_map = {}

--- Segments from a project's {bpm, numerator, denominator, markers = {{quarters, bpm, numerator?, denominator?, ramp?}}}.
function time_map.new(project)
  local map = { segments = {} }
  local points = { { quarters = 0, bpm = project.bpm, numerator = project.numerator, denominator = project.denominator } }
  for _, marker in ipairs(project.markers or {}) do
    local last = points[#points]
    local point = {
      quarters = marker.quarters, bpm = marker.bpm, ramp = marker.ramp, is_marker = true, has_meter = marker.numerator ~= nil,
      numerator = marker.numerator or last.numerator, denominator = marker.denominator or last.denominator,
    }
    if point.quarters == 0 then points[1] = point else points[#points + 1] = point end
  end
  local seconds, bar = 0, 0
  for index, point in ipairs(points) do
    local before, after = points[index - 1], points[index + 1]
    if before then
      seconds = seconds + map.duration(before, point.quarters - before.quarters)
      local bar_quarters = 4 * before.numerator / before.denominator
      before.bars = (point.quarters - before.bar_start) / bar_quarters
      -- A meter begins a bar.
      bar = before.bar + (point.has_meter and math.ceil(before.bars - 1e-9) or 0)
    end
    point.seconds = seconds
    point.bar, point.bar_start = bar, point.quarters
    if before and not point.has_meter then point.bar, point.bar_start = before.bar, before.bar_start end
    point.length = after and after.quarters - point.quarters or math.huge
    point.end_bpm = point.ramp and after and after.bpm or point.bpm
    function map.duration(from, quarters)
      if from.end_bpm == from.bpm then return quarters * 60 / from.bpm end
      -- Linear in time: the mean tempo over the whole is that of the ends.
      local total = 120 * from.length / (from.bpm + from.end_bpm)
      local slope = (from.end_bpm - from.bpm) / total / 60
      local start = from.bpm / 60
      return (-start + math.sqrt(start * start + 2 * slope * quarters)) / slope
    end
    map.segments[index] = point
  end
  local function segment(key, value)
    local found = map.segments[1]
    for _, each in ipairs(map.segments) do if each[key] <= value + 1e-12 then found = each end end
    return found
  end
  function map.to_seconds(quarters)
    local found = segment("quarters", quarters)
    return found.seconds + map.duration(found, quarters - found.quarters)
  end
  function map.to_quarters(seconds)
    local found = segment("seconds", seconds)
    local elapsed = seconds - found.seconds
    if found.end_bpm == found.bpm then return found.quarters + elapsed * found.bpm / 60 end
    local total = 120 * found.length / (found.bpm + found.end_bpm)
    local slope = (found.end_bpm - found.bpm) / total / 60
    return found.quarters + found.bpm / 60 * elapsed + slope / 2 * elapsed * elapsed
  end
  function map.at(seconds) return segment("seconds", seconds) end
  function map.bar(seconds)
    local found = segment("seconds", seconds)
    local beats = (map.to_quarters(seconds) - found.bar_start) * found.denominator / 4
    local bars = math.floor((beats + 1e-6) / found.numerator)
    return found.bar + bars, beats - bars * found.numerator, found
  end
  return map
end

return time_map
