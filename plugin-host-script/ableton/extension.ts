/**
 * The extension: Live calls `activate` once, and the menu's entries from then on.
 */
import { type ActivationContext, type ContextMenuScope, initialize } from "@ableton-extensions/sdk";
import { type Action, Actions, type Scope } from "./actions.ts";
import { Daemon } from "./daemon.ts";
import { Memory } from "./memory.ts";
import { SettingsFile } from "./settings.ts";

const API_VERSION = "1.0.0";

const SCOPES: Record<Scope, ContextMenuScope> = {
  selection: "MidiTrack.ArrangementSelection",
  clip: "MidiClip",
  slot: "ClipSlot",
};

/** Labels tell a clip from selected time: a right click on a clip of the arrangement shows both. */
const ENTRIES: readonly [Scope, Action, string][] = [
  ["selection", "fill", "Fill selected time"],
  ["selection", "again", "Fill selected time again"],
  ["selection", "continue", "Continue into selected time"],
  ["selection", "vary", "Vary selected time"],
  ["selection", "humanize", "Humanize selected time"],
  ["selection", "roll", "Fill selected time in the roll…"],
  ["selection", "keep", "Keep these notes"],
  ["clip", "fill", "Fill clip"],
  ["clip", "again", "Fill clip again"],
  ["clip", "continue", "Continue clip"],
  ["clip", "vary", "Vary clip"],
  ["clip", "humanize", "Humanize clip"],
  ["clip", "roll", "Fill clip in the roll…"],
  ["clip", "keep", "Keep the clip's notes"],
  ["slot", "fill", "Fill slot"],
  ["slot", "roll", "Fill slot in the roll…"],
];

const SETTINGS_SCOPES: readonly ContextMenuScope[] = [SCOPES.selection, SCOPES.slot, "MidiTrack"];

export function activate(activation: ActivationContext): void {
  const context = initialize(activation, API_VERSION);
  const settings = new SettingsFile(context.environment.storageDirectory);
  const daemon = new Daemon({
    env: process.env,
    given: () => {
      const { token, url } = settings.read();
      return token === "" ? undefined : { url, token };
    },
  });
  const actions = new Actions({ context, daemon, memory: new Memory(), settings });

  const offer = (scope: ContextMenuScope, title: string, id: string) => {
    context.ui
      .registerContextMenuAction(scope, `Continuo: ${title}`, id)
      .catch((thrown: unknown) => console.error(`Continuo: no entry "${title}" for ${scope}:`, thrown));
  };
  for (const [scope, action, title] of ENTRIES) {
    const id = `continuo.${scope}.${action}`;
    context.commands.registerCommand(id, (argument) => actions.run(action, scope, argument));
    offer(SCOPES[scope], title, id);
  }
  context.commands.registerCommand("continuo.settings", () => actions.settings());
  for (const scope of SETTINGS_SCOPES) offer(scope, "Settings…", "continuo.settings");
}
