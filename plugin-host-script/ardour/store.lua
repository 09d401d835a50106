-- Stores Continuo's data for a session. Ardour 7 does not let scripts store data in the session, so it is kept in
-- files of Continuo's own folder, named after the session's path; without io it lasts until Ardour ends.
local files = require("ardour.files")
local hash = require("shared.hash")
local home = require("shared.home")

local store = {}

local function name(key)
  return string.format("ardour-%016x-%s.json", hash(Session:path()), key)
end

local function folder() return home.folder() .. "/hosts" end

function store.load(key)
  if not io then return _G.continuo_memory and _G.continuo_memory[name(key)] end
  return files.read(folder() .. "/" .. name(key))
end

function store.save(key, text)
  if not io then
    _G.continuo_memory = _G.continuo_memory or {}
    _G.continuo_memory[name(key)] = text
    return true
  end
  local path = folder() .. "/" .. name(key)
  if files.write(path, text) then return true end
  if os.execute then os.execute('mkdir "' .. folder() .. '"') end
  return files.write(path, text)
end

return store
