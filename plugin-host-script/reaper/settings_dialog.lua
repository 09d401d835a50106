-- The settings, in REAPER's own dialog of lines of text.
local settings = require("shared.settings")
local store = require("reaper.store")

local settings_dialog = {}

--- A caption ends at a comma, and so does a value.
local function plain(text) return (text:gsub(",", ";")) end

local function caption(setting)
  if setting.kind ~= "choice" then return plain(setting.label) end
  return plain(setting.label .. " (" .. table.concat(setting.values, "; ") .. ")")
end

local function shown(value)
  if math.type(value) == "float" then return (string.format("%.2f", value):gsub(",", "."):gsub("%.?0+$", "")) end
  return plain(tostring(value))
end

--- Ask for all settings, and remember them in the project.
function settings_dialog.open()
  local values = settings.read(store.load("settings"))
  local captions, before = {}, {}
  for index, setting in ipairs(settings.list) do
    captions[index], before[index] = caption(setting), shown(values[setting.key])
  end
  captions[#captions + 1] = "extrawidth=160"
  local is_good, text = reaper.GetUserInputs(
    "Continuo: settings of this project", #settings.list, table.concat(captions, ","), table.concat(before, ","))
  if not is_good then return end
  local index = 0
  for field in (text .. ","):gmatch("([^,]*),") do
    index = index + 1
    local setting = settings.list[index]
    if setting then values[setting.key] = settings.clean(setting, field:match("^%s*(.-)%s*$")) end
  end
  store.save("settings", settings.write(values))
end

return settings_dialog
