-- Prints the contents of a saved session as JSON: ardour7-lua read.lua DIR NAME OUT
package.path = os.getenv("CONTINUO_LUA") .. "/?.lua;" .. package.path
local json = require("shared.json")

AudioEngine:set_backend("None (Dummy)", "", "")
assert(load_session(arg[1], arg[2]))
local function ticks(beats)
  local quarters, rest = beats:str():match("^(-?%d+):(-?%d+)$")
  return tonumber(quarters) * 1920 + tonumber(rest)
end
local found = json.list()
local of_route = Session:get_tracks()
for route in of_route:iter() do
  local regions = json.list()
  local of_each = route:to_track():playlist():region_list()
  for each in of_each:iter() do
    local region = each:to_midiregion()
    local notes = json.list()
    local of_note = ARDOUR.LuaAPI.note_list(region:model())
    for note in of_note:iter() do
      notes[#notes + 1] = json.list({ ticks(note:time()), ticks(note:length()), note:note(), note:velocity(),
        note:channel(), note:off_velocity() })
    end
    regions[#regions + 1] = { name = region:name(), position = ticks(region:position():beats()),
      start = ticks(region:start():beats()), length = ticks(region:length():beats()), notes = notes }
  end
  found[#found + 1] = { name = route:name(), regions = regions }
end
local file = assert(io.open(arg[3], "wb"))
file:write(json.encode(found))
file:close()
close_session()
io.open(os.getenv("CONTINUO_DONE"), "wb"):close()
quit()
