-- Lists of notes: {start_tick, duration_ticks, pitch, velocity, channel}, as the host counts ticks.
local hash = require("shared.hash")

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

local function onset_key(note) return string.format("%d %d %d", note.start_tick, note.pitch, note.channel) end

--- Part a list: each note of `others` takes one that has the same key out of it.
-- @param key  of a note; notes.key where left out
-- @return the notes of `list` that were taken, and those that are left
function notes.part(list, others, key)
  key = key or notes.key
  local counts, taken, left = {}, {}, {}
  for _, note in ipairs(others) do counts[key(note)] = (counts[key(note)] or 0) + 1 end
  for _, note in ipairs(list) do
    local count = counts[key(note)] or 0
    if count > 0 then
      counts[key(note)] = count - 1
      taken[#taken + 1] = note
    else
      left[#left + 1] = note
    end
  end
  return taken, left
end

--- A list without as many notes of each onset, pitch and channel as `removed` has.
function notes.without(list, removed)
  local _, left = notes.part(list, removed, onset_key)
  return left
end

--- A short text that differs where the notes do (a hash and their number): what was sent, to compare with what is there
-- before writing.
function notes.revision(list)
  local keys = {}
  for index, note in ipairs(notes.sorted(list)) do keys[index] = notes.key(note) .. "\n" end
  return string.format("%d-%016x", #list, hash(table.concat(keys)))
end

--- The least change that makes `old` into `new`.
-- @return notes of `old` to remove, notes of `new` to add
function notes.difference(old, new)
  local _, removed = notes.part(old, new)
  local _, added = notes.part(new, old)
  return removed, added
end

return notes
