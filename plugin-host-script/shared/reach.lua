-- Reaches the daemon: finds it, starts it if it is not running, asks it, waits for it.
local home = require("shared.home")
local json = require("shared.json")
local lines = require("shared.lines")

local PROTOCOL = 1
local ANSWER_SECONDS = 5
local START_SECONDS = 20
local NOTHING = " Nothing was changed."

local Reach = {}

--- Send, and go on in `after` with the answer.
function Reach:ask(method, params, after)
  local call, why = self.transport.send(method, params)
  if not call then return self:silence(why) end
  self.call, self.after, self.deadline = call, after, self.host.now() + ANSWER_SECONDS
  if params.waitMs then self.deadline = self.deadline + params.waitMs / 1000 end
  self.state = self.receive
end

function Reach:receive()
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
  -- Who gave the bars back in the piano roll needs no error's code.
  local is_given_back = self.mode == "roll" and answer.state == "cancelled"
  if answer.error and not is_given_back then
    return self:finish(answer.error.message .. " (" .. answer.error.code .. ")." .. NOTHING)
  end
  self.after(self, answer)
end

--- Nobody answered.
function Reach:silence()
  if self.is_cancelled then return self:end_cancelled() end
  if self.job_id and self:is_patient() then return self:look() end
  if self.job_id then
    local doing = self.mode == "roll" and "the piano roll was open." or "it filled."
    return self:finish("The daemon ended while " .. doing .. NOTHING .. " Try again.")
  end
  if self.has_spawned then
    return self:finish('Continuo\'s daemon does not answer; "continuo doctor" says more.' .. NOTHING)
  end
  self:spawn()
end

function Reach:connect()
  local daemon = home.daemon()
  if not daemon or home.is_gone(daemon) then
    self.daemon = daemon
    return self:spawn()
  end
  self.daemon, self.transport = daemon, self.host.transport(daemon)
  self.text = "Asking the daemon"
  self:ask("status", {}, self.greet)
end

function Reach:greet(answer)
  local status = json.decode(answer.json or "") or {}
  if status.protocolVersion ~= PROTOCOL then
    return self:finish(string.format(
      'This script speaks protocol %d, the daemon %s: run "continuo install %s" again.', PROTOCOL,
      tostring(status.protocolVersion), self.host.name) .. NOTHING)
  end
  self.is_connected = true
  self:settle()
end

function Reach:spawn()
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

function Reach:await_daemon()
  local daemon = home.daemon()
  if daemon and not (self.daemon and self.daemon.pid == daemon.pid) then return self:connect() end
  if self.host.now() > self.deadline then
    self:finish('Continuo\'s daemon did not start; "continuo doctor" says more.' .. NOTHING)
  end
end

return Reach
