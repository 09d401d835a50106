-- The plugin in a session without a window: plugin.lua FOLDER NAME lv2|vst3 OUT [again WAV]. On the first track it hears
-- and plays; the second records it. "again": the saved session with nothing to hear; it is exported as a sound as well.
-- Writes a line for each recorded note.
local folder, name, kind, out, again, wav = arg[1], arg[2], arg[3], arg[4], arg[5], arg[6]
-- Four bars at 120, and a little. On a busy machine it starts late.
local SECONDS, PATIENCE = 8.5, 90
-- The position of "Lead" among the parameters (LV2 counts its control for free wheeling as well), and two seconds.
local LEAD = { lv2 = { 17, 2000 }, vst3 = { 16, 1 } }

local function ticks(beats)
  local quarters, rest = beats:str():match("^(-?%d+):(-?%d+)$")
  return tonumber(quarters) * 1920 + tonumber(rest)
end

AudioEngine:set_backend("None (Dummy)", "", "")
assert(load_session(folder, name))
local heard, recorder
local tracks = Session:get_tracks()
for track in tracks:iter() do
  if track:name() == "Call" then heard = track elseif track:name() == "Answer" then recorder = track end
end

if again then
  assert(not heard:nth_plugin(0):isnil(), "the session has no plugin")
  local playlist = heard:to_track():playlist()
  local regions = playlist:region_list()
  for region in regions:iter() do playlist:remove_region(region) end
  -- Only what is recorded now counts.
  local recorded = recorder:to_track():playlist()
  local old = recorded:region_list()
  for region in old:iter() do recorded:remove_region(region) end
else
  local of_kind = kind == "vst3" and ARDOUR.PluginType.VST3 or ARDOUR.PluginType.LV2
  local id = kind == "vst3" and "Continuo" or "urn:continuo:instrument"
  local plugin = ARDOUR.LuaAPI.new_plugin(Session, id, of_kind, "")
  assert(plugin and not plugin:isnil(), "Ardour does not find the plugin")
  assert(heard:add_processor_by_index(plugin, 0, nil, true) == 0, "Ardour does not take the plugin")
  assert(ARDOUR.LuaAPI.set_processor_param(plugin, table.unpack(LEAD[kind])), "there is no such parameter")
  recorder:input():disconnect_all(nil)
  assert(heard:output():midi(0):connect(recorder:input():midi(0):name()) == 0, "the tracks are not connected")
end

recorder:to_track():rec_enable_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
Session:goto_start(false)
sleep(1)
Session:maybe_enable_record()
Session:request_roll(ARDOUR.TransportRequestSource.TRS_UI)
local given_up = os.time() + PATIENCE
while Session:transport_sample() < SECONDS * Session:nominal_sample_rate() do
  assert(os.time() < given_up, "the transport does not get there")
  sleep(0.1)
end
Session:request_stop(false, false, ARDOUR.TransportRequestSource.TRS_UI)
-- What was recorded becomes a region when the disk has it.
local function is_recorded()
  local regions = recorder:to_track():playlist():region_list()
  for _ in regions:iter() do return true end
  return false
end
while Session:transport_rolling() or not is_recorded() do
  assert(os.time() < given_up + PATIENCE, "nothing was recorded")
  sleep(0.1)
end
sleep(1)
Session:save_state("")

local file = assert(io.open(out, "w"))
local recorded = recorder:to_track():playlist():region_list()
for region in recorded:iter() do
  local midi = region:to_midiregion()
  local notes = ARDOUR.LuaAPI.note_list(midi:model())
  local start = ticks(region:position():beats()) - ticks(region:start():beats())
  for note in notes:iter() do
    file:write(string.format("%d %d %d %d\n", start + ticks(note:time()), ticks(note:length()), note:note(),
      note:velocity()))
  end
end
file:close()

if again then
  -- A track gets its sound with the plugin, after Ardour has connected it.
  local master = Session:route_by_name("Master")
  for channel = 0, heard:output():n_ports():n_audio() - 1 do
    heard:output():audio(channel):connect(master:input():audio(channel):name())
  end
  local export = Session:simple_export()
  assert(export:set_preset("df340c53-88b5-4342-a1c8-58e0704872ea"), "there is no such kind of export")
  export:set_folder(wav:match("^(.*)/"))
  export:set_name(wav:match("([^/]*)%.wav$"))
  export:set_range(0, math.floor(SECONDS * Session:nominal_sample_rate()))
  assert(export:run_export(), "nothing is exported")
end

local done = assert(io.open(os.getenv("CONTINUO_DONE"), "w"))
done:close()
close_session()
quit()
