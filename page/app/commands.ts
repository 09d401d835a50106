/**
 * The frame's own keyboard commands, and the commands of all parts together.
 */

import { editorCommands } from "../editor/commands.ts";
import { filesCommands } from "../files/commands.ts";
import { fillCommands } from "../fill/commands.ts";
import { soundCommands } from "../sound/commands.ts";
import type { Store } from "../state.ts";
import type { Command } from "../ui/command.ts";
import { isSheetOpen, nextTheme, shownWindow } from "../ui/frame-state.ts";

function appCommands(store: Store): Command[] {
  const { history } = store;
  return [
    {
      id: "undo",
      label: "Undo",
      group: "Edit",
      keys: ["Mod+Z"],
      isEnabled: () => history.steps.value.length > 0,
      run: () => history.undo(),
    },
    {
      id: "redo",
      label: "Redo",
      group: "Edit",
      keys: ["Mod+Shift+Z", "Mod+Y"],
      isEnabled: () => history.undoneSteps.value.length > 0,
      run: () => history.redo(),
    },
    {
      id: "show-shortcuts",
      label: "Show all keys",
      group: "View",
      keys: ["?", "F1"],
      run: () => {
        isSheetOpen.value = true;
      },
    },
    {
      id: "show-training",
      label: "Show or leave Training",
      group: "View",
      keys: ["Shift+T"],
      run: () => {
        shownWindow.value = shownWindow.value === "training" ? "roll" : "training";
      },
    },
    { id: "next-theme", label: "Light, dark or system colours", group: "View", keys: [], run: nextTheme },
  ];
}

/** All that can be done while a song is on show. */
export function allCommands(store: Store): Command[] {
  return [
    ...soundCommands(store),
    ...fillCommands(store),
    ...editorCommands(store),
    ...filesCommands(store),
    ...appCommands(store),
  ];
}

/** The commands available now: with the editor hidden, only those that do not concern it. */
export function commandsNow(store: Store, all: readonly Command[]): readonly Command[] {
  const isRollShown = store.roll.value !== undefined && shownWindow.value === "roll";
  if (isRollShown) return all;
  const own = new Set([...filesCommands(store), ...appCommands(store)].map(({ id }) => id));
  return all.filter(({ id }) => own.has(id) && id !== "undo" && id !== "redo");
}
