/**
 * Instruments at the computer's MIDI ports: requested when the musician wants to see them, since the browser then
 * asks for permission.
 */
import { signal } from "@preact/signals";

type PortsState =
  | { readonly kind: "closed" | "asking" }
  | { readonly kind: "open"; readonly ports: readonly { readonly id: string; readonly name: string }[] }
  /** Why there are none. */
  | { readonly kind: "refused"; readonly reason: string };

const REFUSED =
  "MIDI instruments are blocked in the browser. Allow MIDI for this page beside its address, then try again.";
const UNKNOWN = "This browser can't play MIDI instruments. Chrome, Edge and Firefox can.";

export class MidiPorts {
  readonly state = signal<PortsState>({ kind: "closed" });
  private access: MIDIAccess | undefined;

  async open(): Promise<void> {
    if (this.access !== undefined || this.state.value.kind === "asking") return;
    if (navigator.requestMIDIAccess === undefined) {
      this.state.value = { kind: "refused", reason: UNKNOWN };
      return;
    }
    this.state.value = { kind: "asking" };
    try {
      this.access = await navigator.requestMIDIAccess();
    } catch {
      this.state.value = { kind: "refused", reason: REFUSED };
      return;
    }
    this.access.onstatechange = () => this.list();
    this.list();
  }

  /** One that is connected. */
  port(id: string | undefined): MIDIOutput | undefined {
    const { value } = this.state;
    if (id === undefined || value.kind !== "open" || !value.ports.some((port) => port.id === id))
      return undefined;
    return this.access?.outputs.get(id);
  }

  private list(): void {
    const outputs = [...(this.access?.outputs.values() ?? [])].filter(({ state }) => state === "connected");
    const ports = outputs.map(({ id, name }) => ({ id, name: name ?? "MIDI instrument" }));
    this.state.value = { kind: "open", ports };
  }
}
