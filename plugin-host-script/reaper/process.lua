-- Programs that run in the background and show no window.
local process = {}

--- Of ExecProcess: do not wait, and show its window as small as it goes.
local IN_BACKGROUND = -2

function process.is_windows() return reaper.GetOS():find("Win") ~= nil end

--- The path of a program that comes with Windows.
function process.of_windows(name) return (os.getenv("SystemRoot") or "C:\\Windows") .. "\\System32\\" .. name end

--- @return whether it was started
function process.start(command)
  if process.is_windows() then
    -- Windows gives a program of the command line a console, which flashes up however small; this one has no window.
    command = string.format('"%s" --headless %s', process.of_windows("conhost.exe"), command)
  end
  return reaper.ExecProcess(command, IN_BACKGROUND) ~= nil
end

return process
