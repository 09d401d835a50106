import type { Store } from "../state.ts";
import type { Command } from "./command.ts";

export function appCommands(_store: Store): Command[] {
  return [];
}
