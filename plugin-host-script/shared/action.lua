-- Actions, whatever the host: ask the daemon, wait without blocking, compare, write. The host gives:
--   name                         of the host
--   targets(mode)                what is selected: a list of targets, or nil and the reason
--   find(target)                 the target again by its id, track_id, start_tick, end_tick; or nil
--   read(target)                 notes that start in it now
--   song(target)                 what surrounds it, see shared/request.lua; `fixed`: notes in it that are not its own
--   write(target, title, removed, added)   one undo step; true, or nil and why
--   write_all(title, changes)    several of them as one undo step, each {target, removed, added, look}; true, or nil and why. What
--                                is to be changed after those before it were written, look() says: targets may share notes.
--                                Without it each is a step of its own
--   ask(text)                    does the musician agree? The only one of these three that may wait for an answer
--   say(text)                    why nothing happened, in one short message
--   hint(text)                   a remark on what was done
--   load(key), save(key, text)   what the project remembers; nil where nothing
--   now()                        seconds
--   spawn(program)               start a daemon, see shared/home.lua; true, or nil and why
--   transport(daemon)            how it is asked: send, receive, drop (see shared/folder.lua); `wait_ms`, how long
--                                an answer may wait for a fill's end; `receive` gives false where nobody is there
-- Targets may have a `remark`: what of the selection is left out, and why.
-- A target is {id, track_id, start_tick, end_tick, title}, half-open, and whatever else the host wants to find in it.
local again = require("shared.again")
local memory = require("shared.memory")
local notes = require("shared.notes")
local order = require("shared.order")
local changes = require("shared.changes")
local reach = require("shared.reach")
local request = require("shared.request")
local roll = require("shared.roll")
local settings = require("shared.settings")

local action = {}

local CANCEL_SECONDS = 1
local POLL_SECONDS = 0.05
local NOTHING = " Nothing was changed."

local Task = {}
Task.__index = Task
for _, part in ipairs({ changes, order, reach, roll }) do
  for name, method in pairs(part) do Task[name] = method end
end

--- Begin. Call step() again and again until it says true; `text` and `fraction` (0-1) tell how far it is, `address()`
-- where the piano roll is, if no browser came up, while it `is_waiting` for the musician.
-- @param mode  "fill", "continue", "vary", "humanize"; "again": the next candidate of the last fills; "roll": by the musician's hand
function action.start(host, mode)
  local task = setmetatable({ host = host, mode = mode, fraction = 0, text = "", index = 0 }, Task)
  task.fills, task.changes, task.remarks = {}, {}, {}
  local function find()
    if mode ~= "again" then return host.targets(mode) end
    return again.targets(host)
  end
  local is_good, targets, more = pcall(find)
  if not is_good then
    task:finish("Something is wrong in Continuo's script: " .. tostring(targets))
  elseif not targets then
    task:finish(more)
  else
    if mode == "again" then task.fills = more end
    if mode == "roll" then targets = task:choose_for_roll(targets) end
    task.targets, task.state = targets, task.next_target
    if targets.remark then task:add_remark(targets.remark) end
  end
  return task
end

--- One small step.
-- @return whether it has ended
function Task:step()
  if not self.state then return true end
  local is_good, why = pcall(self.state, self)
  if not is_good then self:finish("Something is wrong in Continuo's script: " .. tostring(why)) end
  return self.state == nil
end

--- Give it up; it ends a few steps later.
function Task:cancel()
  if not self.state or self.is_cancelled then return end
  self.is_cancelled = true
  if self.state == self.receive and not self.job_id then
    -- The answer that is on its way may tell which fill it is, and would lie there when nobody takes it.
    self.deadline = math.min(self.deadline, self.host.now() + CANCEL_SECONDS)
    return
  end
  if self.call then self.transport.drop(self.call) end
  self:end_fill()
end

--- Give it up without another step: the host ends it.
function Task:abandon()
  if not self.state then return end
  if self.call then self.transport.drop(self.call) end
  if self.job_id then self.transport.send("fill/cancel", { jobId = self.job_id }) end
  self.state, self.call = nil, nil
end

function Task:end_fill()
  if not self.job_id then return self:end_cancelled() end
  self:ask("fill/cancel", { jobId = self.job_id }, self.end_cancelled)
end

function Task:end_cancelled() self:close("Cancelled." .. NOTHING) end

--- It came to nothing.
function Task:finish(message)
  self.state, self.call = nil, nil
  self.host.say(message)
end

