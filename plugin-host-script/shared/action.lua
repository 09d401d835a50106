-- What an action does, whatever the host: ask the daemon, wait without blocking, compare, write. The host gives:
--   name                         of the host
--   targets(mode)                what is selected: a list of targets, or nil and why there is none
--   find(target)                 the target again by its id, track_id, start_tick, end_tick; or nil
--   read(target)                 notes that start in it now
--   song(target)                 what surrounds it, see shared/request.lua; `fixed`: notes in it that are not its own
--   write(target, title, removed, added)   one undo step; true, or nil and why
--   ask(text)                    does the musician agree?
--   say(text)                    one short message
--   load(key), save(key, text)   what the project remembers; nil where nothing
--   now()                        seconds
--   spawn(program)               start a daemon, see shared/home.lua; true, or nil and why
--   transport(daemon)            how it is asked: send, receive, drop (see shared/folder.lua); `wait_ms`, how long
--                                an answer may wait for a fill's end; `receive` gives false where nobody is there
-- A target is {id, track_id, start_tick, end_tick, title}, half-open, and whatever else the host wants to find in it.
local again = require("shared.again")
local home = require("shared.home")
local json = require("shared.json")
local lines = require("shared.lines")
local memory = require("shared.memory")
local notes = require("shared.notes")
local request = require("shared.request")
local settings = require("shared.settings")

local action = {}

local PROTOCOL = 1
local ANSWER_SECONDS = 5
local CANCEL_SECONDS = 1
local START_SECONDS = 20
local POLL_SECONDS = 0.05
local NOTHING = " Nothing was changed."

local Job = {}
Job.__index = Job

--- Begin. Call step() again and again until it says true; `text` and `fraction` (0-1) tell how far it is.
-- @param mode  "fill", "continue", "vary" or "again": the next candidate of the last fills
function action.start(host, mode)
  local job = setmetatable({ host = host, mode = mode, fraction = 0, text = "", index = 0, fills = {} }, Job)
  local function find()
    if mode ~= "again" then return host.targets(mode) end
    return again.targets(host)
  end
  local is_good, targets, more = pcall(find)
  if not is_good then
    job:finish("Something is wrong in Continuo's script: " .. tostring(targets))
  elseif not targets then
    job:finish(more)
  else
    if mode == "again" then job.fills = more end
    job.targets, job.state = targets, job.next_target
  end
  return job
end

--- One small step.
-- @return whether it has ended
function Job:step()
  if not self.state then return true end
  local is_good, why = pcall(self.state, self)
  if not is_good then self:finish("Something is wrong in Continuo's script: " .. tostring(why)) end
  return self.state == nil
end

--- Give it up; it ends a few steps later.
function Job:cancel()
  if not self.state or self.is_cancelled then return end
  self.is_cancelled = true
  if self.state == self.receive then
    -- The answer that is on its way may tell which fill it is, and would lie there when nobody takes it.
    self.deadline = math.min(self.deadline, self.host.now() + CANCEL_SECONDS)
    return
  end
  if self.call then self.transport.drop(self.call) end
  self:end_fill()
end

--- Give it up without another step: the host ends it.
function Job:abandon()
  if not self.state then return end
  if self.call then self.transport.drop(self.call) end
  if self.job_id then self.transport.send("fill/cancel", { jobId = self.job_id }) end
  self.state, self.call = nil, nil
end

function Job:end_fill()
  if not self.job_id then return self:end_cancelled() end
  self:ask("fill/cancel", { jobId = self.job_id }, self.end_cancelled)
end

function Job:end_cancelled() self:finish("Cancelled." .. NOTHING) end

function Job:finish(message)
  self.state, self.call = nil, nil
  self.message = message
  if message then self.host.say(message) end
end

-- The daemon ---------------------------------------------------------------------------------------------------

--- Send, and go on in `after` with the answer.
function Job:ask(method, params, after)
  local call, why = self.transport.send(method, params)
  if not call then return self:silence(why) end
  self.call, self.after, self.deadline = call, after, self.host.now() + ANSWER_SECONDS
  if params.waitMs then self.deadline = self.deadline + params.waitMs / 1000 end
  self.state = self.receive
end

