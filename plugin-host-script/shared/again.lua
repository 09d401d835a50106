-- Finds the fills that "Fill again" repeats.
local memory = require("shared.memory")

local again = {}

--- What another candidate is wanted for: the last fills that the selection touches, or all of them where nothing is
-- selected; and what else is selected.
-- @return targets, and for each its fill, or false; or nil and the reason
function again.targets(host)
  local selected, why = host.targets("again")
  local found, is_listed = {}, {}
  local function add(target, fill)
    local key = string.format("%s %d %d", target.id, target.start_tick, target.end_tick)
    if not is_listed[key] then found[#found + 1], is_listed[key] = { target = target, fill = fill }, true end
  end
  local fills = {}
  for _, fill in ipairs(memory.fills(host)) do
    local target = host.find({
      id = fill.id, track_id = fill.track_id, start_tick = fill.start_tick, end_tick = fill.end_tick,
      title = fill.title,
    })
    if target then fills[#fills + 1] = { target = target, fill = fill } end
  end
  for _, target in ipairs(selected or {}) do
    local is_known = false
    for _, each in ipairs(fills) do
      local fill = each.fill
      if fill.id == target.id and fill.start_tick < target.end_tick and fill.end_tick > target.start_tick then
        add(each.target, fill)
        is_known = true
      end
    end
    if not is_known then add(target) end
  end
  if not selected then
    for _, each in ipairs(fills) do add(each.target, each.fill) end
  end
  if #found == 0 then return nil, why or "There is no fill to do again." end
  local targets, of_target = {}, {}
  for index, each in ipairs(found) do targets[index], of_target[index] = each.target, each.fill or false end
  return targets, of_target
end

return again
