-- How the daemon is started and reached from REAPER.
local curl = require("reaper.curl")
local folder = require("shared.folder")
local process = require("reaper.process")

local daemon = {}

local NAME = "reaper"
--- How long an answer may wait for a fill's end; the progress shows as often. Each answer by curl takes a process, so
-- there are few of them.
local FOLDER_WAIT_MS, CURL_WAIT_MS = 150, 20000

local function unique() return string.format("%d", math.floor(reaper.time_precise() * 1e6)) end

local function can_write(path)
  if type(path) ~= "string" or path == "" then return false end
  local probe = string.format("%s/%s-probe-%s.tmp", path, NAME, unique())
  local file = io.open(probe, "wb")
  if not file then return false end
  file:close()
  os.remove(probe)
  return true
end

--- @param running  as shared/home.lua has it
function daemon.transport(running)
  local is_folder = can_write(running.folder)
  local channel = is_folder and folder.open(running.folder, NAME, unique()) or curl.open(running, NAME, unique())
  channel.wait_ms = is_folder and FOLDER_WAIT_MS or CURL_WAIT_MS
  return channel
end

--- @return true; or nil and why
function daemon.spawn(program)
  local command = string.format('"%s" "%s" serve --detach', program.node, program.program)
  if process.start(command) then return true end
  return nil, "REAPER can't run " .. program.node
end

return daemon
