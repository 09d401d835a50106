-- The MIDI functions: indices that shift, sorting that can be deferred, overlaps that are cut.
local midi = {}

local function before(a, b)
  if a.start ~= b.start then return a.start < b.start end
  if a.pitch ~= b.pitch then return a.pitch < b.pitch end
  return a.channel < b.channel
end

local function sort(take)
  -- Stable, as REAPER's.
  for index, note in ipairs(take.notes) do note.order = index end
  table.sort(take.notes, function(a, b)
    if before(a, b) or before(b, a) then return before(a, b) end
    return a.order < b.order
  end)
  local last = {}
  for _, note in ipairs(take.notes) do
    note.order = nil
    local key = note.channel * 128 + note.pitch
    if last[key] and last[key].stop > note.start then last[key].stop = note.start end
    last[key] = note
  end
  take.is_sorted = true
end

--- @param project  see project.lua
function midi.functions(project)
  local functions = {}
  local function note_at(id, index)
    local take = project().take(id)
    return take.notes[index + 1], take
  end
  local function changes()
    if project().open == 0 then error("notes are changed outside of an undo block", 3) end
  end
  function functions.MIDI_CountEvts(id)
    local take = project().take(id)
    return #take.notes + #take.events, #take.notes, #take.events, 0
  end
  function functions.MIDI_GetNote(id, index)
    local note = note_at(id, index)
    if not note then return false, false, false, 0.0, 0.0, 0, 0, 0 end
    return true, note.selected, note.muted, note.start + 0.0, note.stop + 0.0, note.channel, note.pitch, note.velocity
  end
  function functions.MIDI_GetCC(id, index)
    local event = project().take(id).events[index + 1]
    if not event then return false, false, false, 0.0, 0, 0, 0, 0 end
    return true, false, false, event[1] + 0.0, event[2], event[3], event[4], event[5] or 0
  end
  function functions.MIDI_GetProjQNFromPPQPos(id, position)
    local take, item = project().take(id)
    return project().source_start(take, item) + position / take.ppq
  end
  function functions.MIDI_GetPPQPosFromProjQN(id, quarters)
    local take, item = project().take(id)
    return (quarters - project().source_start(take, item)) * take.ppq
  end
  function functions.MIDI_DisableSort(id) project().take(id).is_sorted = false end
  function functions.MIDI_Sort(id) sort(project().take(id)) end
  function functions.MIDI_DeleteNote(id, index)
    changes()
    local note, take = note_at(id, index)
    if not note or project().fails == "delete" then return false end
    table.remove(take.notes, index + 1)
    return true
  end
  function functions.MIDI_InsertNote(id, selected, muted, start, stop, channel, pitch, velocity, no_sort)
    changes()
    local take = project().take(id)
    assert(stop > start and channel >= 0 and channel < 16 and pitch >= 0 and pitch < 128, "no note")
    assert(velocity > 0 and velocity < 128, "no velocity")
    assert(start == math.floor(start) and stop == math.floor(stop), "a note between ticks")
    if project().fails == "insert" and #take.notes > 5 then return false end
    take.notes[#take.notes + 1] = {
      start = math.tointeger(start), stop = math.tointeger(stop), pitch = pitch, velocity = velocity, channel = channel,
      selected = selected, muted = muted,
    }
    if no_sort then take.is_sorted = false else sort(take) end
    return true
  end
  return functions
end

return midi
