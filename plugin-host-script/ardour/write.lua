-- Notes written into a region, as one undo step. Ardour takes any note; those that its files can't hold (before the
-- source's begin, two of one pitch at once) come back changed after saving, so none of them is written.
local notes = require("shared.notes")
local regions = require("ardour.regions")
local ticks = require("ardour.ticks")

local write = {}

--- Those of `all` that the region shows and that are in `list`, and the others.
local function split(all, list, region)
  local found, others = notes.part(notes.inside(all, region.start_tick, region.end_tick), list)
  for _, note in ipairs(notes.outside(all, region.start_tick, region.end_tick)) do others[#others + 1] = note end
  return found, others
end

local function lane(note) return note.channel * 128 + note.pitch end

--- The notes to add as they can be saved: inside [start_tick, end_tick), and never two of one pitch at once, also not
-- with `others`. What begins within another note is left out, what runs into one is cut.
function write.fitting(added, others, start_tick, end_tick)
  local lanes = {}
  for _, note in ipairs(others) do
    lanes[lane(note)] = lanes[lane(note)] or {}
    table.insert(lanes[lane(note)], note)
  end
  local found = {}
  for _, note in ipairs(notes.sorted(added)) do
    local from, to = note.start_tick, math.min(note.start_tick + note.duration_ticks, end_tick)
    local is_free = from >= start_tick and to > from
    local there = lanes[lane(note)] or {}
    for _, other in ipairs(there) do
      if other.start_tick > from then
        to = math.min(to, other.start_tick)
      elseif other.start_tick == from or other.start_tick + other.duration_ticks > from then
        is_free = false
      end
    end
    if is_free then
      local fitted = { start_tick = from, duration_ticks = to - from, pitch = note.pitch, velocity = note.velocity,
        channel = note.channel }
      found[#found + 1] = fitted
      lanes[lane(note)] = there
      there[#there + 1] = fitted
    end
  end
  return found
end

--- @return true; or nil and why not
function write.notes(target, title, removed, added)
  local region = regions.find(target.id)
  if not region then return nil, "the region is no longer there" end
  local gone, others = split(regions.source_notes(region), removed, region)
  local new = write.fitting(added, others, math.max(target.start_tick, region.start_tick, region.shift),
    math.min(target.end_tick, region.end_tick))
  if #gone + #new == 0 then return true end
  local model = region.midi:model()
  local command = model:new_note_diff_command(title)
  for _, note in ipairs(gone) do command:remove(note.handle) end
  for _, note in ipairs(new) do
    command:add(ARDOUR.LuaAPI.new_noteptr(note.channel, ticks.to_beats(note.start_tick - region.shift),
      ticks.to_beats(note.duration_ticks), note.pitch, note.velocity))
  end
  model:apply_command(Session, command)
  return true
end

return write
