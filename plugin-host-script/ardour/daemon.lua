-- How the daemon is started and reached from Ardour.
local files = require("ardour.files")
local folder = require("shared.folder")
local get = require("ardour.get")

local daemon = {}

-- How long an answer of the watched folder may wait for a fill's end; the progress shows as often.
local WAIT_MS = 100

local function clock() return ARDOUR.LuaAPI.monotonic_time() end

local function can_use(path)
  if not io or type(path) ~= "string" then return false end
  local probe = string.format("%s/ardour-probe-%d.tmp", path, clock())
  local file = io.open(probe, "wb")
  if not file then return false end
  file:close()
  os.remove(probe)
  return true
end

--- The watched folder holds Ardour up least (docs/design/0011-ardour.md); URLs are for where it can't be used.
function daemon.transport(running)
  if can_use(running.folder) then
    local channel = folder.open(running.folder, "ardour", string.format("%d", clock()))
    channel.wait_ms = WAIT_MS
    return channel
  end
  return get.open(running, "ardour")
end

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- @return true; or nil and why
function daemon.spawn(program)
  for _, path in ipairs({ program.node, program.program }) do
    if not files.read(path) then return nil, path .. ' is no longer there; "continuo install ardour" tells where it is' end
  end
  if not os or not (os.forkexec or os.execute) then return nil, "Ardour does not let scripts start programs" end
  if not os.forkexec then
    return os.execute(quoted(program.node) .. " " .. quoted(program.program) .. " serve --detach >/dev/null 2>&1 &")
      and true or nil, "the shell failed"
  end
  if program.node:sub(1, 1) == "/" then
    -- Ardour's own bundles set where libraries are looked for, which is not for others.
    os.forkexec("/usr/bin/env", "-u", "LD_LIBRARY_PATH", program.node, program.program, "serve", "--detach")
  else
    os.forkexec(program.node, program.program, "serve", "--detach")
  end
  return true
end

return daemon
