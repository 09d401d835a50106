/**
 * Keyboard commands for the whole song.
 */

import type { Store } from "../state.ts";
import type { Command } from "../ui/command.ts";
import { download, sendToHost } from "./leave.ts";
import { closeSong } from "./open.ts";

export function filesCommands(store: Store): Command[] {
  const isOpen = () => store.roll.value !== undefined;
  return [
    {
      id: "download",
      label: "Download as a MIDI file",
      group: "Song",
      keys: ["Mod+S"],
      isEnabled: isOpen,
      run: () => download(store),
    },
    {
      id: "send-to-host",
      label: "Send to the waiting DAW",
      group: "Song",
      keys: ["Mod+Shift+Enter"],
      isEnabled: () => store.roll.value?.host != null,
      run: () => sendToHost(store),
    },
    {
      id: "close-song",
      label: "Close the song",
      group: "Song",
      keys: ["Shift+Q"],
      isEnabled: isOpen,
      run: () => closeSong(store),
    },
  ];
}
