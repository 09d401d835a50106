-- @description Continuo: @TITLE@
-- @version @VERSION@
-- @author Continuo
-- @about @DESCRIPTION@
-- @provides [main=main,midi_editor] .
--@modules
require("reaper.actions").@COMMAND@()
