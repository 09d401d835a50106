-- The mode "roll": the musician fills a region by hand in the browser's piano roll, for as long as it takes, and sends
-- it back. One region at a time: the page shows one song.
local home = require("shared.home")
local notes = require("shared.notes")
local request = require("shared.request")

local Roll = {}

-- How long an answer may wait for the notes where answers can, and the pause between looks where they can't.
local WAIT_MS = 1000
local LOOK_SECONDS = 0.5
-- Answers that may be missed in a row: the machine may have slept, the daemon may be busy.
local PATIENCE = 10
-- How long the page's address holds.
local ADDRESS_SECONDS = 55
local NOTHING = " Nothing was changed."

--- The first of the targets is opened.
function Roll:choose_for_roll(targets)
  self.roll_text = "Waiting for the piano roll..."
  if #targets > 1 then self.roll_text = string.format("Waiting for the piano roll (first of %d)...", #targets) end
  return { targets[1] }
end

local function title(target, song)
  local track = request.track_of(song, target.track_id)
  return track and track.name ~= "" and track.name .. ", " .. target.title or target.title
end

function Roll:ask_roll(target, song, body)
  self.fixed, self.text = song.fixed or {}, "Opening the piano roll"
  self:ask("roll/ask", { title = title(target, song), request = body }, self.opened)
end

function Roll:opened(answer)
  self.url, self.url_ends = answer.url, self.host.now() + ADDRESS_SECONDS
  self.text, self.misses, self.is_waiting = self.roll_text, 0, true
  self:started(answer)
end

--- Where the piano roll is, as long as that address holds: for whom no browser came up. Nil in other modes.
function Roll:address()
  return self.url and self.host.now() < self.url_ends and self.url or nil
end

--- @return how long the next answer may wait, and the seconds until it is asked for
function Roll:roll_pace()
  local wait_ms = self.transport.wait_ms or 0
  if wait_ms > 0 then return math.max(wait_ms, WAIT_MS), 0 end
  return nil, LOOK_SECONDS
end

--- Nobody answered: go on waiting, as long as there is hope?
function Roll:is_patient()
  if self.mode ~= "roll" or not self.misses or home.is_gone(self.daemon) or self.misses >= PATIENCE then return false end
  self.misses = self.misses + 1
  return true
end

--- It ended without notes.
function Roll:roll_ended(state)
  if state == "cancelled" then return self:close("The piano roll returned the bars unchanged." .. NOTHING) end
  self:finish("The piano roll could not be used." .. NOTHING)
end

--- The notes that came back are all that shall be there, but for those that are not the region's own.
function Roll:roll_notes(candidate)
  local _, own = notes.part(candidate.notes, self.fixed)
  return own
end

return Roll
