-- A small window that tells how far a fill is. Most end before it opens.
local window = {}

local WIDTH, HEIGHT = 340, 64
local PATIENCE_SECONDS = 0.7
local ESCAPE, CLOSED = 27, -1
local is_open = false

local function open()
  local mouse_x, mouse_y = reaper.GetMousePosition()
  gfx.init("Continuo", WIDTH, HEIGHT, 0, mouse_x, mouse_y)
  gfx.setfont(1, "Arial", 15)
  is_open = true
end

--- A bar, full to `fraction`, with a text above.
function window.draw_progress(x, y, width, text, fraction)
  gfx.set(0.85, 0.85, 0.85)
  gfx.x, gfx.y = x, y
  gfx.drawstr(text)
  gfx.set(0.3, 0.3, 0.3)
  gfx.rect(x, y + 24, width, 8, 1)
  gfx.set(0.35, 0.7, 0.5)
  gfx.rect(x, y + 24, math.floor(width * math.max(0, math.min(1, fraction))), 8, 1)
end

--- @param work  see reaper/run.lua
-- @return whether the musician wants no more of it
function window.turn(work)
  if not is_open then
    if reaper.time_precise() - work.started < PATIENCE_SECONDS then return false end
    open()
  end
  window.draw_progress(12, 10, WIDTH - 24, work.job.text .. " (Esc ends it)", work.job.fraction)
  gfx.update()
  local char = gfx.getchar()
  return char == ESCAPE or char == CLOSED
end

function window.close()
  if is_open then gfx.quit() end
  is_open = false
end

return window
