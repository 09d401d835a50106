-- The settings, asked for in a dialog of Ardour.
local settings = require("shared.settings")

local settings_dialog = {}

local function field(setting, value)
  local found = { key = setting.key, title = setting.label, default = value }
  if setting.kind == "number" then
    found.type, found.min, found.max = "number", setting.min, setting.max
    found.step, found.digits = setting.step or 1, setting.step and 2 or 0
  elseif setting.kind == "text" then
    found.type = "entry"
  else
    found.type, found.values = "dropdown", {}
    for index, each in ipairs(setting.values) do
      found.values[setting.labels[index]] = each
      if each == value then found.default = setting.labels[index] end
    end
  end
  return found
end

--- @return the new values, or nil where the musician changed nothing
function settings_dialog.ask(values)
  local fields = {}
  for index, setting in ipairs(settings.list) do fields[index] = field(setting, values[setting.key]) end
  local answer = LuaDialog.Dialog("Continuo", fields):run()
  if not answer then return nil end
  local found = {}
  for _, setting in ipairs(settings.list) do found[setting.key] = settings.clean(setting, answer[setting.key]) end
  return found
end

return settings_dialog