function Job:receive()
  local text = self.transport.receive(self.call)
  if text == nil and self.host.now() < self.deadline and not home.is_gone(self.daemon) then return end
  if not text then
    self.transport.drop(self.call)
    return self:silence()
  end
  self.call = nil
  local answer, why = lines.parse(text)
  if self.is_cancelled then
    self.job_id = answer and answer.job_id or self.job_id
    if self.after == self.end_cancelled then return self:end_cancelled() end
    return self:end_fill()
  end
  if not answer then return self:finish("The daemon's answer can't be used: " .. why .. "." .. NOTHING) end
  if answer.error then return self:finish(answer.error.message .. " (" .. answer.error.code .. ")." .. NOTHING) end
  self.after(self, answer)
end

--- Nobody answered.
function Job:silence()
  if self.is_cancelled then return self:end_cancelled() end
  if self.job_id then return self:finish("The daemon ended while it filled." .. NOTHING .. " Try again.") end
  if self.has_spawned then
    return self:finish('Continuo\'s daemon does not answer; "continuo doctor" says more.' .. NOTHING)
  end
  self:spawn()
end

function Job:connect()
  local daemon = home.daemon()
  if not daemon or home.is_gone(daemon) then
    self.daemon = daemon
    return self:spawn()
  end
  self.daemon, self.transport = daemon, self.host.transport(daemon)
  self.text = "Asking the daemon"
  self:ask("status", {}, self.greet)
end

function Job:greet(answer)
  local status = json.decode(answer.json or "") or {}
  if status.protocolVersion ~= PROTOCOL then
    return self:finish(string.format(
      'This script speaks protocol %d, the daemon %s: run "continuo install %s" again.', PROTOCOL,
      tostring(status.protocolVersion), self.host.name) .. NOTHING)
  end
  self.is_connected = true
  self:settle()
end

function Job:spawn()
  local program = home.program()
  if not program then
    return self:finish('Continuo\'s daemon is not running: start it by "continuo serve --detach".' .. NOTHING)
  end
  local is_started, why = self.host.spawn(program)
  if not is_started then
    return self:finish("Continuo's daemon could not be started (" .. tostring(why)
      .. '); start it by "continuo serve --detach".' .. NOTHING)
  end
  self.has_spawned, self.text = true, "Starting Continuo's daemon"
  self.deadline, self.state = self.host.now() + START_SECONDS, self.await_daemon
end

function Job:await_daemon()
  local daemon = home.daemon()
  if daemon and not (self.daemon and self.daemon.pid == daemon.pid) then return self:connect() end
  if self.host.now() > self.deadline then
    self:finish('Continuo\'s daemon did not start; "continuo doctor" says more.' .. NOTHING)
  end
end

-- What was kept before -----------------------------------------------------------------------------------------

--- Tell the daemon which candidate of a fill before was kept, if its notes still stand.
function Job:settle()
  local current = self.targets[self.index]
  for _, fill in ipairs(memory.fills(self.host)) do
    if not fill.is_settled and not memory.is_of(fill, current) then return self:accept(fill) end
  end
  self:begin()
end

function Job:accept(fill)
  local target = self.host.find(fill)
  local is_kept = target and notes.revision(self.host.read(target)) == fill.written
  fill.is_settled = true
  memory.save_fill(self.host, fill)
  self.state = self.settle
  if not is_kept then return end
  local call = self.transport.send("fill/accept", { jobId = fill.job_id, candidate = fill.index - 1 })
  -- It may be long forgotten there, which is no reason to trouble the musician.
  self.call, self.deadline = call, self.host.now() + 1
  self.state = function()
    if call and self.transport.receive(call) == nil and self.host.now() < self.deadline then return end
    self.call, self.state = nil, self.settle
  end
end

-- One target after the other -----------------------------------------------------------------------------------

