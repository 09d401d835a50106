/** A row of controls that is one stop of the Tab key. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { useRoving } from "./roving.ts";

export function Tools({
  label,
  class: className,
  children,
}: {
  label: string;
  class: string;
  children: ComponentChildren;
}) {
  const group = useRef<HTMLDivElement>(null);
  useRoving(group);
  return (
    <div ref={group} class={className} role="toolbar" aria-label={label}>
      {children}
    </div>
  );
}
