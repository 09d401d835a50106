-- Ardour's own iterators do not hold the list that they go through: one that nothing else holds is collected on the way,
-- and Ardour ends.

--- As `list:iter()`, for lists that are made for the loop.
return function(list)
  local step, state, first = list:iter()
  return function(_, last)
    local _ = list
    return step(state, last)
  end, state, first
end
