import type { Store } from "../state.ts";
import type { Command } from "../ui/command.ts";
import { soundOf } from "./install.ts";

export function soundCommands(store: Store): Command[] {
  const sound = soundOf(store);
  const isOpen = () => store.roll.value !== undefined;
  const group = "Play";
  return [
    {
      id: "play",
      label: "Play or stop",
      group,
      keys: ["Space"],
      run: () => sound.toggle(),
      isEnabled: isOpen,
    },
    {
      id: "play-region",
      label: "Play from the start of the region",
      group,
      keys: ["Shift+Space"],
      run: () => sound.play(store.region.value?.startTick ?? store.cursorTick.value),
      isEnabled: isOpen,
    },
    {
      id: "to-start",
      label: "Back to the start of the song",
      group,
      keys: ["Home"],
      run: () => sound.toStart(),
      isEnabled: isOpen,
    },
    { id: "loop", label: "Loop", group, keys: ["O"], run: () => sound.toggleLoop(), isEnabled: isOpen },
    {
      id: "metronome",
      label: "Metronome",
      group,
      keys: ["M"],
      run: () => {
        sound.hasClicks.value = !sound.hasClicks.value;
      },
      isEnabled: isOpen,
    },
  ];
}
