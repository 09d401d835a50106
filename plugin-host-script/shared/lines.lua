-- The daemon's answers in lines (docs/protocol.md, "Lines").
local lines = {}

local function whole(text) return math.tointeger(tonumber(text)) or error("no whole number") end

local function note(fields)
  local start, duration, pitch, velocity, channel = fields:match("^(%d+) (%d+) (%d+) (%d+) (%d+)$")
  local found = {
    start_tick = whole(start), duration_ticks = whole(duration), pitch = whole(pitch), velocity = whole(velocity),
    channel = whole(channel),
  }
  -- A host would take anything, and save it.
  assert(found.duration_ticks > 0 and found.pitch < 128 and found.channel < 16)
  assert(found.velocity > 0 and found.velocity < 128)
  return found
end

local READERS = {
  job = function(answer, value)
    answer.job_id, answer.state = value:match("^(%S+) (%S+)$")
    assert(answer.state)
  end,
  progress = function(answer, value)
    local fraction, notes, finished, position = value:match("^(%S+) (%d+) (%d+) (%d+)$")
    answer.fraction, answer.note_count = tonumber(fraction), tonumber(notes)
    answer.finished, answer.queue_position = whole(finished), whole(position)
  end,
  revision = function(answer, value) answer.revision = value end,
  url = function(answer, value) answer.url = value end,
  model = function(answer, value) answer.model, answer.device = value:match("^(%S+) (.+)$") end,
  seed = function(answer, value) answer.seed = whole(value) end,
  removed = function(answer, value) answer.removed[#answer.removed + 1] = note(value) end,
  candidate = function(answer, value)
    local count, seed = value:match("^%d+ (%d+) (%d+)$")
    answer.candidates[#answer.candidates + 1] = { count = whole(count), seed = whole(seed), notes = {} }
  end,
  note = function(answer, value)
    local notes = answer.candidates[#answer.candidates].notes
    notes[#notes + 1] = note(value)
  end,
  warning = function(answer, value)
    local code, message = value:match("^(%S+) (.*)$")
    answer.warnings[#answer.warnings + 1] = { code = assert(code), message = message }
  end,
  error = function(answer, value)
    local code, message = value:match("^(%S+) (.*)$")
    answer.error = { code = assert(code), message = message }
  end,
  track = function(answer, value)
    answer.track_ids = answer.track_ids or {}
    answer.track_ids[#answer.track_ids + 1] = value
  end,
  json = function(answer, value) answer.json = value end,
}

--- An answer as a table: job_id, state, fraction, note_count, finished, queue_position, revision, url, model,
-- device, seed, removed, candidates[].notes, warnings, error, track_ids, json; those that it has. Kinds that are not known are skipped.
-- @return the answer; or nil and why it can't be used
function lines.parse(text)
  if not text:find("\nEND\n$") and text ~= "END\n" then return nil, "the answer is not whole" end
  local answer = { removed = {}, candidates = {}, warnings = {} }
  for line in text:gmatch("([^\n]*)\n") do
    local kind, value = line:match("^(%S+) (.*)$")
    local read = READERS[kind]
    if read and not pcall(read, answer, value) then return nil, "a line that is not understood: " .. line:sub(1, 80) end
  end
  for _, candidate in ipairs(answer.candidates) do
    if candidate.count ~= #candidate.notes then return nil, "notes are missing in the answer" end
  end
  return answer
end

return lines
