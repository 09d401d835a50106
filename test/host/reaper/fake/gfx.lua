-- The simulated window of a script.
local gfx = {}

--- @param project  its `gfx`: {char, mouse_x, mouse_y, mouse_cap}, what the musician does; `drawn`, what was written
function gfx.new(project)
  local self = { x = 0, y = 0 }
  local is_open = false
  local functions = {
    init = function() is_open, project().window = true, "open" end,
    quit = function() is_open, project().window = false, "closed" end,
    setfont = function(index, name, size) assert(index and name and size) end,
    set = function(r, g, b) assert(r and g and b) end,
    rect = function(x, y, width, height) assert(is_open and x and y and width and height) end,
    measurestr = function(text) return 8 * #text, 15 end,
    drawstr = function(text) assert(is_open) table.insert(project().drawn, text) end,
    update = function() assert(is_open) project().last_drawn, project().drawn = project().drawn, {} end,
    getchar = function() return is_open and project().gfx.char or -1 end,
  }
  return setmetatable({}, {
    __index = function(_, name)
      if functions[name] then return functions[name] end
      if name:find("^mouse_") then return project().gfx[name] or error("no gfx." .. name, 2) end
      if self[name] == nil then error("gfx has no " .. name, 2) end
      return self[name]
    end,
    __newindex = function(_, name, value)
      assert(self[name] ~= nil and value == math.floor(value), "gfx." .. name)
      self[name] = value
    end,
  })
end

return gfx
