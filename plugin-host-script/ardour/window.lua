-- What the musician sees while an action runs: a progress window that keeps Ardour alive, messages, questions.
local window = {}

local TITLE = "Continuo"
-- A fill that is faster than this shows no window.
local SHOW_MICROSECONDS = 30 * 1000

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

-- A progress window is modal: messages stand in its place.

function window.say(text)
  window.close()
  LuaDialog.Message(TITLE, text, LuaDialog.MessageType.Info, LuaDialog.ButtonType.Close):run()
  last_turn = clock()
end

--- @return whether the musician agrees
function window.ask(text)
  window.close()
  local answer = LuaDialog.Message(TITLE, text, LuaDialog.MessageType.Question, LuaDialog.ButtonType.Yes_No):run()
  last_turn = clock()
  return answer == LuaDialog.Response.Yes
end

return window
