-- The windows of a running action: a progress window that keeps Ardour alive, questions, notices.
local window = {}

local TITLE = "Continuo"
-- A fill that is faster than this shows no window.
local SHOW_MICROSECONDS = 30 * 1000

local NOTICE_TITLE = "Continuo: notice"
-- As fast as people read, with time to look up.
local MICROSECONDS_A_BYTE = 60 * 1000
local LEAST_MICROSECONDS, MOST_MICROSECONDS = 2000 * 1000, 10 * 1000 * 1000
local TURN_MICROSECONDS = 20 * 1000
local LINE_LENGTH = 72

local progress, began, last_turn, longest

local function clock() return ARDOUR.LuaAPI.monotonic_time() end

local function measure()
  local now = clock()
  longest = math.max(longest, now - last_turn)
  last_turn = now
end

function window.begin()
  began, longest = clock(), 0
  last_turn = began
end

--- Let Ardour do what it has to.
-- @param fraction  0-1, or less where it is not known
-- @return whether the musician gave up
function window.turn(fraction, text)
  if not progress and clock() - began < SHOW_MICROSECONDS then return false end
  progress = progress or LuaDialog.ProgressWindow(TITLE, true)
  measure()
  local is_cancelled = progress:progress(fraction > 0 and math.min(fraction, 1) or -1, text)
  last_turn = clock()
  return is_cancelled
end

function window.close()
  if not progress then return end
  progress:done()
  progress = nil
end

--- @return microseconds in which the action took, and the longest in which Ardour could do nothing
function window.finish()
  measure()
  window.close()
  return clock() - began, longest
end

-- A progress window is modal: questions replace it.

--- @return whether the musician agrees
function window.ask(text)
  window.close()
  local answer = LuaDialog.Message(TITLE, text, LuaDialog.MessageType.Question, LuaDialog.ButtonType.Yes_No):run()
  last_turn = clock()
  return answer == LuaDialog.Response.Yes
end

--- Into Ardour's log (Window > Log), for which nothing has to be closed.
function window.log(text) print("Continuo: " .. text) end

local function wrapped(text)
  local lines, line = {}, ""
  for word in text:gmatch("[^ ]+") do
    if line ~= "" and #line + #word >= LINE_LENGTH then lines[#lines + 1], line = line, "" end
    line = line == "" and word or line .. " " .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

--- Tell something that needs no answer. All windows that Ardour lets scripts open hold up its keys and its mouse: so this
-- one goes by itself when it can have been read, and Escape takes it away before. The script does not learn of that.
-- @param has_gone_on  whether the musician does something else by now
function window.say(text, has_gone_on)
  window.log(text)
  local notice = LuaDialog.ProgressWindow(NOTICE_TITLE, false)
  local reading = math.min(MOST_MICROSECONDS, math.max(LEAST_MICROSECONDS, #text * MICROSECONDS_A_BYTE))
  local stop = clock() + reading
  -- Another action ends it, too.
  _G.continuo_notice = stop
  while clock() < stop and _G.continuo_notice == stop and not has_gone_on() do
    if notice:progress(1, wrapped(text)) then break end
    ARDOUR.LuaAPI.usleep(TURN_MICROSECONDS)
  end
  notice:done()
end

return window
