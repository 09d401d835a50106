-- Runs a chunk with a value from JSON, and prints what it returns as JSON.
local sources, here, chunk = table.unpack(arg)
package.path = sources .. "/?.lua;" .. here .. "/?.lua"

-- Scripts live beside others of the same host: a global of ours could be one of theirs.
setmetatable(_G, { __newindex = function(_, name) error("a global: " .. tostring(name), 2) end })

local json = require("shared.json")
local run = assert(load("local input, json = ...\n" .. chunk, "=chunk"))
io.write(json.encode(run(json.decode(io.read("a")), json)))
