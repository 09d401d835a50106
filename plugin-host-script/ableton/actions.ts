/**
 * The actions of the menu's entries. One at a time: a dialog is open meanwhile, and further presses are ignored.
 */
import type { ArrangementSelection, ExtensionContext, Handle } from "@ableton-extensions/sdk";
import type { Mode } from "../../bridge/client/generated/protocol.ts";
import { codeOf } from "./daemon.ts";
import { ask, askSettings, hint, say } from "./dialogs.ts";
import { type Filling, fill, fillAgain } from "./fill.ts";
import type { LastFill } from "./memory.ts";
import { revisionOf, startsIn } from "./notes.ts";
import { Notice } from "./notice.ts";
import { idOf } from "./numbers.ts";
import { inOrder } from "./order.ts";
import { fillInRoll } from "./roll.ts";
import { targetOfClip, targetOfSlot, targetsOfSelection } from "./select.ts";
import { notesOf, type Target } from "./target.ts";

export type Action = Mode | "again" | "keep" | "roll";
export type Scope = "selection" | "clip" | "slot";

const NOTHING = "Nothing was changed.";

export class Actions {
  private readonly filling: Filling;
  private isBusy = false;

  constructor(filling: Filling) {
    this.filling = filling;
  }

  async run(action: Action, scope: Scope, argument: unknown): Promise<void> {
    await this.alone(async () => {
      const targets = this.targetsOf(action, scope, argument);
      const reasons = targets.flatMap((target) => (target instanceof Notice ? [target.message] : []));
      const good = targets.flatMap((target) => (target instanceof Notice ? [] : [target]));
      if (action === "keep") this.keep(good, reasons);
      else if (action === "roll") await this.fillAll(action, good.slice(0, 1), reasons, good.length);
      else await this.fillAll(action, good, reasons);
      if (reasons.length > 0) await say(this.host, reasons.join("\n"));
    });
  }

  async settings(): Promise<void> {
    await this.alone(async () => {
      const { settings, daemon } = this.filling;
      const changed = await askSettings(this.host, settings.read(), await daemon.models());
      if (changed === undefined) return;
      try {
        settings.write(changed);
      } catch (thrown) {
        throw new Notice(`The settings apply until Live ends; they could not be stored: ${textOf(thrown)}`);
      }
    });
  }

  private get host(): ExtensionContext {
    return this.filling.context;
  }

  private targetsOf(action: Action, scope: Scope, argument: unknown): (Target | Notice)[] {
    const { context } = this.filling;
    if (scope === "selection") return targetsOfSelection(context, argument as ArrangementSelection);
    if (scope === "slot") return [targetOfSlot(context, argument as Handle)];
    return [targetOfClip(context, argument as Handle, action === "continue")];
  }

  /** One after the other (in the roll one of `count`), each its own undo step; giving up one gives up those after it. */
  private async fillAll(
    action: Mode | "again" | "roll",
    targets: readonly Target[],
    reasons: string[],
    count = targets.length,
  ): Promise<void> {
    const inTurn = action === "again" || action === "roll" ? targets : await inOrder(this.filling, targets);
    for (const target of inTurn ?? []) {
      this.settle(target, action);
      if (target.isRepeated && !(await this.agreesToRepeat(target))) return;
      try {
        if (!(await this.fillOne(action, target, count))) return;
      } catch (thrown) {
        reasons.push(
          `${textOf(thrown)} ${targets.length > 1 ? `${target.title} was not changed.` : NOTHING}`,
        );
        // Without a daemon the others would fail as well.
        if (!(thrown instanceof Notice)) return;
      }
    }
  }

  private fillOne(action: Mode | "again" | "roll", target: Target, count: number): Promise<boolean> {
    if (action === "again") return fillAgain(this.filling, target);
    if (action === "roll") return fillInRoll(this.filling, target, count);
    return fill(this.filling, target, action);
  }

  private agreesToRepeat({ title }: Target): Promise<boolean> {
    const text = `The clip on ${title} plays this part more than once: what is filled is heard each time. Fill it?`;
    return ask(this.host, text, "Fill");
  }

  /** Keep the selected notes in later fills, or all where none is selected; or no longer. */
  private keep(targets: readonly Target[], reasons: string[]): void {
    for (const target of targets) {
      const inside = notesOf(target).filter((note) => startsIn(note, target.region));
      const selected = inside.filter(({ selected }) => selected === true);
      const notes = selected.length > 0 ? selected : inside;
      if (target.clip === undefined || notes.length === 0) {
        reasons.push(`There are no notes to keep in ${target.title}.`);
        continue;
      }
      const isKept = this.filling.memory.toggle(idOf(target.clip), notes);
      const count = notes.length === 1 ? "1 note" : `${notes.length} notes`;
      // The next fill's window says how many it keeps.
      hint(
        isKept
          ? `${count} of ${target.title} will stay in later fills. The same again lets go of them.`
          : `${count} of ${target.title} may be replaced again.`,
      );
    }
  }

  /** Tell what became of earlier fills, now that the musician goes on: kept, or undone. */
  private settle(target: Target, action: Action): void {
    const { memory, daemon } = this.filling;
    for (const last of memory.unsettled()) {
      const isSame = target.clip !== undefined && idOf(target.clip) === idOf(last.clip);
      if (isSame && action === "again") continue;
      last.isSettled = true;
      const revision = revisionNow(last);
      // Of a clip that is gone nobody can say whether its notes were good.
      if (revision === undefined) continue;
      void daemon.tell(last.jobId, revision === last.revisionBefore ? undefined : last.index);
    }
  }

  private async alone(work: () => Promise<void>): Promise<void> {
    if (this.isBusy) {
      console.warn("Continuo is already working: its dialog is open.");
      return;
    }
    this.isBusy = true;
    try {
      await work();
    } catch (thrown) {
      await say(this.host, `${textOf(thrown)} ${NOTHING}`);
    } finally {
      this.isBusy = false;
    }
  }
}

function revisionNow({ clip, region }: LastFill): string | undefined {
  try {
    return revisionOf(clip.notes, region);
  } catch {
    return undefined;
  }
}

/** The error, for a musician; the code is for support. */
function textOf(thrown: unknown): string {
  if (thrown instanceof Notice) return thrown.message;
  const code = codeOf(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (code === undefined) return `Something is wrong in Continuo's extension: ${message}.`;
  const remedy = code === "PROTOCOL_MISMATCH" ? ' Run "continuo install ableton" again.' : "";
  return `${message[0]?.toUpperCase()}${message.slice(1)}.${remedy} [${code}]`;
}