--- Something that is worth knowing when it has ended well.
function Task:add_remark(text)
  for _, each in ipairs(self.remarks) do if each == text then return end end
  self.remarks[#self.remarks + 1] = text
end

--- It ended as it should.
function Task:close(...)
  self.state, self.call = nil, nil
  for _, remark in ipairs({ ... }) do self.host.hint(remark) end
end

-- What was kept before -----------------------------------------------------------------------------------------

--- Tell the daemon which candidate of a fill before was kept, if its notes are still there.
function Task:settle()
  for _, fill in ipairs(memory.fills(self.host)) do
    if not fill.is_settled and not self:is_about(fill) then return self:accept(fill) end
  end
  if self:needs_order() then return self:ask_order() end
  self:begin()
end

--- Is a fill before to be replaced now?
function Task:is_about(fill)
  for _, target in ipairs(self.targets) do
    if memory.is_of(fill, target) then return true end
  end
  return false
end

function Task:accept(fill)
  local target = self.host.find(fill)
  local is_kept = target and notes.revision(self.host.read(target)) == fill.written
  fill.is_settled = true
  memory.save_fill(self.host, fill)
  self.state = self.settle
  if not is_kept then return end
  local call = self.transport.send("fill/accept", { jobId = fill.job_id, candidate = fill.index - 1 })
  -- It may have been discarded there, which the musician need not know.
  self.call, self.deadline = call, self.host.now() + 1
  self.state = function()
    if call and self.transport.receive(call) == nil and self.host.now() < self.deadline then return end
    self.call, self.state = nil, self.settle
  end
end

-- One target after the other -----------------------------------------------------------------------------------

function Task:next_target()
  self.index = self.index + 1
  local target = self.targets[self.index]
  if not target then return self:carry_out() end
  self.job_id, self.fraction, self.original = nil, 0, nil
  self.fill_mode = (self.mode == "again" or self.mode == "roll") and "fill" or self.mode
  local fill = self.fills[self.index]
  if fill then
    local now = self.host.read(target)
    local revision = notes.revision(now)
    if revision ~= fill.written and revision ~= fill.before
      and not self.host.ask("The notes in " .. target.title .. " were changed since the last fill. Replace them?") then
      return self:close("Nothing was changed.")
    end
    if fill.candidates and fill.index < #fill.candidates and self:is_as_before(fill, target, now) then
      return self:swap(target, fill)
    end
    -- What came from the roll is the musician's own, as any other notes: another fill starts from it.
    if fill.mode ~= "roll" then self.fill_mode, self.original = fill.mode, fill.original end
  end
  if self.is_connected then self:settle() else self:connect() end
end

--- Would the candidates that are left be asked for in the same way now?
function Task:is_as_before(fill, target, now)
  if fill.settings ~= (self.host.load("settings") or "") then return false end
  return notes.revision(memory.locked(self.host, target, now)) == fill.locked
end

--- The next candidate of the last fill, which needs no daemon.
function Task:swap(target, fill)
  fill.index = fill.index + 1
  self:add_change(target, fill.kept, fill.candidates[fill.index], fill)
  self.state = self.next_target
end

function Task:begin()
  local target = self.targets[self.index]
  local now = self.host.read(target)
  self.before = notes.revision(now)
  local song = self:with_changes(self.host.song(target), target)
  self.track = request.track_of(song, target.track_id)
  self.kept = memory.locked(self.host, target, now)
  local locked = { table.unpack(self.kept) }
  for _, note in ipairs(song.fixed or {}) do locked[#locked + 1] = note end
  self.sent = now
  if self.original then
    -- Another fill of the same bars starts from what stood there before the first.
    self.sent = memory.with_kept(self.original, self.kept)
    for _, track in ipairs(song.tracks) do
      if track.id == target.track_id then
        track.notes = notes.outside(track.notes, target.start_tick, target.end_tick)
        for _, list in ipairs({ self.sent, song.fixed or {} }) do
          for _, note in ipairs(list) do track.notes[#track.notes + 1] = note end
        end
      end
    end
  else
    self.original = now
  end
  self.text = "Filling " .. target.title
  if #self.targets > 1 then self.text = string.format("%s (%d of %d)", self.text, self.index, #self.targets) end
  self.settings = self.host.load("settings") or ""
  local body = request.build(target, song, {
    mode = self.fill_mode, values = settings.read(self.settings), locked = locked, revision = self.before,
  })
  if self.mode == "roll" then return self:ask_roll(target, song, body) end
  self:ask("fill/start", { request = body }, self.started)
end

function Task:started(answer)
  self.job_id = answer.job_id
  self:follow(answer)
end

function Task:follow(answer)
  if answer.state == "done" then return self:ready(answer) end
  if answer.state == "failed" or answer.state == "cancelled" then
    if self.mode == "roll" then return self:roll_ended(answer.state) end
    return self:finish("The fill was " .. answer.state .. " by the daemon." .. NOTHING)
  end
  self.fraction, self.misses = answer.fraction or self.fraction, 0
  self:look()
end

--- Ask again how far it is; an answer that waits for the end can be asked for at once.
function Task:look()
  local wait_ms = self.transport.wait_ms
  local pause = (wait_ms or 0) > 0 and 0 or POLL_SECONDS
  if self.mode == "roll" then wait_ms, pause = self:roll_pace() end
  local next_look = self.host.now() + pause
  self.state = function()
    if self.host.now() < next_look then return end
    self:ask("fill/get", { jobId = self.job_id, waitMs = wait_ms }, self.follow)
  end
end

--- What the target shall hold: old notes that stay, and the answer's; nil where there are none.
function Task:found(answer)
  local candidate = answer.candidates[1]
  if not candidate then return nil end
  if self.mode == "roll" then return {}, self:roll_notes(candidate) end
  local keeps_old = self.fill_mode == "vary" or self.fill_mode == "humanize"
  local stays = keeps_old and notes.without(self.sent, answer.removed) or self.kept
  if #candidate.notes + #stays == 0 then return nil end
  return stays, candidate.notes
end

function Task:ready(answer)
  local target = self.targets[self.index]
  local stays, new = self:found(answer)
  if not stays and self.mode == "roll" then return self:roll_ended(answer.state) end
  if not stays then return self:finish("The model found no notes that fit " .. target.title .. "." .. NOTHING) end
  for _, warning in ipairs(answer.warnings) do self:add_remark(warning.message) end
  local all = {}
  for index, each in ipairs(answer.candidates) do all[index] = each.notes end
  self:add_change(target, stays, new, {
    id = target.id, track_id = target.track_id, start_tick = target.start_tick, end_tick = target.end_tick,
    title = target.title, job_id = self.job_id, mode = self.mode == "roll" and "roll" or self.fill_mode,
    settings = self.settings, index = 1, candidates = all, kept = stays, locked = notes.revision(self.kept),
    original = self.original, before = self.before,
  }, self.before)
  self.state = self.next_target
end

return action
