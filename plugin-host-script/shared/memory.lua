-- What a project remembers between actions: the last fill with its candidates, and which notes are kept.
local json = require("shared.json")
local notes = require("shared.notes")

local memory = {}

--- More than this is not remembered: a project is no place for it.
local MAX_BYTES = 1024 * 1024

local FIELDS = { "start_tick", "duration_ticks", "pitch", "velocity", "channel" }

local function pack(list)
  local packed = json.list()
  for index, note in ipairs(list) do
    packed[index] = json.list()
    for place, field in ipairs(FIELDS) do packed[index][place] = note[field] end
  end
  return packed
end

local function unpack_notes(packed)
  local list = {}
  for index, values in ipairs(packed) do
    list[index] = {}
    for place, field in ipairs(FIELDS) do list[index][field] = values[place] end
  end
  return list
end

--- The last fill: {id, track_id, start_tick, end_tick, job_id, mode, index, candidates, kept, original, before,
-- written, is_settled}; without `candidates` where they were too many. Or nil.
function memory.last(host)
  local last = json.decode(host.load("last") or "")
  if type(last) ~= "table" or not last.original then return nil end
  last.original, last.kept = unpack_notes(last.original), unpack_notes(last.kept or {})
  if last.candidates then
    for index, packed in ipairs(last.candidates) do last.candidates[index] = unpack_notes(packed) end
  end
  return last
end

function memory.save_last(host, last)
  local stored = {}
  for key, value in pairs(last) do stored[key] = value end
  stored.original, stored.kept, stored.candidates = pack(last.original), pack(last.kept), nil
  if last.candidates then
    stored.candidates = json.list()
    for index, list in ipairs(last.candidates) do stored.candidates[index] = pack(list) end
  end
  local text = json.encode(stored)
  if #text > MAX_BYTES then
    stored.candidates = nil
    text = json.encode(stored)
  end
  host.save("last", #text <= MAX_BYTES and text or "")
end

--- Is the last fill one of this target?
function memory.is_of(last, target)
  return last.id == target.id and last.start_tick == target.start_tick and last.end_tick == target.end_tick
end

--- A track's notes with those that start in the target replaced.
function memory.with_original(list, target, original)
  local result = { table.unpack(original) }
  for _, note in ipairs(list) do
    if note.start_tick < target.start_tick or note.start_tick >= target.end_tick then result[#result + 1] = note end
  end
  return result
end

local function lock_key(track_id, note)
  return string.format("%d %d %s", note.start_tick, note.pitch, track_id)
end

local function locks(host)
  local stored = json.decode(host.load("locked") or "")
  return type(stored) == "table" and stored or {}
end

--- Those of `list` that the musician wants to keep.
function memory.locked(host, target, list)
  local all, found = locks(host), {}
  for _, note in ipairs(list) do
    if all[lock_key(target.track_id, note)] then found[#found + 1] = note end
  end
  return found
end

--- Keep these notes in later fills; or no longer, where all of them were kept already.
-- @return how many notes, and whether they are kept now
function memory.toggle(host, target, list)
  local all = locks(host)
  local is_kept = #memory.locked(host, target, list) < #list
  for _, note in ipairs(list) do all[lock_key(target.track_id, note)] = is_kept or nil end
  host.save("locked", json.encode(all))
  return #list, is_kept
end

return memory
