-- The audible parts of the project: tracks, and the items on them.
local sounds = {}

local FIXED_LANES = 2
--- The lane of an item whose track had fixed lanes once: it neither plays nor shows.
local HIDDEN = -1

--- A track in a folder that is muted is silent too. Solo is for listening closely, and says nothing about the music.
function sounds.track(track)
  while track do
    if reaper.GetMediaTrackInfo_Value(track, "B_MUTE") == 1 then return false end
    track = reaper.GetParentTrack(track)
  end
  return true
end

--- Is the item on a lane that its track does not show any more?
function sounds.is_hidden(item) return reaper.GetMediaItemInfo_Value(item, "C_LANEPLAYS") == HIDDEN end

--- Does an item play, as far as it and its lane say?
function sounds.item(item)
  if reaper.GetMediaItemInfo_Value(item, "B_MUTE") == 1 or sounds.is_hidden(item) then return false end
  local track = reaper.GetMediaItem_Track(item)
  if reaper.GetMediaTrackInfo_Value(track, "I_FREEMODE") ~= FIXED_LANES then return true end
  return reaper.GetMediaItemInfo_Value(item, "C_LANEPLAYS") ~= 0
end

return sounds
