-- Creates a session with MIDI tracks "Track-1" to "Track-N": ardour7-lua create.lua DIR NAME N
AudioEngine:set_backend("None (Dummy)", "", "")
assert(create_session(arg[1], arg[2], 48000))
local channels = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
for index = 1, tonumber(arg[3]) do
  Session:new_midi_track(channels, channels, true, ARDOUR.PluginInfo(), nil, nil, 1, "Track-" .. index,
    ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
end
Session:save_state("")
close_session()
io.open(os.getenv("CONTINUO_DONE"), "wb"):close()
quit()
