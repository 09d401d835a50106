-- The settings, once for every host's dialog: their list, and their form in a request.
local json = require("shared.json")

local settings = {}

--- kind: "number" (whole unless `step` says otherwise), "text" or "choice" (values and their labels). A number that
-- is `unset` is left to the model.
settings.list = {
  { key = "density", label = "Density (0: as around, 1 sparse - 10 dense)", kind = "number", min = 0, max = 10, default = 0, unset = 0 },
  { key = "polyphony", label = "Notes at once (0: as around)", kind = "number", min = 0, max = 64, default = 0, unset = 0 },
  { key = "lowest", label = "Lowest pitch (MIDI)", kind = "number", min = 0, max = 127, default = 0 },
  { key = "highest", label = "Highest pitch (MIDI)", kind = "number", min = 0, max = 127, default = 127 },
  { key = "scale", label = 'Scale ("auto", "D dorian", or empty)', kind = "text", default = "" },
  { key = "rhythm", label = "Rhythm", kind = "choice", default = "free",
    values = { "free", "keep", "keepOnsets" }, labels = { "free", "of the old notes", "old onsets, free lengths" } },
  { key = "temperature", label = "Temperature (0.05 safe - 5 wild)", kind = "number", min = 0.05, max = 5, step = 0.05, default = 0.5 },
  { key = "amount", label = "Vary: how much (0 nothing - 1 all)", kind = "number", min = 0, max = 1, step = 0.05, default = 0.5 },
  { key = "candidates", label = "Candidates", kind = "number", min = 1, max = 16, default = 4 },
  { key = "model", label = "Model (empty: the default)", kind = "text", default = "" },
}

--- The value as it may be, or the default: whatever was stored by another version, or typed.
function settings.clean(setting, value)
  if setting.kind == "choice" then
    for _, known in ipairs(setting.values) do if value == known then return value end end
    return setting.default
  end
  if setting.kind == "text" then return type(value) == "string" and value:sub(1, 200) or setting.default end
  local number = tonumber(value)
  if not number or number ~= number then return setting.default end
  number = math.max(setting.min, math.min(setting.max, number))
  if setting.step then return number + 0.0 end
  return math.floor(number + 0.5)
end

--- All settings, from what a project remembers.
-- @param text  what settings.write made, or nil
function settings.read(text)
  local stored, values = text and json.decode(text), {}
  if type(stored) ~= "table" then stored = {} end
  for _, setting in ipairs(settings.list) do values[setting.key] = settings.clean(setting, stored[setting.key]) end
  if values.lowest > values.highest then values.lowest, values.highest = values.highest, values.lowest end
  return values
end

--- All settings as a text for the project.
function settings.write(values) return json.encode(values) end

--- The request's `controls`.
function settings.controls(values, mode)
  -- Notes that stay have no density, range or scale to be held to.
  if mode == "humanize" then return { amount = values.amount } end
  local controls = { rhythm = values.rhythm ~= "free" and values.rhythm or nil }
  if values.density > 0 then controls.density = values.density end
  if values.polyphony > 0 then controls.polyphony = values.polyphony end
  if values.lowest > 0 or values.highest < 127 then controls.pitchRange = json.list({ values.lowest, values.highest }) end
  if values.scale ~= "" then controls.scale = values.scale end
  if mode == "vary" then controls.amount = values.amount end
  return controls
end

--- The request's `sampling`.
function settings.sampling(values)
  return { temperature = values.temperature, candidates = values.candidates }
end

return settings
