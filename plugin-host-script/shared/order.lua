-- The order in which several targets are filled: that in which a band is written, which the daemon knows, so that each hears
-- those that it follows. Targets of one track stay in the order of time.
local request = require("shared.request")

local Order = {}

--- Are there targets on several tracks that are filled for the first time?
function Order:needs_order()
  if self.is_ordered or self.mode == "again" or self.mode == "roll" then return false end
  for _, target in ipairs(self.targets) do
    if target.track_id ~= self.targets[1].track_id then return true end
  end
  return false
end

function Order:ask_order()
  self.is_ordered = true
  local songs = {}
  for _, target in ipairs(self.targets) do
    local song = self.host.song(target)
    song.own = request.track_of(song, target.track_id)
    if song.own then songs[#songs + 1] = song end
  end
  if #songs == 0 then return self:begin() end
  self:ask("fill/order", request.order(songs), self.put_in_order)
end

function Order:put_in_order(answer)
  local ranks = {}
  for rank, id in ipairs(answer.track_ids or {}) do ranks[id] = rank end
  local places = {}
  for place, target in ipairs(self.targets) do places[target] = place end
  local function rank_of(target) return ranks[target.track_id] or math.huge end
  table.sort(self.targets, function(a, b)
    if rank_of(a) ~= rank_of(b) then return rank_of(a) < rank_of(b) end
    return places[a] < places[b]
  end)
  self:begin()
end

return Order
