-- A small window that shows a fill's progress. Most fills end before it opens.
local window = {}

local WIDTH, HEIGHT = 400, 84
local PATIENCE_SECONDS = 0.7
local ESCAPE, CLOSED, LEFT_BUTTON = 27, -1, 1
local LINE_HEIGHT = 18
local is_open, was_down = false, false

local function open()
  local mouse_x, mouse_y = reaper.GetMousePosition()
  gfx.init("Continuo", WIDTH, HEIGHT, 0, mouse_x, mouse_y)
  gfx.setfont(1, "Arial", 15)
  is_open = true
end

--- For whom no browser came up: a click puts the piano roll's address where it can be copied.
local function offer(address, x, y, width)
  gfx.set(0.6, 0.75, 0.95)
  gfx.x, gfx.y = x, y
  gfx.drawstr("No browser? Click here for the address.")
  local is_over = gfx.mouse_x >= x and gfx.mouse_x < x + width and gfx.mouse_y >= y and gfx.mouse_y < y + LINE_HEIGHT
  local is_down = gfx.mouse_cap % 2 == LEFT_BUTTON
  if is_down and not was_down and is_over then reaper.ShowConsoleMsg("Continuo: the piano roll is at " .. address .. "\n") end
  was_down = is_down
end

--- A bar with a text above, and below it where the piano roll is, if a task waits for that.
function window.draw_progress(x, y, width, text, task)
  local fraction, address = task.fraction, task:address()
  gfx.set(0.85, 0.85, 0.85)
  gfx.x, gfx.y = x, y
  gfx.drawstr(text)
  gfx.set(0.3, 0.3, 0.3)
  gfx.rect(x, y + 24, width, 8, 1)
  gfx.set(0.35, 0.7, 0.5)
  gfx.rect(x, y + 24, math.floor(width * math.max(0, math.min(1, fraction))), 8, 1)
  if address then offer(address, x, y + 36, width) end
end

--- @param work  see reaper/loop.lua
-- @return whether the musician wants no more of it
function window.turn(work)
  if not is_open then
    if reaper.time_precise() - work.started < PATIENCE_SECONDS then return false end
    open()
  end
  window.draw_progress(12, 10, WIDTH - 24, work.task.text .. " (Esc ends it)", work.task)
  gfx.update()
  local char = gfx.getchar()
  return char == ESCAPE or char == CLOSED
end

function window.close()
  if is_open then gfx.quit() end
  is_open = false
end

return window
