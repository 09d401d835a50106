-- Pooled (ghost) items: several items that share their notes, so that notes written into one sound in all.
local takes = require("reaper.takes")
local ticks = require("reaper.ticks")

local pools = {}

--- The pool of each MIDI take of an item, by the take's id; from the item's state, which alone tells it.
local function pools_of(item)
  local found, depth, take_id = {}, 0, nil
  local _, state = reaper.GetItemStateChunk(item, "", false)
  for line in state:gmatch("[^\r\n]+") do
    line = line:match("^%s*(.*)$")
    if line:sub(1, 1) == "<" then
      depth = depth + 1
    elseif line == ">" then
      depth = depth - 1
    elseif depth == 1 then
      -- Of the take; what is deeper belongs to its source.
      take_id = line:match("^GUID ({.-})") or take_id
    elseif depth == 2 and take_id and not found[take_id] then
      found[take_id] = line:match("^POOLEDEVTS ({.-})")
    end
  end
  return found
end

--- Which numbers of notes and other events a take has: those of one pool have the same.
local function count_key(take)
  local _, notes, controllers, texts = reaper.MIDI_CountEvts(take)
  return notes .. " " .. controllers .. " " .. texts
end

--- The other items that play the notes of a take, shown or not.
local function count_others(take, pool)
  local own, key, count = reaper.GetMediaItemTake_Item(take), count_key(take), 0
  for index = 0, reaper.CountMediaItems(0) - 1 do
    local item = reaper.GetMediaItem(0, index)
    local is_alike = false
    for number = 0, reaper.CountTakes(item) - 1 do
      local each = reaper.GetTake(item, number)
      is_alike = is_alike or each and reaper.TakeIsMIDI(each) and count_key(each) == key
    end
    if is_alike and item ~= own then
      for _, other in pairs(pools_of(item)) do
        if other == pool then
          count = count + 1
          break
        end
      end
    end
  end
  return count
end

--- Leave out of a target what others of its pool fill already.
-- @param filled  spans {from, to} in the take's own ticks, which all takes of a pool share; grows by what is left
-- @return whether anything is left
local function leave_out(take, target, filled)
  local from, to = ticks.to_take(take, target.start_tick), ticks.to_take(take, target.end_tick)
  local first, last = from, to
  for _, span in ipairs(filled) do
    if span.from <= first then first = math.max(first, span.to) end
    if span.to >= last then last = math.min(last, span.from) end
  end
  if first >= last then return false end
  filled[#filled + 1] = { from = first, to = last }
  if first > from then target.start_tick = ticks.of_take(take, first) end
  if last < to then target.end_tick = ticks.of_take(take, last) end
  target.title = ticks.bars(target.start_tick, target.end_tick)
  return true
end

--- Targets without those whose notes others of them fill.
function pools.once(targets)
  local kept, filled = {}, {}
  for _, target in ipairs(targets) do
    local take = not target.is_new and #targets > 1 and takes.find(target.id)
    local pool = take and pools_of(reaper.GetMediaItemTake_Item(take))[target.id]
    if pool then filled[pool] = filled[pool] or {} end
    if not pool or leave_out(take, target, filled[pool]) then kept[#kept + 1] = target end
  end
  return kept
end

--- What to tell when a target was written; nil where no other item changed with it.
function pools.hint(target)
  local take = takes.find(target.id)
  local pool = take and pools_of(reaper.GetMediaItemTake_Item(take))[target.id]
  local count = pool and count_others(take, pool) or 0
  if count == 0 then return nil end
  local items = count == 1 and "1 pooled item" or count .. " pooled items"
  return string.format("%s changed with %s, since they play the same notes.", items, target.title)
end

return pools
