-- Ardour's file of scripts on keys, as its Script Manager writes it: ardour7-lua bind.lua OUT ACTION... HOOK
-- The last script is a hook, called each tenth of a second. Made in Ardour's own Lua, whose bytecode it holds.
local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function base64(text)
  local parts = {}
  for index = 1, #text, 3 do
    local a, b, c = text:byte(index, index + 2)
    local value = a << 16 | (b or 0) << 8 | (c or 0)
    for position = 0, 3 do
      local digit = value >> (18 - 6 * position) & 63
      local is_there = position < 2 or (position == 2 and b) or (position == 3 and c)
      parts[#parts + 1] = is_there and DIGITS:sub(digit + 1, digit + 1) or "="
    end
  end
  return table.concat(parts)
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local source = file:read("a")
  file:close()
  local about
  local environment = setmetatable({ ardour = function(values) about = values end }, { __index = _G })
  assert(load(source, path, "t", environment))()
  return about.name, source, string.dump(environment.factory, true)
end

-- Bits of signals, the last one first: LuaTimerDS is number 47, after which 7.3 has one more and 8.12 two.
local TIMER = "1" .. ("0"):rep(47)

local slots = { "scripts = {} " }
for index = 2, #arg - 1 do
  local slot = string.format("scripts[%d]", index - 1)
  slots[#slots + 1] = string.format('%s = {} %s["n"] = %q %s["s"] = %q %s["f"] = %q %s["c"] = "" %s["a"] = {} ', slot,
    slot, select(1, read(arg[index])), slot, select(2, read(arg[index])), slot, select(3, read(arg[index])), slot, slot)
end
local name, source, code = read(arg[#arg])
local hook = string.format('s = {} s["n"] = %q s["s"] = %q s["f"] = %q s["a"] = {} ', name, source, code)
local file = assert(io.open(arg[1], "wb"))
file:write('<?xml version="1.0" encoding="UTF-8"?>\n<UIScripts>\n<ActionScript lua="Lua 5.3">',
  base64(table.concat(slots)), '</ActionScript>\n<ActionHooks><LuaCallback lua="Lua 5.3" id="900001" name="', name,
  '" signals="', TIMER, '">', base64(hook), "</LuaCallback></ActionHooks>\n</UIScripts>\n")
file:close()
io.open(os.getenv("CONTINUO_DONE"), "wb"):close()
quit()
