-- The changes that a task is about to write: kept until all of its targets have their notes, so that it is one undo step, and
-- so that nothing is changed if it is cancelled before that.
local memory = require("shared.memory")
local notes = require("shared.notes")
local request = require("shared.request")

local Changes = {}

local NOTHING = " Nothing was changed."

local TITLES = {
  fill = "fill %s", continue = "continue %s", vary = "vary %s", humanize = "humanize %s",
  again = "next candidate for %s", roll = "%s from the roll",
}

--- Have a target hold `stays` and `new`.
-- @param fill    what memory.save_fill remembers of it then
-- @param before  the revision of the notes that they were made for; what is there now where left out
function Changes:add_change(target, stays, new, fill, before)
  local now = self.host.read(target)
  local change = {
    target = target, stays = stays, new = new, fill = fill, before = before or notes.revision(now), track = self.track,
  }
  change.removed, change.added = self:difference(change, now)
  self.changes[#self.changes + 1] = change
end

--- What makes `now` into what is wanted. What came from the roll is all that shall be there.
function Changes:difference(change, now)
  local locked = self.mode == "roll" and {} or memory.locked(self.host, change.target, now)
  local wanted = memory.with_kept(change.stays, locked)
  for _, note in ipairs(change.new) do wanted[#wanted + 1] = note end
  return notes.difference(now, wanted)
end

--- A song as the host has it, as it will be when the changes are carried out: the next target is filled to suit that.
function Changes:with_changes(song, target)
  for _, change in ipairs(self.changes) do
    local track = request.track_of(song, change.target.track_id)
    if not track and change.track then
      -- The host leaves out tracks on which nothing sounds, which this one did until now.
      local own = change.track
      track = { id = own.id, name = own.name, program = own.program, is_drums = own.is_drums, notes = {} }
      song.tracks[#song.tracks + 1] = track
    end
    if track then
      track.notes = notes.without(track.notes, change.removed)
      table.move(change.added, 1, #change.added, #track.notes + 1, track.notes)
    end
    if song.fixed and change.target.track_id == target.track_id then
      song.fixed = notes.without(song.fixed, change.removed)
      for _, note in ipairs(notes.inside(change.added, target.start_tick, target.end_tick)) do
        song.fixed[#song.fixed + 1] = note
      end
    end
  end
  return song
end

--- All changes that the musician agrees to, with what is to be changed now.
function Changes:agreed()
  local agreed = {}
  for _, change in ipairs(self.changes) do
    local now = self.host.read(change.target)
    local is_same = notes.revision(now) == change.before
    if is_same or self.host.ask(
      "The notes in " .. change.target.title .. " were changed meanwhile. Replace them by the new ones?") then
      change.removed, change.added = self:difference(change, now)
      change.look = function() return self:difference(change, self.host.read(change.target)) end
      agreed[#agreed + 1] = change
    end
  end
  return agreed
end

function Changes:title(agreed)
  local title = "Continuo: " .. string.format(TITLES[self.mode], agreed[1].target.title)
  return #agreed > 1 and string.format("%s and %d more", title, #agreed - 1) or title
end

--- Write them one by one, where the host can't do it as one. What is to be changed is looked for each time: targets may
-- share notes.
-- @return true; or nil, why, and how many were written before
function Changes:write_each(agreed)
  for index, change in ipairs(agreed) do
    local removed, added = self:difference(change, self.host.read(change.target))
    local is_written, why = self.host.write(change.target, self:title({ change }), removed, added)
    if not is_written then return nil, why, index - 1 end
  end
  return true
end

function Changes:carry_out()
  local agreed = self:agreed()
  if #agreed == 0 then return self:close("Nothing was changed.") end
  local is_written, why, count
  if #agreed > 1 and self.host.write_all then
    is_written, why = self.host.write_all(self:title(agreed), agreed)
  else
    is_written, why, count = self:write_each(agreed)
  end
  if not is_written then
    local before = (count or 0) > 0 and string.format(" %d of %d were written before.", count, #agreed) or NOTHING
    return self:finish("The notes could not be written: " .. tostring(why) .. "." .. before)
  end
  for index, change in ipairs(agreed) do
    local fill = change.fill
    fill.written = notes.revision(self.host.read(change.target))
    -- The piano roll's page itself tells which candidates were kept.
    fill.is_settled = self.mode == "roll"
    memory.save_fill(self.host, fill, index == 1 and self.mode ~= "again")
  end
  self:close(table.unpack(self.remarks))
end

return Changes
