-- Data that a project keeps between actions: the last fills with their candidates, and which notes are kept.
local json = require("shared.json")
local notes = require("shared.notes")

local memory = {}

--- More than this is not remembered: a project file should stay small.
local MAX_BYTES = 1024 * 1024

local FIELDS = { "start_tick", "duration_ticks", "pitch", "velocity", "channel" }

local function pack(list)
  local packed = json.list()
  for index, note in ipairs(list) do
    packed[index] = json.list()
    for position, field in ipairs(FIELDS) do packed[index][position] = note[field] end
  end
  return packed
end

local function unpack_notes(packed)
  local list = {}
  for index, values in ipairs(packed) do
    list[index] = {}
    for position, field in ipairs(FIELDS) do list[index][field] = assert(math.tointeger(values[position])) end
  end
  return list
end

local TYPES = {
  id = "string", track_id = "string", start_tick = "integer", end_tick = "integer", title = "string", job_id = "string",
  mode = "string", settings = "string", locked = "string", index = "integer", before = "string", written = "string",
}

local function unpacked(fill)
  for key, kind in pairs(TYPES) do assert((math.type(fill[key]) or type(fill[key])) == kind) end
  fill.original, fill.kept = unpack_notes(fill.original), unpack_notes(fill.kept)
  if fill.candidates then
    for index, list in ipairs(fill.candidates) do fill.candidates[index] = unpack_notes(list) end
  end
  return fill
end

local function packed(fill)
  local stored = {}
  for key, value in pairs(fill) do stored[key] = value end
  stored.original, stored.kept = pack(fill.original), pack(fill.kept)
  if fill.candidates then
    stored.candidates = json.list()
    for index, list in ipairs(fill.candidates) do stored.candidates[index] = pack(list) end
  end
  return stored
end

--- The fills of the last action: {id, track_id, start_tick, end_tick, title, job_id, mode, settings, index, candidates,
-- kept (old notes that stay beside each candidate), locked (a revision of those that had to), original, before, written,
-- is_settled}; without `candidates` where they were too many.
function memory.fills(host)
  local stored, found = json.decode(host.load("last") or ""), {}
  if type(stored) ~= "table" then return found end
  for _, fill in ipairs(stored) do
    -- A project may come from anywhere.
    local is_good, known = pcall(unpacked, fill)
    if is_good then found[#found + 1] = known end
  end
  return found
end

--- Remember a fill, in place of an earlier one with the same notes.
-- @param is_first  of its action: those of the action before are forgotten
function memory.save_fill(host, fill, is_first)
  local fills = is_first and {} or memory.fills(host)
  local position = #fills + 1
  for index, known in ipairs(fills) do if memory.is_of(known, fill) then position = index end end
  fills[position] = fill
  local stored, bytes = json.list(), 0
  for index, known in ipairs(fills) do
    local entry = packed(known)
    if bytes + #json.encode(entry) > MAX_BYTES then entry.candidates = nil end
    bytes = bytes + #json.encode(entry)
    if bytes > MAX_BYTES then break end
    stored[index] = entry
  end
  host.save("last", json.encode(stored))
end

--- Is a fill one of this target?
function memory.is_of(fill, target)
  return fill.id == target.id and fill.start_tick == target.start_tick and fill.end_tick == target.end_tick
end

--- What stood in a target before, with what is kept since.
function memory.with_kept(original, kept)
  local result, is_kept = { table.unpack(kept) }, {}
  for _, note in ipairs(kept) do is_kept[note.start_tick .. " " .. note.pitch] = true end
  for _, note in ipairs(original) do
    if not is_kept[note.start_tick .. " " .. note.pitch] then result[#result + 1] = note end
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
