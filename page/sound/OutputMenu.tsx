/**
 * The menu of playback options and outputs: this computer, or an instrument at a MIDI port.
 */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { byEscape } from "../ui/closing.ts";
import { Icon } from "../ui/icons.tsx";
import type { Sound } from "./sound.ts";

export function OutputMenu({ sound }: { sound: Sound }) {
  const isOpen = useSignal(false);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen.value) return;
    void sound.ports.open();
    menu.current?.querySelector("input")?.focus();
    const pressed = ({ target }: PointerEvent) => {
      if (target instanceof Node && !menu.current?.contains(target)) isOpen.value = false;
    };
    document.addEventListener("pointerdown", pressed);
    return () => document.removeEventListener("pointerdown", pressed);
  }, [isOpen.value, isOpen, sound]);
  const close = byEscape(() => {
    isOpen.value = false;
    button.current?.focus();
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape inside closes it
    <div class="transport-menu" ref={menu} onKeyDown={isOpen.value ? close : undefined}>
      <button
        ref={button}
        type="button"
        class="button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        title="How it plays, and through what"
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name="sliders" />
        <span class="cut transport-output">{outputName(sound)}</span>
      </button>
      {isOpen.value && (
        <div class="card transport-sheet stack" role="dialog" aria-label="Playback settings">
          <Switch label="Begin a bar before the region" value={sound.hasLeadIn} />
          <Switch label="Count in" value={sound.hasCountIn} />
          <Outputs sound={sound} />
        </div>
      )}
    </div>
  );
}

const COMPUTER = "This computer";

function outputName(sound: Sound): string {
  const state = sound.ports.state.value;
  const port = state.kind === "open" ? state.ports.find(({ id }) => id === sound.portId.value) : undefined;
  return port?.name ?? COMPUTER;
}

function Switch({ label, value }: { label: string; value: Signal<boolean> }) {
  return (
    <label class="field-row field">
      {label}
      <input
        type="checkbox"
        role="switch"
        class="switch"
        checked={value}
        aria-checked={value}
        onChange={({ currentTarget }) => {
          value.value = currentTarget.checked;
        }}
      />
    </label>
  );
}

function Outputs({ sound }: { sound: Sound }) {
  const state = sound.ports.state.value;
  const ports = state.kind === "open" ? state.ports : [];
  return (
    <fieldset class="stack transport-outputs">
      <legend class="label">Play through</legend>
      <OutputChoice sound={sound} id={undefined} name={`${COMPUTER} (instrument sounds)`} />
      {ports.map(({ id, name }) => (
        <OutputChoice key={id} sound={sound} id={id} name={name} />
      ))}
      {state.kind === "asking" && (
        <p class="quiet">Your browser asks whether MIDI instruments may be used…</p>
      )}
      {state.kind === "refused" && <p class="quiet">{state.reason}</p>}
      {state.kind === "open" && ports.length === 0 && <p class="quiet">No MIDI instrument is connected.</p>}
    </fieldset>
  );
}

function OutputChoice({ sound, id, name }: { sound: Sound; id: string | undefined; name: string }) {
  return (
    <label class="row">
      <input
        type="radio"
        name="output"
        checked={sound.portId.value === id}
        onChange={() => {
          sound.portId.value = id;
        }}
      />
      <span class="cut">{name}</span>
    </label>
  );
}
