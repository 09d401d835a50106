-- Requests by the daemon's watched folder: no network, nothing that blocks.
local json = require("shared.json")

local folder = {}

--- @param path    the daemon's `folder`
-- @param client  a name of letters, to tell this host's requests from others'
-- @param unique  a text that no other script that runs has, such as a time
function folder.open(path, client, unique)
  local self = { count = 0 }

  local function base(name) return path .. "/" .. name end

  --- Leave a file that the daemon only ever sees whole.
  -- @return whether it is there; where not, why
  local function leave(name, ending, text)
    local file, reason = io.open(base(name) .. ".tmp", "wb")
    if not file then return false, reason end
    local is_written = file:write(text)
    is_written = file:close() and is_written
    local is_renamed, why = os.rename(base(name) .. ".tmp", base(name) .. ending)
    if is_written and is_renamed then return true end
    os.remove(base(name) .. ".tmp")
    return false, why or "the request was not written"
  end

  --- Ask; the answer is fetched by `receive`.
  -- @return a call; or nil and why
  function self.send(method, params)
    self.count = self.count + 1
    local name = string.format("%s-%s-%d", client, unique, self.count)
    local text = json.encode({ jsonrpc = "2.0", id = self.count, method = method, params = params, format = "lines" })
    local is_left, why = leave(name, ".request.json", text)
    if not is_left then return nil, why end
    return { name = name }
  end

  --- @return the answer's text once it is there, else nil
  function self.receive(call)
    local file = io.open(base(call.name) .. ".response.txt", "rb")
    if not file then return nil end
    local text = file:read("a")
    file:close()
    os.remove(base(call.name) .. ".response.txt")
    return text
  end

  --- Give a call up: whether or not the daemon has seen it, nothing of it stays.
  function self.drop(call)
    os.remove(base(call.name) .. ".request.json")
    os.remove(base(call.name) .. ".response.txt")
    -- Whoever only cancels leaves it empty, and still gets an answer.
    leave(call.name, ".cancel", "unwanted")
  end

  return self
end

return folder
