/**
 * A MIDI file may be dropped anywhere on the page.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Store } from "../state.ts";
import { shownWindow } from "../ui/frame-state.ts";
import { Icon } from "../ui/icons.tsx";
import { droppedFiles } from "./dropped-files.ts";
import { openFiles } from "./several.ts";

export function DropTarget({ store, children }: { store: Store; children: ComponentChildren }) {
  const isOver = useDrop(store);
  return (
    <>
      {children}
      {isOver && (
        <div class="drop-over">
          <div class="drop-over-card">
            <Icon name="note" size={40} />
            <p>Drop to open</p>
          </div>
        </div>
      )}
    </>
  );
}

/** @returns whether a file is held over the page */
function useDrop(store: Store): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    // Each element under the pointer tells of its own; over the page is over any.
    let depth = 0;
    const listeners = {
      dragenter: (event: DragEvent) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        depth += 1;
        setOver(isTaken());
      },
      dragover: (event: DragEvent) => {
        // Without this the browser would open the file in place of the page.
        if (hasFiles(event)) event.preventDefault();
      },
      dragleave: (event: DragEvent) => {
        if (!hasFiles(event)) return;
        depth = Math.max(0, depth - 1);
        if (depth === 0) setOver(false);
      },
      drop: (event: DragEvent) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        depth = 0;
        setOver(false);
        if (!isTaken()) return;
        if (event.dataTransfer !== null)
          void droppedFiles(event.dataTransfer).then((files) => openFiles(store, files));
      },
    };
    for (const [name, listener] of Object.entries(listeners)) {
      addEventListener(name as keyof typeof listeners, listener);
    }
    return () => {
      for (const [name, listener] of Object.entries(listeners)) {
        removeEventListener(name as keyof typeof listeners, listener);
      }
    };
  }, [store]);
  return isOver;
}

/** What is dropped on the window of trainings is to be learned from. */
function isTaken(): boolean {
  return shownWindow.value === "roll";
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}