function Job:next_target()
  self.index = self.index + 1
  local target = self.targets[self.index]
  if not target then return self:finish(self.warning) end
  self.job_id, self.fraction, self.original = nil, 0, nil
  self.fill_mode = self.mode == "again" and "fill" or self.mode
  local fill = self.fills[self.index]
  if fill then
    local now = self.host.read(target)
    local revision = notes.revision(now)
    if revision ~= fill.written and revision ~= fill.before
      and not self.host.ask("The notes in " .. target.title .. " were changed since the last fill. Replace them?") then
      return self:finish("Nothing was changed.")
    end
    if fill.candidates and fill.index < #fill.candidates and self:is_as_before(fill, target, now) then
      return self:swap(target, fill)
    end
    self.fill_mode, self.original = fill.mode, fill.original
  end
  if self.is_connected then self:settle() else self:connect() end
end

--- Would the candidates that are left be asked for in the same way now?
function Job:is_as_before(fill, target, now)
  if fill.settings ~= (self.host.load("settings") or "") then return false end
  return notes.revision(memory.locked(self.host, target, now)) == fill.locked
end

--- The next candidate of the last fill, which needs no daemon.
function Job:swap(target, fill)
  fill.index = fill.index + 1
  if not self:write(target, fill.kept, fill.candidates[fill.index]) then return end
  fill.written, fill.is_settled = notes.revision(self.host.read(target)), false
  memory.save_fill(self.host, fill)
  self.state = self.next_target
end

function Job:begin()
  local target = self.targets[self.index]
  local now = self.host.read(target)
  self.before = notes.revision(now)
  local song = self.host.song(target)
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
  self:ask("fill/start", { request = body }, self.started)
end

function Job:started(answer)
  self.job_id = answer.job_id
  self:follow(answer)
end

function Job:follow(answer)
  if answer.state == "done" then return self:ready(answer) end
  if answer.state == "failed" or answer.state == "cancelled" then
    return self:finish("The fill was " .. answer.state .. " by the daemon." .. NOTHING)
  end
  self.fraction = answer.fraction or self.fraction
  -- An answer that waits for the fill's end can be asked for at once.
  local next_look = self.host.now() + ((self.transport.wait_ms or 0) > 0 and 0 or POLL_SECONDS)
  self.state = function()
    if self.host.now() < next_look then return end
    self:ask("fill/get", { jobId = self.job_id, waitMs = self.transport.wait_ms }, self.follow)
  end
end

function Job:ready(answer)
  local target = self.targets[self.index]
  local candidate = answer.candidates[1]
  local stays = self.fill_mode == "vary" and notes.without(self.sent, answer.removed) or self.kept
  if not candidate or #candidate.notes + #stays == 0 then
    return self:finish("The model found no notes that fit " .. target.title .. "." .. NOTHING)
  end
  if answer.warnings[1] then self.warning = answer.warnings[1].message end
  local now = self.host.read(target)
  if notes.revision(now) ~= self.before and not self.host.ask(
    "The notes in " .. target.title .. " were changed meanwhile. Replace them by the new ones?") then
    return self:finish("Nothing was changed.")
  end
  if not self:write(target, memory.with_kept(stays, memory.locked(self.host, target, now)), candidate.notes) then
    return
  end
  local all = {}
  for index, each in ipairs(answer.candidates) do all[index] = each.notes end
  local is_first = self.mode ~= "again" and not self.has_saved
  self.has_saved = true
  memory.save_fill(self.host, {
    id = target.id, track_id = target.track_id, start_tick = target.start_tick, end_tick = target.end_tick,
    title = target.title, job_id = self.job_id, mode = self.fill_mode, settings = self.settings, index = 1,
    candidates = all, kept = stays, locked = notes.revision(self.kept), original = self.original, before = self.before,
    written = notes.revision(self.host.read(target)), is_settled = false,
  }, is_first)
  self.state = self.next_target
end

local VERBS = { fill = "fill", continue = "continue", vary = "vary", again = "next candidate for" }

--- Make the target hold `kept` and `added`, as one undo step that touches nothing else.
function Job:write(target, kept, added)
  local wanted = { table.unpack(kept) }
  for _, note in ipairs(added) do wanted[#wanted + 1] = note end
  local remove, add = notes.difference(self.host.read(target), wanted)
  local is_written, why = self.host.write(target, "Continuo: " .. VERBS[self.mode] .. " " .. target.title, remove, add)
  if not is_written then self:finish("The notes could not be written: " .. tostring(why) .. "." .. NOTHING) end
  return is_written
end

return action
