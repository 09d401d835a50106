import type { Command } from "../app/command.ts";
import type { Store } from "../state.ts";

export function fillCommands(_store: Store): Command[] {
  return [];
}
