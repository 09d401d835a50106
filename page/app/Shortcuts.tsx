/**
 * The sheet of all keys, made from the commands themselves, and of what mouse and fingers do.
 */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Command } from "../ui/command.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { isSheetOpen } from "../ui/frame-state.ts";
import { isMac } from "../ui/key-handler.ts";
import { shownKeys } from "../ui/keys.ts";
import { GESTURES } from "./gestures.ts";

const GROUPS: readonly Command["group"][] = ["Play", "Fill", "Edit", "View", "Song"];

export function Shortcuts({ commands }: { commands: readonly Command[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isSheetOpen.value;
  // Before the next frame: a key that follows at once is meant for the sheet.
  useLayoutEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  if (!isOpen) return null;
  const close = () => {
    isSheetOpen.value = false;
  };
  return (
    <Dialog dialog={dialog} name="shortcuts" title="Keys and gestures" onClose={close}>
      {/* Scrolled by the keyboard where it does not fit. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls needs the focus */}
      <section class="dialog-body shortcuts-groups" tabIndex={0} aria-label="All keys and gestures">
        {GROUPS.map((group) => (
          <Group
            key={group}
            name={group}
            commands={commands.filter((one) => one.group === group && one.keys.length > 0)}
          />
        ))}
        {GESTURES.map(({ name, gestures }) => (
          <div class="shortcuts-group" key={name}>
            <h3>{name}</h3>
            <dl>
              {gestures.map(({ does, how }) => (
                <div class="shortcuts-row shortcuts-gesture" key={does}>
                  <dt>{does}</dt>
                  <dd>{how}</dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </section>
    </Dialog>
  );
}

function Group({ name, commands }: { name: string; commands: readonly Command[] }) {
  if (commands.length === 0) return null;
  return (
    <div class="shortcuts-group">
      <h3>{name}</h3>
      <dl>
        {commands.map(({ id, label, keys }) => (
          <div class="shortcuts-row" key={id}>
            <dt>{label}</dt>
            <dd>
              {keys.map((key, index) => (
                <span key={key}>
                  {index > 0 && <span class="quiet"> or </span>}
                  {shownKeys(key, isMac).map((part) => (
                    <kbd key={part}>{part}</kbd>
                  ))}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
