-- Lists of notes: {start_tick, duration_ticks, pitch, velocity, channel}, as the host counts ticks.
local notes = {}

local FIELDS = { "start_tick", "pitch", "channel", "duration_ticks", "velocity" }

local function before(a, b)
  for _, field in ipairs(FIELDS) do
    if a[field] ~= b[field] then return a[field] < b[field] end
  end
  return false
end

--- What a note is, as a text: equal for equal notes.
function notes.key(note)
  return string.format("%d %d %d %d %d", note.start_tick, note.pitch, note.channel, note.duration_ticks, note.velocity)
end

--- The notes in one order that does not depend on the host's.
function notes.sorted(list)
  local copy = { table.unpack(list) }
  table.sort(copy, before)
  return copy
end

--- Those that start in [start_tick, end_tick).
function notes.inside(list, start_tick, end_tick)
  local found = {}
  for _, note in ipairs(list) do
    if note.start_tick >= start_tick and note.start_tick < end_tick then found[#found + 1] = note end
  end
  return found
end

--- Those that start elsewhere.
function notes.outside(list, start_tick, end_tick)
  local found = {}
  for _, note in ipairs(list) do
    if note.start_tick < start_tick or note.start_tick >= end_tick then found[#found + 1] = note end
  end
  return found
end

--- A list without as many notes of each onset, pitch and channel as `removed` has.
function notes.without(list, removed)
  local counts, left = {}, {}
  local function place(note) return string.format("%d %d %d", note.start_tick, note.pitch, note.channel) end
  for _, note in ipairs(removed) do counts[place(note)] = (counts[place(note)] or 0) + 1 end
  for _, note in ipairs(list) do
    local count = counts[place(note)] or 0
    if count > 0 then counts[place(note)] = count - 1 else left[#left + 1] = note end
  end
  return left
end

--- A short text that differs where the notes do (FNV-1a, 64 bits, and their number): what was sent, to compare with
-- what is there before writing.
function notes.revision(list)
  local hash = -3750763034362895579
  for _, note in ipairs(notes.sorted(list)) do
    for _, byte in ipairs({ (notes.key(note) .. "\n"):byte(1, -1) }) do hash = (hash ~ byte) * 1099511628211 end
  end
  return string.format("%d-%016x", #list, hash)
end

--- The least change that makes `old` into `new`.
-- @return notes of `old` to remove, notes of `new` to add
function notes.difference(old, new)
  local counts, removed, added = {}, {}, {}
  for _, note in ipairs(new) do
    local key = notes.key(note)
    counts[key] = (counts[key] or 0) + 1
  end
  for _, note in ipairs(old) do
    local key = notes.key(note)
    if (counts[key] or 0) > 0 then counts[key] = counts[key] - 1 else removed[#removed + 1] = note end
  end
  counts = {}
  for _, note in ipairs(old) do
    local key = notes.key(note)
    counts[key] = (counts[key] or 0) + 1
  end
  for _, note in ipairs(new) do
    local key = notes.key(note)
    if (counts[key] or 0) > 0 then counts[key] = counts[key] - 1 else added[#added + 1] = note end
  end
  return removed, added
end

return notes
