-- Files, also where a script may not use io: Ardour 8 and later can forbid it ("sandbox all Lua scripts").
local files = {}

--- The text of a file, or nil.
function files.read(path)
  if io then
    local file = io.open(path, "rb")
    if not file then return nil end
    local text = file:read("a")
    file:close()
    return text
  end
  -- Asked for a file that is not there, file_get_contents ends Ardour.
  local api = ARDOUR.LuaAPI
  if not api.file_test(path, api.FileTest.Exists) then return nil end
  return api.file_get_contents(path)
end

--- Write a file whole, or not at all.
-- @return true; or nil and why
function files.write(path, text)
  if not io then return nil, "Ardour does not let scripts write files" end
  local file, why = io.open(path .. ".tmp", "wb")
  if not file then return nil, why end
  local is_written = file:write(text)
  is_written = file:close() and is_written
  if is_written and os.rename(path .. ".tmp", path) then return true end
  -- Windows renames onto no file that is there.
  os.remove(path)
  if is_written and os.rename(path .. ".tmp", path) then return true end
  os.remove(path .. ".tmp")
  return nil, "the file could not be written"
end

--- A variable of the environment, or nil. Without os, Ardour's own folder tells where those of the user are.
function files.getenv(name)
  if os then return os.getenv(name) end
  local config = ARDOUR.user_config_directory(-1)
  local mac, windows = config:match("^(.*)/Library/Preferences/"), config:match("^(.*)\\Local\\")
  if name == "OS" then return windows and "Windows" or nil end
  if name == "APPDATA" then return windows and windows .. "\\Roaming" or nil end
  if name == "HOME" then return mac end
  return name == "XDG_CONFIG_HOME" and not mac and not windows and config:match("^(.*)/[^/]+$") or nil
end

return files
