-- Requests by URLs alone, for an Ardour that does not let scripts use files. Each one holds Ardour up until it is answered,
-- so none of them waits for a fill.
local json = require("shared.json")

local get = {}

-- The daemon's limit, with room for the rest of a request.
local MAX_BYTES = 1000 * 1024

local function escaped(text)
  return (text:gsub("[^%w%-_.~]", function(char) return string.format("%%%02X", char:byte()) end))
end

function get.open(daemon, client)
  local self = { wait_ms = 0 }

  function self.send(method, params)
    local url = string.format("%s/v1/get?token=%s&client=%s&format=lines&method=%s&params=%s", daemon.url, daemon.token,
      client, escaped(method), escaped(json.encode(params)))
    if #url > MAX_BYTES then return nil, "the song around the selection is too long to be sent without files" end
    return { answer = ArdourUI.http_get(url) }
  end

  --- @return the answer; false where nobody is there
  function self.receive(call) return call.answer ~= "" and call.answer or false end

  function self.drop() end

  return self
end

return get
