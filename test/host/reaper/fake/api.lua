-- REAPER's other functions, as far as the scripts use them.
local imgui = require("imgui")
local midi = require("midi")
local strict = require("strict")

local api = {}

local function handle(kind, object) return object and strict.handle(kind, object.id) or nil end

local TRACK = {
  B_MUTE = function(track) return track.mute and 1.0 or 0.0 end,
  I_FREEMODE = function(track) return track.lanes and 2.0 or 0.0 end,
}
local ITEM = {
  D_POSITION = function(item) return item.position end,
  D_LENGTH = function(item) return item.length end,
  B_MUTE = function(item) return item.mute and 1.0 or 0.0 end,
  B_LOOPSRC = function(item) return item.loop and 1.0 or 0.0 end,
  C_LOCK = function(item) return item.lock and 1.0 or 0.0 end,
  C_LANEPLAYS = function(item) return item.plays + 0.0 end,
}
local TAKE = { D_PLAYRATE = function(take) return take.rate + 0.0 end }

local function value(readers, object, name)
  return (readers[name] or error("no value " .. name, 3))(object)
end

--- An item as a project's file has it, as far as it matters.
local function state_of(item)
  local lines = { "<ITEM", "POSITION " .. item.position, "LENGTH " .. item.length, "IGUID " .. item.id }
  for index, take in ipairs(item.takes) do
    if index > 1 then lines[#lines + 1] = index == item.active and "TAKE SEL" or "TAKE" end
    for _, line in ipairs({
      'NAME "GUID {00000000-0000-4000-8000-000000000000}"', "SOFFS " .. take.offset, "GUID " .. take.id,
      take.is_copy and "<SOURCE MIDIPOOL" or "<SOURCE MIDI", "  HASDATA 1 " .. take.ppq .. " QN",
      "  POOLEDEVTS " .. take.pool, "  <X 0 0 0 0 3", "    /wNhYmM=", "  >",
    }) do lines[#lines + 1] = line end
    for _, note in ipairs(take.notes) do lines[#lines + 1] = string.format("  E %d 90 %02x %02x", note.start, note.pitch, note.velocity) end
    lines[#lines + 1] = "  GUID {FFFFFFFF-0000-4000-8000-000000000000}"
    lines[#lines + 1] = ">"
  end
  lines[#lines + 1] = ">"
  return table.concat(lines, "\n") .. "\n"
end

--- @param project  gives the project that is open
-- @param script   gives the script that runs
function api.functions(project, script)
  local functions = midi.functions(project)
  local function define(name, run) functions[name] = run end

  imgui.define(project, define)
  define("CountTracks", function() return #project().state.tracks end)
  define("GetTrack", function(_, index) return handle("MediaTrack", project().state.tracks[index + 1]) end)
  define("GetTrackGUID", function(id) return project().track(id).id end)
  define("GetTrackName", function(id)
    local track, index = project().track(id)
    return true, track.name ~= "" and track.name or "Track " .. index
  end)
  define("GetMediaTrackInfo_Value", function(id, name) return value(TRACK, project().track(id), name) end)
  define("GetParentTrack", function(id)
    local parent = project().track(id).parent
    return parent and handle("MediaTrack", project().state.tracks[parent]) or nil
  end)
  local function selected_tracks()
    local list = {}
    for _, track in ipairs(project().state.tracks) do if track.selected then list[#list + 1] = track end end
    return list
  end
  define("CountSelectedTracks", function() return #selected_tracks() end)
  define("GetSelectedTrack", function(_, index) return handle("MediaTrack", selected_tracks()[index + 1]) end)

  define("CountTrackMediaItems", function(id) return #project().track(id).items end)
  define("GetTrackMediaItem", function(id, index) return handle("MediaItem", project().track(id).items[index + 1]) end)
  local function selected_items()
    local list = {}
    for _, track in ipairs(project().state.tracks) do
      for _, item in ipairs(track.items) do if item.selected then list[#list + 1] = item end end
    end
    return list
  end
  define("CountSelectedMediaItems", function() return #selected_items() end)
  define("GetSelectedMediaItem", function(_, index) return handle("MediaItem", selected_items()[index + 1]) end)
  define("GetMediaItemInfo_Value", function(id, name) return value(ITEM, (project().item(id)), name) end)
  define("GetMediaItem_Track", function(id)
    local _, track = project().item(id)
    return handle("MediaTrack", track)
  end)
  define("GetActiveTake", function(id)
    local item = project().item(id)
    return handle("MediaItem_Take", item.takes[item.active])
  end)
  define("CreateNewMIDIItemInProj", function(id, start, stop, in_quarters)
    assert(not in_quarters and stop > start and project().open > 0, "no place for an item")
    local quarters = project().map.to_quarters(stop) - project().map.to_quarters(start)
    local take = {
      id = project().id(), ppq = 960, offset = 0, rate = 1, is_midi = true, source = quarters, notes = {}, events = {},
      is_sorted = true, pool = project().id(),
    }
    local item = {
      id = project().id(), position = start, length = stop - start, mute = false, loop = true, lock = false,
      selected = false, plays = 1, takes = { take }, active = 1,
    }
    local items = project().track(id).items
    items[#items + 1] = item
    return handle("MediaItem", item)
  end)

  define("CountMediaItems", function() return #project().items() end)
  define("GetMediaItem", function(_, index) return handle("MediaItem", project().items()[index + 1]) end)
  define("CountTakes", function(id) return #project().item(id).takes end)
  define("GetTake", function(id, index) return handle("MediaItem_Take", project().item(id).takes[index + 1]) end)
  define("GetItemStateChunk", function(id, _, is_undo)
    assert(not is_undo)
    return true, state_of((project().item(id)))
  end)

  define("GetMediaItemTakeByGUID", function(_, id) return handle("MediaItem_Take", (project().find_take(id))) end)
  define("GetMediaItemTake_Item", function(id)
    local _, item = project().take(id)
    return handle("MediaItem", item)
  end)
  define("GetMediaItemTakeInfo_Value", function(id, name) return value(TAKE, (project().take(id)), name) end)
  define("GetSetMediaItemTakeInfo_String", function(id, name, _, is_set)
    assert(name == "GUID" and not is_set)
    return true, project().take(id).id
  end)
  define("TakeIsMIDI", function(id) return project().take(id).is_midi end)
  define("GetMediaItemTake_Source", function(id) return strict.handle("PCM_source", id) end)
  define("GetMediaSourceLength", function(id) return project().take(id).source + 0.0, true end)

  define("MIDIEditor_GetActive", function() return project().editor and strict.handle("HWND", "editor") or nil end)
  define("MIDIEditor_GetTake", function() return handle("MediaItem_Take", (project().find_take(project().editor))) end)

  define("TimeMap2_QNToTime", function(_, quarters) return project().map.to_seconds(quarters) end)
  define("TimeMap2_timeToQN", function(_, seconds) return project().map.to_quarters(seconds) end)
  define("TimeMap2_timeToBeats", function(_, seconds)
    local bar, beat, segment = project().map.bar(seconds)
    return beat, bar, segment.numerator, 0.0, segment.denominator
  end)
  define("TimeMap_GetTimeSigAtTime", function(_, seconds)
    local segment = project().map.at(seconds)
    return segment.numerator, segment.denominator, segment.bpm + 0.0
  end)
  local function markers()
    local list = {}
    for _, segment in ipairs(project().map.segments) do if segment.is_marker then list[#list + 1] = segment end end
    return list
  end
  define("CountTempoTimeSigMarkers", function() return #markers() end)
  define("GetTempoTimeSigMarker", function(_, index)
    local marker = markers()[index + 1]
    if not marker then return false, 0.0, 0, 0.0, 0.0, 0, 0, false end
    local bar, beat = project().map.bar(marker.seconds)
    return true, marker.seconds, bar, beat, marker.bpm + 0.0, marker.has_meter and marker.numerator or 0,
      marker.has_meter and marker.denominator or 0, marker.ramp or false
  end)
  define("GetSet_LoopTimeRange2", function(_, is_set)
    assert(not is_set)
    return project().map.to_seconds(project().time_selection[1]), project().map.to_seconds(project().time_selection[2])
  end)

  define("Undo_BeginBlock2", function()
    project().open = project().open + 1
    assert(project().open == 1, "an undo block in an undo block")
    project().before = project().snapshot()
  end)
  define("Undo_EndBlock2", function(_, name, flags)
    assert(project().open == 1 and (flags == 4 or flags == -1), "no undo block of items")
    for _, track in ipairs(project().state.tracks) do
      for _, item in ipairs(track.items) do
        for _, take in ipairs(item.takes) do
          if not take.is_sorted and not project().fails then error("a take was left unsorted") end
        end
      end
    end
    project().open = 0
    project().push(name, project().before)
  end)
  define("Undo_CanUndo2", function()
    local step = project().undo[#project().undo]
    return step and step.name or nil
  end)
  define("Undo_DoUndo2", function() return project().do_undo() end)
  define("PreventUIRefresh", function(by) project().refresh = project().refresh + by end)
  define("UpdateArrange", function() project().updated = true end)
  define("MarkTrackItemsDirty", function(track, item) project().track(track) project().item(item) end)
  define("MarkProjectDirty", function() project().dirty = true end)

  define("GetExtState", function(section, key) return project().ext[section .. "/" .. key] or "" end)
  define("SetExtState", function(section, key, text, is_kept)
    assert(not is_kept, "nothing of ours outlives REAPER")
    project().ext[section .. "/" .. key] = text
  end)
  define("DeleteExtState", function(section, key) project().ext[section .. "/" .. key] = nil end)
  define("GetProjExtState", function(_, section, key)
    local text = project().project_ext[section .. "/" .. key]
    return text and #text or 0, text or ""
  end)
  define("SetProjExtState", function(_, section, key, text)
    assert(#text < 5000 and not text:find("[\r\n]"), "a value that a project's file can't hold")
    project().project_ext[section .. "/" .. key] = text ~= "" and text or nil
    return #text
  end)

  define("ShowConsoleMsg", function(text)
    -- A text that begins so opens no console.
    local list = text:find("^!SHOW:") and project().logged or project().console
    list[#list + 1] = text
  end)
  define("ShowMessageBox", function(text, _, kind)
    assert(kind == 4, "a window that has to be closed, and asks nothing")
    project().asked[#project().asked + 1] = text
    return table.remove(project().answers, 1) and 6 or 7
  end)
  define("GetUserInputs", function(_, count, captions, values)
    assert(count <= 16, "too many fields")
    project().inputs[#project().inputs + 1] = { captions = captions, values = values }
    local answer = table.remove(project().input_answers, 1)
    if not answer then return false, values end
    return true, answer
  end)
  define("Help_Set", function(text, is_temporary)
    assert(not is_temporary)
    project().said[#project().said + 1] = assert(text:match("^Continuo: (.+)$"), "help of whom?")
  end)
  define("TrackCtl_SetToolTip", function(text, x, y, is_topmost)
    assert(not text:find("%", 1, true), "a text that may be a format")
    assert(x > 100 and y > 100 and is_topmost, "not beside the mouse")
    project().tooltip = text
  end)
  define("osara_outputMessage", function(text) table.insert(project().read_aloud, text) end)
  define("GetMousePosition", function() return 100, 100 end)
  define("GetOS", function() return project().os end)
  define("SetToggleCommandState", function(_, _, state) project().toggled[#project().toggled + 1] = state return true end)
  define("RefreshToolbar2", function() end)
  define("ExecProcess", function(command, wait)
    assert(wait == -1 or wait == -2, "REAPER would stand still")
    project().executed[#project().executed + 1] = command
    local program = command:match('^"([^"]+)"')
    local file = program and io.open(program, "rb")
    if not file then return nil end
    file:close()
    os.execute("(" .. command .. ") >/dev/null 2>&1 &")
    return ""
  end)
  define("time_precise", function()
    local file = io.open("/proc/uptime")
    local seconds = file and file:read("n") or os.time()
    if file then file:close() end
    return seconds + (project().ahead or 0)
  end)
  define("get_action_context", function() return false, script().path, script().section, script().command, 0, 0, 0.0 end)
  define("set_action_options", function(flags) script().options = flags end)
  define("get_config_var_string", function(name)
    local value = project().config[name]
    return value ~= nil, value and tostring(value) or ""
  end)
  local listed
  define("EnumerateFiles", function(path, index)
    if index == -1 then listed = nil end
    if not listed then
      listed = {}
      local list = assert(io.popen("ls -A '" .. path .. "'"))
      for name in list:lines() do listed[#listed + 1] = name end
      list:close()
    end
    return listed[index + 1]
  end)
  define("defer", function(run) table.insert(script().deferred, run) return true end)
  define("atexit", function(run) table.insert(script().at_exit, run) return true end)
  return functions
end

return api
