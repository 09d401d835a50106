-- Iterates over Ardour's lists. Ardour's own iterators do not hold the list: if nothing else does, it is collected
-- during the iteration, and Ardour crashes.

--- As `list:iter()`, for lists that are made for the loop.
return function(list)
  local step, state, first = list:iter()
  return function(_, last)
    local _ = list
    return step(state, last)
  end, state, first
end
