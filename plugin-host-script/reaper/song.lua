-- The music around a target: its track, and every other that sounds, up to 64 bars on either side.
local map = require("reaper.map")
local sounds = require("reaper.sounds")
local takes = require("reaper.takes")
local ticks = require("reaper.ticks")

local song = {}

local BARS = 64
local PROGRAM_CHANGE = 0xC0

--- The program that is in force at a tick, as far as the take says.
-- @return the program and where it was set; or nothing
local function program_of(take, to_tick)
  local program, since
  local _, _, count = reaper.MIDI_CountEvts(take)
  for index = 0, count - 1 do
    local is_there, _, is_muted, position, kind, _, value = reaper.MIDI_GetCC(take, index)
    if is_there and not is_muted and kind == PROGRAM_CHANGE then
      local tick = ticks.of_take(take, position)
      if tick < to_tick then program, since = math.floor(value), tick end
    end
  end
  return program, since
end

--- @param target  as shared/action.lua has it
function song.around(target)
  local from_tick = target.start_tick - BARS * map.bar_ticks(target.start_tick)
  local to_tick = target.end_tick + BARS * map.bar_ticks(target.end_tick)
  local own = takes.find(target.id)
  local own_item = own and reaper.GetMediaItemTake_Item(own)
  local found, fixed = {}, {}

  --- REAPER cuts notes that others of their pitch run into, also muted ones: so the daemon must know of them.
  local function is_in_the_way(note)
    return note.start_tick < target.end_tick and note.start_tick + note.duration_ticks > target.start_tick
  end

  local function read(track, is_own)
    local list, program, since = {}, nil, nil
    for index = 0, reaper.CountTrackMediaItems(track) - 1 do
      local item = reaper.GetTrackMediaItem(track, index)
      local take = item == own_item and own or reaper.GetActiveTake(item)
      local extent = take and reaper.TakeIsMIDI(take) and takes.extent(take)
      local is_near = extent and extent.start_tick < to_tick and extent.end_tick > from_tick
      if is_near and (take == own or sounds.item(item)) then
        takes.hear(take, extent, from_tick, to_tick, take == own, function(note, is_repeated)
          if note.is_muted and not is_in_the_way(note) then return end
          list[#list + 1] = note
          local is_inside = note.start_tick >= target.start_tick and note.start_tick < target.end_tick
          if is_own and is_inside and (take ~= own or is_repeated or note.is_muted) then fixed[#fixed + 1] = note end
        end)
        local its, its_tick = program_of(take, target.end_tick)
        if its and (not since or its_tick >= since) then program, since = its, its_tick end
      end
    end
    return list, program
  end

  for index = 0, reaper.CountTracks(0) - 1 do
    local track = reaper.GetTrack(0, index)
    local id = reaper.GetTrackGUID(track)
    local is_own = id == target.track_id
    if is_own or sounds.track(track) then
      local list, program = read(track, is_own)
      if is_own or #list > 0 then
        local _, name = reaper.GetTrackName(track)
        found[#found + 1] = { id = id, name = name, program = program, notes = list }
      end
    end
  end
  return {
    ppq = ticks.PPQ, tempos = map.tempos(math.max(0, from_tick), to_tick), meters = map.meters(to_tick),
    tracks = found, fixed = fixed,
  }
end

return song
