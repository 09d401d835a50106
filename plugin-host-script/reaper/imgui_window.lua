-- The panel as a window of ReaImGui (github.com/cfillion/reaimgui), which can be docked and follows its theme.
local imgui_window = {}

--- Is the extension installed?
function imgui_window.is_here() return reaper.APIExists("ImGui_CreateContext") end

--- @param buttons  each {label}
function imgui_window.open(buttons)
  local context = reaper.ImGui_CreateContext("Continuo")
  return {
    --- Shows the window, too: what is pressed is known as it is drawn.
    -- @return the buttons that were pressed, and whether Escape was; or nil where the window was closed
    read = function(work)
      local is_shown, is_open = reaper.ImGui_Begin(context, "Continuo", true)
      local pressed, is_escape = {}, false
      if is_shown then
        for index, button in ipairs(buttons) do
          if index > 1 then reaper.ImGui_SameLine(context) end
          if reaper.ImGui_Button(context, button[1]) then pressed[#pressed + 1] = button end
        end
        if work then reaper.ImGui_ProgressBar(context, work.task.fraction, nil, nil, work.task.text) end
        local address = work and work.task:address()
        if address then
          reaper.ImGui_InputText(context, "No browser?", address, reaper.ImGui_InputTextFlags_ReadOnly())
        end
        is_escape = reaper.ImGui_IsKeyPressed(context, reaper.ImGui_Key_Escape())
        reaper.ImGui_End(context)
      end
      if not is_open then return nil end
      return pressed, is_escape
    end,
    draw = function() end,
    -- A context that is not used any more goes by itself.
    close = function() end,
  }
end

return imgui_window
