-- The request of a fill.
local json = require("shared.json")
local settings = require("shared.settings")

local request = {}

local MAX_NAME = 200

local function short(name)
  if not utf8.len(name) then return name:sub(1, MAX_NAME) end
  return name:sub(1, (utf8.offset(name, MAX_NAME + 1) or #name + 1) - 1)
end

--- Thousands of notes are most of a request, and a host stands still meanwhile.
local Note = {
  to_json = function(note)
    return string.format(
      '{"channel":%d,"durationTicks":%d,"pitch":%d,"startTick":%d,"velocity":%d}',
      note.channel, note.durationTicks, note.pitch, note.startTick, note.velocity)
  end,
}

local function note_list(list)
  local found = json.list()
  for index, note in ipairs(list) do
    found[index] = setmetatable({
      startTick = note.start_tick,
      durationTicks = math.max(1, note.duration_ticks),
      pitch = note.pitch,
      velocity = math.max(1, math.min(127, note.velocity)),
      channel = note.channel,
    }, Note)
  end
  return found
end

--- The track of a song with this id, or nil.
function request.track_of(song, id)
  for _, track in ipairs(song.tracks) do
    if track.id == id then return track end
  end
  return nil
end

local function maps(song)
  local tempos, meters = json.list(), json.list()
  for index, tempo in ipairs(song.tempos) do tempos[index] = { tick = tempo.tick, qpm = tempo.qpm } end
  for index, meter in ipairs(song.meters) do
    meters[index] = { tick = meter.tick, numerator = meter.numerator, denominator = meter.denominator }
  end
  return tempos, meters
end

local function track_body(track)
  return {
    id = track.id, name = short(track.name), program = track.program or 0, isDrums = track.is_drums,
    notes = note_list(track.notes),
  }
end

--- In which order are tracks filled? Asks about those of some songs, each once.
-- @param songs  as build has them, each with its `own` track
function request.order(songs)
  local tempos, meters = maps(songs[1])
  local tracks, known = json.list(), {}
  for _, song in ipairs(songs) do
    if not known[song.own.id] then
      known[song.own.id] = true
      tracks[#tracks + 1] = track_body(song.own)
    end
  end
  return { ppq = songs[1].ppq, tempoMap = tempos, timeSignatures = meters, tracks = tracks }
end

--- @param target  {track_id, start_tick, end_tick}
-- @param song    {ppq, tempos = {{tick, qpm}}, meters = {{tick, numerator, denominator}},
--                tracks = {{id, name, program, is_drums, notes}}}; where is_drums is nil, the daemon finds out
-- @param options {mode, values (of the settings), locked (notes), revision}
function request.build(target, song, options)
  local tempos, meters = maps(song)
  local tracks = json.list()
  for index, track in ipairs(song.tracks) do tracks[index] = track_body(track) end
  local model = options.values.model
  return {
    ppq = song.ppq, tempoMap = tempos, timeSignatures = meters, tracks = tracks,
    region = { trackId = target.track_id, startTick = target.start_tick, endTick = target.end_tick },
    mode = options.mode,
    controls = settings.controls(options.values, options.mode),
    sampling = settings.sampling(options.values),
    lockedNotes = note_list(options.locked),
    revision = options.revision,
    model = model ~= "" and model or nil,
  }
end

return request
