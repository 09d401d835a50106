-- Messages to the musician: beside the mouse and in REAPER's help line, not in a window, so that nothing has to be
-- closed and the keyboard focus stays.
local notice = {}

local BESIDE_MOUSE = 16
local lines = {}

--- The earlier message is over.
function notice.clear() lines = {} end

function notice.show(text)
  lines[#lines + 1] = text
  local x, y = reaper.GetMousePosition()
  -- Its manual calls the text a format, so it gets no percent sign.
  local shown = table.concat(lines, "\n"):gsub("%%", "\u{FF05}")
  reaper.TrackCtl_SetToolTip("Continuo: " .. shown, x + BESIDE_MOUSE, y + BESIDE_MOUSE, true)
  reaper.Help_Set("Continuo: " .. text, false)
  -- Into the console without opening it, to be read again later.
  reaper.ShowConsoleMsg("!SHOW:Continuo: " .. text .. "\n")
  -- OSARA (osara.reaperaccessibility.com) reads it to who can't see it.
  if reaper.osara_outputMessage then reaper.osara_outputMessage(text) end
end

return notice
