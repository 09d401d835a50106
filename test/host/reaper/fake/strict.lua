-- Functions that must be called as REAPER's manual says, and opaque handles.
local strict = {}

local handles, of_object = setmetatable({}, { __mode = "k" }), {}

--- A handle of an object by its kind and id, the same each time.
function strict.handle(kind, id)
  local key = kind .. " " .. id
  if not of_object[key] then
    local opaque = function() error("a " .. kind .. " is not a table", 2) end
    local handle = setmetatable({}, { __index = opaque, __newindex = opaque, __tostring = function() return key end })
    of_object[key], handles[handle] = handle, { kind = kind, id = id }
  end
  return of_object[key]
end

local function check(name, index, wanted, value)
  local kind = wanted.kind
  local function bad(what) error(string.format("%s: argument %d is %s, not %s", name, index, what, kind), 4) end
  if value == nil and wanted.is_optional then return nil end
  if kind == "ReaProject" then return value == 0 and value or bad(tostring(value)) end
  if kind == "integer" then return math.tointeger(value) or bad(tostring(value)) end
  if kind == "number" or kind == "string" or kind == "boolean" or kind == "function" then
    -- REAPER may read a value that is not a number as a position.
    if type(value) ~= kind or value ~= value then bad(type(value)) end
    return value
  end
  local handle = handles[value]
  if not handle or handle.kind ~= kind then bad(tostring(value)) end
  return handle.id
end

--- Read "integer a, string b Name(type name, optional type name)"; before it may stand "[what it needs]".
local function parse(line)
  local need = line:match("^%[(.-)%] ")
  local before, list = line:gsub("^%[.-%] ", ""):match("^(.-)%s*%(([^)]*)%)$")
  local name = before:match("([%w_]+)$")
  local wanted = {}
  for argument in list:gmatch("[^,]+") do
    local is_optional = argument:match("^%s*optional ") ~= nil
    local kind = argument:gsub("^%s*optional ", ""):match("^%s*([%w_]+)")
    wanted[#wanted + 1] = { kind = kind, is_optional = is_optional }
  end
  return name, wanted, need
end

--- Wrap the functions of a fake by the signatures of a file; functions missing from either are refused.
-- @param has  whether this REAPER has what a signature needs; where not, the function is nil there
-- @return the table that scripts see, and the set of names
function strict.wrap(path, functions, has)
  local visible, needs = {}, {}
  for line in io.lines(path) do
    if not line:find("^#") then
      local name, wanted, need = parse(line)
      needs[name] = need
      local run = functions[name] or error("the fake has no " .. name)
      visible[name] = function(...)
        local count = select("#", ...)
        if count > #wanted then error(string.format("%s: %d arguments, not %d", name, count, #wanted), 2) end
        local given = { ... }
        for index, each in ipairs(wanted) do given[index] = check(name, index, each, given[index]) end
        return run(table.unpack(given, 1, #wanted))
      end
    end
  end
  for name in pairs(functions) do if not visible[name] then error("no signature of " .. name) end end
  return setmetatable({}, {
    __index = function(_, name)
      if needs[name] and not has(needs[name]) then return nil end
      return visible[name] or error("REAPER has no " .. tostring(name), 2)
    end,
    __newindex = function(_, name) error("reaper." .. tostring(name) .. " is not ours", 2) end,
  })
end

return strict
