-- All actions in one small window that stays open: ReaImGui's where that extension is installed, otherwise REAPER's own.
local imgui_window = require("reaper.imgui_window")
local keep = require("reaper.keep")
local loop = require("reaper.loop")
local settings_dialog = require("reaper.settings_dialog")
local window = require("reaper.window")

local panel = {}

local WIDTH, HEIGHT = 340, 150
local MARGIN, COLUMNS, BUTTON_HEIGHT = 10, 4, 30
local PROGRESS_Y = 90
local CLOSED, ESCAPE, LEFT_BUTTON = -1, 27, 1

local BUTTONS = {
  { "Fill", mode = "fill" }, { "Again", mode = "again" }, { "Continue", mode = "continue" }, { "Vary", mode = "vary" },
  { "Roll...", mode = "roll" }, { "Keep", act = keep.toggle }, { "Settings", act = settings_dialog.open }, { "Cancel", act = loop.cancel },
}

local function button_box(index)
  local width = (WIDTH - MARGIN * (COLUMNS + 1)) // COLUMNS
  local column, row = (index - 1) % COLUMNS, (index - 1) // COLUMNS
  return MARGIN + column * (width + MARGIN), MARGIN + row * (BUTTON_HEIGHT + MARGIN), width, BUTTON_HEIGHT
end

local function is_over(index)
  local x, y, width, height = button_box(index)
  return gfx.mouse_x >= x and gfx.mouse_x < x + width and gfx.mouse_y >= y and gfx.mouse_y < y + height
end

local function draw(work)
  for index, button in ipairs(BUTTONS) do
    local x, y, width, height = button_box(index)
    local shade = is_over(index) and 0.4 or 0.28
    gfx.set(shade, shade, shade)
    gfx.rect(x, y, width, height, 1)
    gfx.set(0.9, 0.9, 0.9)
    local text_width, text_height = gfx.measurestr(button[1])
    gfx.x, gfx.y = x + (width - text_width) // 2, y + (height - text_height) // 2
    gfx.drawstr(button[1])
  end
  if work then window.draw_progress(MARGIN, PROGRESS_Y, WIDTH - 2 * MARGIN, work.task.text, work.task) end
  gfx.update()
end

--- REAPER's own window.
local function own_window()
  gfx.init("Continuo", WIDTH, HEIGHT, 0)
  gfx.setfont(1, "Arial", 15)
  local was_down = false
  return {
    --- @return the buttons that were pressed, and whether Escape was; or nil where the window was closed
    read = function()
      local char = gfx.getchar()
      if char == CLOSED then return nil end
      local pressed, is_down = {}, gfx.mouse_cap % 2 == LEFT_BUTTON
      if is_down and not was_down then
        for index, button in ipairs(BUTTONS) do if is_over(index) then pressed[#pressed + 1] = button end end
      end
      was_down = is_down
      return pressed, char == ESCAPE
    end,
    draw = draw,
    close = gfx.quit,
  }
end

function panel.open()
  local shown = imgui_window.is_here() and imgui_window.open(BUTTONS) or own_window()
  local work

  local function turn()
    local pressed, is_escape = shown.read(work)
    if not pressed then return end
    if is_escape then loop.cancel() end
    for _, button in ipairs(pressed) do
      if button.mode then work = loop.begin(button.mode) or work else button.act() end
    end
    if work and loop.turn(work) then work = nil end
    shown.draw(work)
    reaper.defer(turn)
  end

  reaper.atexit(function()
    if work then loop.finish(work) end
    shown.close()
  end)
  turn()
end

return panel
