/**
 * The editor's keyboard commands.
 */

import type { Store, Tool } from "../state.ts";
import type { Command } from "../ui/command.ts";
import { areChordsShown } from "../ui/frame-state.ts";
import * as act from "./actions.ts";
import { chordsOf } from "./chords.ts";
import { editorState } from "./editor-state.ts";
import { moveRegion, regionHere, stretchRegion } from "./region.ts";

const OCTAVE = 12;

export function editorCommands(store: Store): Command[] {
  const isSelected = () => act.hasSelection(store);
  const isMarked = () => store.region.value !== undefined;
  const isOpen = () => store.roll.value !== undefined;
  const edit = (
    id: string,
    label: string,
    keys: string[],
    run: () => void,
    isEnabled = isSelected,
  ): Command => ({
    id: `roll.${id}`,
    label,
    group: "Edit",
    keys,
    run,
    isEnabled,
  });
  const view = (id: string, label: string, keys: string[], run: () => void): Command => ({
    id: `roll.${id}`,
    label,
    group: "View",
    keys,
    run,
    isEnabled: isOpen,
  });
  const tool = (to: Tool, label: string, key: string): Command =>
    edit(
      to,
      label,
      [key],
      () => {
        store.tool.value = to;
      },
      isOpen,
    );
  const notes = () => editorState(store).selectedNotes.value;
  return [
    tool("select", "Select tool", "1"),
    tool("draw", "Draw tool", "2"),
    tool("lasso", "Lasso tool", "3"),
    edit("selectAll", "Select all", ["Mod+A"], () => act.selectAll(store), isOpen),
    edit(
      "selectNone",
      "Select nothing",
      ["Escape"],
      () => act.select(store, []),
      () => isSelected() && store.ghosts.value === undefined,
    ),
    edit("nextNote", "Go to the next note", ["Alt+ArrowRight"], () => act.selectNext(store, 1), isOpen),
    edit(
      "previousNote",
      "Go to the previous note",
      ["Alt+ArrowLeft"],
      () => act.selectNext(store, -1),
      isOpen,
    ),
    edit("later", "Move notes later", ["ArrowRight"], () => act.nudge(store, 1, 0), isOpen),
    edit("earlier", "Move notes earlier", ["ArrowLeft"], () => act.nudge(store, -1, 0), isOpen),
    edit("higher", "Move notes up", ["ArrowUp"], () => act.nudge(store, 0, 1)),
    edit("lower", "Move notes down", ["ArrowDown"], () => act.nudge(store, 0, -1)),
    edit("octaveUp", "Move notes an octave up", ["Shift+ArrowUp"], () => act.nudge(store, 0, OCTAVE)),
    edit("octaveDown", "Move notes an octave down", ["Shift+ArrowDown"], () => act.nudge(store, 0, -OCTAVE)),
    edit("longer", "Lengthen notes", ["Alt+ArrowUp"], () => act.lengthen(store, 1)),
    edit("shorter", "Shorten notes", ["Alt+ArrowDown"], () => act.lengthen(store, -1)),
    edit("louder", "Louder", ["Alt+Shift+ArrowUp"], () => act.changeVelocity(store, 5)),
    edit("softer", "Softer", ["Alt+Shift+ArrowDown"], () => act.changeVelocity(store, -5)),
    edit("delete", "Delete", ["Delete", "Backspace"], () => act.removeSelected(store)),
    edit("duplicate", "Duplicate", ["Mod+D"], () => act.duplicateSelected(store)),
    edit("cut", "Cut", ["Mod+X"], () => act.cutSelected(store)),
    edit("copy", "Copy", ["Mod+C"], () => act.copySelected(store)),
    edit(
      "paste",
      "Paste at the cursor",
      ["Mod+V"],
      () => act.paste(store),
      () => editorState(store).clip.value !== undefined,
    ),
    edit("quantize", "Quantize to the grid", ["Q"], () => act.quantizeSelected(store)),
    edit("insert", "Insert a note at the cursor", ["Insert", "N"], () => act.insertNote(store), isOpen),
    edit("lock", "Lock or unlock for fills", ["L"], () => act.toggleLock(store, notes())),
    edit("markBars", "Mark these bars", ["B"], () => regionHere(store), isOpen),
    edit("markMore", "Mark one bar more", ["Shift+ArrowRight"], () => stretchRegion(store, 1), isMarked),
    edit("markLess", "Mark one bar less", ["Shift+ArrowLeft"], () => stretchRegion(store, -1), isMarked),
    edit("markLater", "Mark later bars", ["Alt+Shift+ArrowRight"], () => moveRegion(store, 1), isMarked),
    edit("markEarlier", "Mark earlier bars", ["Alt+Shift+ArrowLeft"], () => moveRegion(store, -1), isMarked),
    view("cursorLater", "Cursor a beat later", ["."], () => act.moveCursor(store, 1)),
    view("cursorEarlier", "Cursor a beat earlier", [","], () => act.moveCursor(store, -1)),
    view("pageLater", "Scroll later in the song", ["PageDown"], () => act.turnPage(store, 1)),
    view("pageEarlier", "Scroll earlier in the song", ["PageUp"], () => act.turnPage(store, -1)),
    view("zoomIn", "Zoom in", ["+", "="], () => act.zoom(store, { time: act.ZOOM_STEP })),
    view("zoomOut", "Zoom out", ["-"], () => act.zoom(store, { time: 1 / act.ZOOM_STEP })),
    view("taller", "Taller rows", ["Alt+="], () => act.zoom(store, { pitch: 1.2 })),
    view("flatter", "Lower rows", ["Alt+-"], () => act.zoom(store, { pitch: 1 / 1.2 })),
    view("fit", "Whole song", ["0"], () => act.fitSong(store)),
    view("chord", "Write the chords at the cursor", ["C"], () => chordsOf(store).editHere()),
    view("chords", "Show or hide the chords", ["Shift+C"], () => {
      areChordsShown.value = !areChordsShown.value;
    }),
    view("showRegion", "Show the marked bars", ["9"], () => act.showStart(store)),
  ];
}
