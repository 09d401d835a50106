import type { Command } from "../app/command.ts";
import type { Store } from "../state.ts";

export function filesCommands(_store: Store): Command[] {
  return [];
}
