-- JSON, for hosts whose Lua has no module for it. Lists are tables made by json.list, so that an empty one is not
-- taken for an object.
local json = {}

local List = {}

--- Mark a table as a list.
function json.list(items) return setmetatable(items or {}, List) end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function quote(text)
  -- Names from files of old may be in any encoding; JSON is UTF-8.
  if not utf8.len(text) or text:find("\xED[\xA0-\xBF]") then text = text:gsub("[\128-\255]", "?") end
  return '"' .. text:gsub('[%c"\\]', function(char)
    return ESCAPES[char] or string.format("\\u%04x", char:byte())
  end) .. '"'
end

local function number(value)
  if math.type(value) == "integer" then return tostring(value) end
  if value ~= value or value == math.huge or value == -math.huge then error("no number in JSON: " .. tostring(value)) end
  -- A host with another decimal sign must not write 0,5.
  return (string.format("%.14g", value):gsub(",", "."))
end

--- A value as JSON. Keys in order, so that equal values give equal texts; a metatable's `to_json` says it faster.
function json.encode(value)
  local kind = type(value)
  if kind == "string" then return quote(value) end
  if kind == "number" then return number(value) end
  if kind == "boolean" then return tostring(value) end
  if kind ~= "table" then error("no " .. kind .. " in JSON") end
  local kin, parts = getmetatable(value), {}
  if kin and kin.to_json then return kin.to_json(value) end
  if kin == List or #value > 0 then
    for index, item in ipairs(value) do parts[index] = json.encode(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys)
  for index, key in ipairs(keys) do parts[index] = quote(key) .. ":" .. json.encode(value[key]) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local UNESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }

local function fail(position, what) error(what .. " at byte " .. position .. " of JSON", 0) end

local function parse_string(text, position)
  local parts = {}
  while true do
    local stop = text:find('["\\]', position)
    if not stop then fail(position, "a text without end") end
    parts[#parts + 1] = text:sub(position, stop - 1)
    if text:sub(stop, stop) == '"' then return table.concat(parts), stop + 1 end
    local code, low = text:match("^\\u(%x%x%x%x)", stop), text:match("^\\u[dD][89abAB]%x%x\\u([dD][c-fC-F]%x%x)", stop)
    if low then
      local point = 0x10000 + (tonumber(code, 16) - 0xD800) * 0x400 + tonumber(low, 16) - 0xDC00
      parts[#parts + 1], position = utf8.char(point), stop + 12
    elseif code then
      local point = tonumber(code, 16)
      -- Half of a pair is not a character.
      if point >= 0xD800 and point < 0xE000 then point = 0xFFFD end
      parts[#parts + 1], position = utf8.char(point), stop + 6
    else
      local char = UNESCAPES[text:sub(stop + 1, stop + 1)]
      if not char then fail(stop, "an unknown escape") end
      parts[#parts + 1], position = char, stop + 2
    end
  end
end

local WORDS = { ["true"] = true, ["false"] = false }
local MAX_DEPTH = 64

local function parse(text, position, depth)
  if depth > MAX_DEPTH then fail(position, "too deep") end
  position = text:find("%S", position) or fail(#text, "nothing")
  local first = text:sub(position, position)
  if first == '"' then return parse_string(text, position + 1) end
  if first == "{" or first == "[" then
    local is_list, result, count = first == "[", first == "[" and json.list() or {}, 0
    local close = is_list and "]" or "}"
    position = text:find("%S", position + 1) or fail(#text, "no end")
    if text:sub(position, position) == close then return result, position + 1 end
    while true do
      local key
      if is_list then
        count = count + 1
        key = count
      else
        position = text:match('^%s*"()', position) or fail(position, "no key")
        key, position = parse_string(text, position)
        position = text:match("^%s*:()", position) or fail(position, "no colon")
      end
      result[key], position = parse(text, position, depth + 1)
      local sign, after = text:match("^%s*([,%]}])()", position)
      if sign == close then return result, after end
      if sign ~= "," then fail(position, "no comma") end
      position = after
    end
  end
  local word = text:match("^%a+", position)
  if word == "null" then return nil, position + 4 end
  if WORDS[word] ~= nil then return WORDS[word], position + #word end
  local digits = text:match("^-?%d+%.?%d*[eE]?[+-]?%d*", position)
  if not digits then fail(position, "something else") end
  local value = tonumber(digits)
  if not value or value == math.huge or value == -math.huge then fail(position, "no number") end
  return math.tointeger(value) or value, position + #digits
end

--- What a text says: lists as tables from 1, null as nil.
-- @return the value; or nil and why it is not JSON
function json.decode(text)
  local is_good, value, position = pcall(parse, text, 1, 0)
  if not is_good then return nil, tostring(value) end
  if text:find("%S", position) then return nil, "more after the end of JSON" end
  return value
end

return json
