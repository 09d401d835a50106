-- The functions of ReaImGui that the panel uses, for tests with the extension installed.
local strict = require("strict")

local imgui = {}

local ESCAPE, READ_ONLY = 526, 512

--- @param project  its `imgui`, where the extension is installed: {is_open, is_hidden, pressed, is_escape, progress,
-- address}
function imgui.define(project, define)
  local is_begun = false
  local function shown()
    assert(is_begun, "outside of Begin and End")
    return project().imgui
  end
  define("APIExists", function(name) return name:find("^ImGui_") ~= nil and project().imgui ~= nil end)
  define("ImGui_CreateContext", function() return strict.handle("ImGui_Context", "1") end)
  define("ImGui_Begin", function(_, name, has_close)
    assert(name == "Continuo" and has_close and not is_begun)
    local state = project().imgui
    project().drawn, state.progress, state.address = {}, nil, nil
    is_begun = not state.is_hidden
    return is_begun, state.is_open
  end)
  define("ImGui_End", function()
    shown()
    is_begun = false
    project().last_drawn = project().drawn
  end)
  define("ImGui_SameLine", function() shown() end)
  define("ImGui_Button", function(_, label)
    local state = shown()
    table.insert(project().drawn, label)
    if state.pressed ~= label then return false end
    state.pressed = nil
    return true
  end)
  define("ImGui_ProgressBar", function(_, fraction, _, _, text)
    shown().progress = string.format("%.2f %s", fraction, text)
  end)
  define("ImGui_InputText", function(_, label, text, flags)
    assert(flags == READ_ONLY)
    shown().address = label .. " " .. text
    return false, text
  end)
  define("ImGui_InputTextFlags_ReadOnly", function() return READ_ONLY end)
  define("ImGui_IsKeyPressed", function(_, key)
    local state = shown()
    assert(key == ESCAPE)
    local is_pressed = state.is_escape
    state.is_escape = false
    return is_pressed == true
  end)
  define("ImGui_Key_Escape", function() return ESCAPE end)
end

return imgui
