/**
 * Files dropped anywhere on the page while the training form is open; the rest of the page, which would open them as
 * a song, does not see them.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { droppedFiles } from "../files/dropped-files.ts";

/** @returns whether files are held over the page */
export function useDrops(add: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(add);
  latest.current = add;
  useEffect(() => {
    // Each element under the pointer tells of its own; over the page is over any.
    let depth = 0;
    const over = (more: number) => {
      depth = Math.max(0, depth + more);
      setOver(depth > 0);
    };
    const listeners = {
      dragenter: () => over(1),
      dragover: () => {},
      dragleave: () => over(-1),
      drop: ({ dataTransfer }: DragEvent) => {
        over(-depth);
        if (dataTransfer !== null) void droppedFiles(dataTransfer).then((files) => latest.current(files));
      },
    };
    const ends = Object.entries(listeners).map(([name, listen]) => {
      const own = (event: DragEvent) => {
        if (event.dataTransfer?.types.includes("Files") !== true) return;
        // Without this the browser would open the file in place of the page.
        event.preventDefault();
        event.stopPropagation();
        listen(event);
      };
      const event = name as keyof typeof listeners;
      addEventListener(event, own, true);
      return () => removeEventListener(event, own, true);
    });
    return () => {
      for (const end of ends) end();
    };
  }, []);
  return isOver;
}
