/**
 * The frame of a window over the page: a title, a button that closes it, and what it holds. Who opens it shows it.
 */
import type { ComponentChildren, RefObject } from "preact";
import { Icon } from "./icons.tsx";

interface DialogProps {
  dialog: RefObject<HTMLDialogElement>;
  /** Its class, and the beginning of its title's id. */
  name: string;
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function Dialog({ dialog, name, title, onClose, children }: DialogProps) {
  return (
    // Escape closes it by itself; a press beside it is the pointer's way to do the same.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Escape
    <dialog
      ref={dialog}
      class={`dialog ${name}`}
      aria-labelledby={`${name}-title`}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div class="dialog-head">
        <h2 id={`${name}-title`}>{title}</h2>
        <button type="button" class="icon-button" aria-label="Close" title="Close (Esc)" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {children}
    </dialog>
  );
}
