-- Where the daemon is: the files of the user's Continuo folder (docs/protocol.md, "Access").
local json = require("shared.json")

local home = {}

--- The text of a file, or nil. A host that may keep scripts from files puts its own here, as for `getenv`.
function home.read_file(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

function home.getenv(name) return os.getenv(name) end

local function is_windows() return (home.getenv("OS") or ""):find("Windows") ~= nil end

--- The folder of Continuo, by the daemon's own rule.
function home.folder()
  local own = home.getenv("CONTINUO_HOME")
  if own and own ~= "" then return own end
  local roaming = home.getenv("APPDATA")
  if is_windows() and roaming then return roaming .. "\\continuo" end
  local config = home.getenv("XDG_CONFIG_HOME")
  if not config or config == "" then config = (home.getenv("HOME") or "") .. "/.config" end
  return config .. "/continuo"
end

--- The daemon that last started: {url, folder, pid, version, token}, or nil where none did.
function home.daemon()
  local text = home.read_file(home.folder() .. "/daemon.json")
  local daemon = text and json.decode(text)
  if type(daemon) ~= "table" or type(daemon.url) ~= "string" then return nil end
  daemon.token = (home.read_file(home.folder() .. "/token") or ""):match("%x+") or ""
  return daemon
end

--- Is the daemon's process no more, which a file that a crash left behind does not tell? Known on Linux; false where
-- it can't be known.
function home.is_gone(daemon)
  if not daemon.pid or not home.read_file("/proc/self/stat") then return false end
  local state = (home.read_file("/proc/" .. daemon.pid .. "/stat") or ""):match("%) (%a)")
  return not state or state == "Z"
end

--- What starts a daemon: {node, program}, as `continuo install` wrote it; or nil.
function home.program()
  local text = home.read_file(home.folder() .. "/program.txt")
  local node, program = (text or ""):match("^([^\r\n]+)\r?\n([^\r\n]+)")
  return node and { node = node, program = program }
end

return home
