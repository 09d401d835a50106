-- Where the daemon is: the files of the user's Continuo folder (docs/protocol.md, "Who may ask").
local json = require("shared.json")

local home = {}

local function read_file(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

local function is_windows() return (os.getenv("OS") or ""):find("Windows") ~= nil end

--- The folder of Continuo, by the daemon's own rule.
function home.folder()
  local own = os.getenv("CONTINUO_HOME")
  if own and own ~= "" then return own end
  local roaming = os.getenv("APPDATA")
  if is_windows() and roaming then return roaming .. "\\continuo" end
  local config = os.getenv("XDG_CONFIG_HOME")
  if not config or config == "" then config = (os.getenv("HOME") or "") .. "/.config" end
  return config .. "/continuo"
end

--- The daemon that last started: {url, folder, pid, version, token}, or nil where none did.
function home.daemon()
  local text = read_file(home.folder() .. "/daemon.json")
  local daemon = text and json.decode(text)
  if type(daemon) ~= "table" or type(daemon.url) ~= "string" then return nil end
  daemon.token = (read_file(home.folder() .. "/token") or ""):match("%x+") or ""
  return daemon
end

--- What starts a daemon: {node, program}, as `continuo install` wrote it; or nil.
function home.program()
  local text = read_file(home.folder() .. "/program.txt")
  local node, program = (text or ""):match("^([^\r\n]+)\r?\n([^\r\n]+)")
  return node and { node = node, program = program }
end

return home
