-- Stored data: the settings in the project, and the last fills for as long as REAPER runs.
local store = {}

local SECTION = "Continuo"
--- Of one value of a project, which is one line of its file.
local PIECE_BYTES = 4000

local function is_of_project(key) return key ~= "last" end

function store.load(key)
  if not is_of_project(key) then return reaper.GetExtState(SECTION, key) end
  local pieces = {}
  while true do
    local _, piece = reaper.GetProjExtState(0, SECTION, key .. "." .. #pieces + 1)
    if not piece or piece == "" then break end
    pieces[#pieces + 1] = piece
  end
  return table.concat(pieces)
end

function store.save(key, text)
  if not is_of_project(key) then return reaper.SetExtState(SECTION, key, text, false) end
  -- A project's file has no way to write all three quotation marks in one value.
  text = text:gsub("`", "'")
  local count = 0
  for start = 1, #text, PIECE_BYTES do
    count = count + 1
    reaper.SetProjExtState(0, SECTION, key .. "." .. count, text:sub(start, start + PIECE_BYTES - 1))
  end
  -- The end, where there was more before.
  reaper.SetProjExtState(0, SECTION, key .. "." .. count + 1, "")
  reaper.MarkProjectDirty(0)
end

return store
