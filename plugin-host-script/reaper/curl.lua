-- Requests by the curl that every system has, where the watched folder can't be used.
local home = require("shared.home")
local json = require("shared.json")
local process = require("reaper.process")

local curl = {}

local LIMIT_SECONDS = 60
local FORGOTTEN_MICROSECONDS = 2 * LIMIT_SECONDS * 1000000

local function program() return process.is_windows() and process.of_windows("curl.exe") or "/usr/bin/curl" end

local function write_file(path, text)
  local file, why = io.open(path, "wb")
  if not file then return nil, why end
  local is_written = file:write(text)
  is_written = file:close() and is_written
  return is_written and true or nil, "a request was not written"
end

local function flat(text) return (tostring(text):gsub("%s+", " ")) end

local function note_line(kind, note)
  return string.format(
    "%s %d %d %d %d %d", kind, note.startTick, note.durationTicks, note.pitch, note.velocity, note.channel)
end

local function add_result(list, result)
  for _, note in ipairs(result.removed) do list[#list + 1] = note_line("removed", note) end
  for index, candidate in ipairs(result.candidates) do
    list[#list + 1] = string.format("candidate %d %d %d", index - 1, #candidate.notes, candidate.seed)
    for _, note in ipairs(candidate.notes) do list[#list + 1] = note_line("note", note) end
  end
  for _, warning in ipairs(result.warnings) do
    list[#list + 1] = "warning " .. warning.code .. " " .. flat(warning.message)
  end
end

--- The daemon's JSON in the lines of its other ways (docs/protocol.md, "Lines").
local function to_lines(text)
  local answer = json.decode(text)
  if type(answer) ~= "table" then return nil end
  local list = {}
  if answer.error then
    -- Of a method in an envelope, of HTTP itself bare.
    local data = answer.error.data
    local entry = type(data) == "table" and data.code and data or answer.error
    list[1] = string.format("error %s %s", entry.code, flat(entry.message))
  elseif type(answer.result) == "table" and answer.result.jobId then
    local job = answer.result
    list[1] = string.format("job %s %s", job.jobId, job.state)
    list[2] = string.format("progress %.3f %d %d %d", job.fraction, job.noteCount, job.finished, job.queuePosition)
    if type(job.url) == "string" then list[#list + 1] = "url " .. flat(job.url) end
    if job.error then list[#list + 1] = string.format("error %s %s", job.error.code, flat(job.error.message)) end
    if job.result then add_result(list, job.result) end
  else
    list[1] = "json " .. json.encode(answer.result)
  end
  list[#list + 1] = "END\n"
  return table.concat(list, "\n")
end

--- Take away what curl wrote after its call was given up.
-- @param now  a time as those in the files' names
local function sweep(folder, client, now)
  -- What REAPER has listed before may have changed.
  reaper.EnumerateFiles(folder, -1)
  local old, index = {}, 0
  local name = reaper.EnumerateFiles(folder, index)
  while name do
    local microseconds = tonumber(name:match("^" .. client .. "%-(%d+)%-%d+%.%a+$"))
    -- The clock restarts with the machine.
    if microseconds and math.abs(now - microseconds) > FORGOTTEN_MICROSECONDS then old[#old + 1] = name end
    index = index + 1
    name = reaper.EnumerateFiles(folder, index)
  end
  for _, each in ipairs(old) do os.remove(folder .. "/" .. each) end
end

--- @param daemon  as shared/home.lua has it
-- @param unique  a time in microseconds
function curl.open(daemon, client, unique)
  local self, count = {}, 0
  sweep(home.folder(), client, tonumber(unique))
  -- The user's alone, and no argument of a command that others could list.
  local base = string.format("%s/%s-%s", home.folder(), client, unique)

  function self.send(method, params)
    count = count + 1
    local path = base .. "-" .. count
    local body = json.encode({ jsonrpc = "2.0", id = count, method = method, params = params })
    local is_good, why = write_file(path .. ".body", body)
    if is_good then is_good, why = write_file(path .. ".header", "Authorization: Bearer " .. daemon.token .. "\n") end
    if not is_good then
      self.drop({ path = path })
      return nil, why
    end
    local command = string.format(
      '"%s" -sS --max-time %d -H "@%s.header" -H "Content-Type: application/json" -H "X-Continuo-Client: %s" '
        .. '--data-binary "@%s.body" -o "%s.answer" "%s/v1/rpc"',
      program(), LIMIT_SECONDS, path, client, path, path, daemon.url)
    if not process.start(command) then
      self.drop({ path = path })
      return nil, "curl can't be run"
    end
    return { path = path }
  end

  --- @return the answer once it is whole, else nil
  function self.receive(call)
    local file = io.open(call.path .. ".answer", "rb")
    local text = file and file:read("a")
    if file then file:close() end
    -- What is half there is not JSON.
    local is_good, found = pcall(to_lines, text or "")
    if not is_good or not found then return nil end
    self.drop(call)
    return found
  end

  function self.drop(call)
    for _, ending in ipairs({ ".header", ".body", ".answer" }) do os.remove(call.path .. ending) end
  end

  return self
end

return curl
