-- Notes written into regions, as one undo step. Ardour takes any note; those that its files can't hold (before the
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

--- What changes a region, as Ardour's command of its model; nil where nothing does.
-- @param held  what of the regions is known to be there by then, by their ids
local function command_of(title, change, region, held)
  local gone, others = split(held[region.id] or regions.source_notes(region), change.removed, region)
  local new = write.fitting(change.added, others, math.max(change.target.start_tick, region.start_tick, region.shift),
    math.min(change.target.end_tick, region.end_tick))
  held[region.id] = table.move(new, 1, #new, #others + 1, others)
  if #gone + #new == 0 then return nil end
  local command = region.midi:model():new_note_diff_command(title)
  for _, note in ipairs(gone) do command:remove(note.handle) end
  for _, note in ipairs(new) do
    command:add(ARDOUR.LuaAPI.new_noteptr(note.channel, ticks.to_beats(note.start_tick - region.shift),
      ticks.to_beats(note.duration_ticks), note.pitch, note.velocity))
  end
  return command
end

--- Run with another of the session's rules for notes of one pitch that overlap.
local function with_policy(policy, run)
  local config = Session:cfg()
  local before = config:get_insert_merge_policy()
  if before ~= policy then config:set_insert_merge_policy(policy) end
  local is_good, why = pcall(run)
  if before ~= policy then config:set_insert_merge_policy(before) end
  if not is_good then error(why, 0) end
end

--- Ardour carries out a command of a model as an undo step of its own, always. Commands that are put into the history
-- together are one step, but not carried out: that is done by undoing and redoing the step. Undone first, it must change
-- nothing: notes that it adds are not there, and those that it removes are, so that with the rule that rejects notes
-- which overlap others they are not put there twice.
local function apply_as_one(title, steps)
  local policy = ARDOUR.InsertMergePolicy
  Session:begin_reversible_command(title)
  for _, step in ipairs(steps) do Session:add_command(step.command) end
  Session:commit_reversible_command(nil)
  with_policy(policy.Reject, function() Editor:undo(1) end)
  with_policy(policy.Relax, function() Editor:redo(1) end)
end

--- New notes are put there before old ones go, so none may be rejected.
local function apply_each(steps)
  with_policy(ARDOUR.InsertMergePolicy.Relax, function()
    for _, step in ipairs(steps) do step.region.midi:model():apply_command(Session, step.command) end
  end)
  -- Until version 7.5 Ardour's own edits alone enable Undo, and so does Redo, of nothing.
  if Editor.redo then Editor:redo(0) end
end

--- Write all changes, each {target, removed, added}, as one undo step.
-- @return true; or nil and why nothing was changed
function write.all(title, changes)
  local steps, held = {}, {}
  for _, change in ipairs(changes) do
    local region = regions.find(change.target.id)
    if not region then return nil, "the region is no longer there" end
    if region.is_locked then return nil, region.name .. " is locked" end
    local command = command_of(title, change, region, held)
    if command then steps[#steps + 1] = { region = region, command = command } end
  end
  -- While Ardour records it undoes nothing; without its window it can't at all.
  local can_undo = Editor.undo and not Session:actively_recording()
  if #steps > 1 and can_undo then apply_as_one(title, steps) else apply_each(steps) end
  return true
end

return write
