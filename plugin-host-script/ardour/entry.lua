ardour {
  ["type"] = "EditorAction",
  name = "Continuo: @TITLE@",
  author = "Continuo @VERSION@",
  license = "MIT",
  description = [[@DESCRIPTION@]],
}

-- Ardour keeps this function alone, without the code around it, and takes an action that raises away from the
-- musician's keys: so all modules are inside, and nothing gets out.
function factory() return function()
  --@modules
  local is_good, why = pcall(function() require("ardour.actions").@COMMAND@() end)
  if not is_good then print("Continuo: " .. tostring(why)) end
end end
