/**
 * The part of Live's Extensions SDK that is used, typed here because Ableton's package may not be redistributed. Written
 * from what its users publish about 1.0.0-beta; never compared with Ableton's own declarations. Times are quarters,
 * which Live calls beats. Values may come as BigInt whatever the types say: see numbers.ts.
 */
declare module "@ableton-extensions/sdk" {
  export interface ActivationContext {
    readonly hostApiVersion?: string;
  }

  export interface Handle {
    readonly id: bigint;
  }

  /** Of a right click in a time selection of the arrangement. */
  export interface ArrangementSelection {
    readonly time_selection_start: number;
    readonly time_selection_end: number;
    /** Tracks and take lanes. */
    readonly selected_lanes: readonly Handle[];
  }

  export interface NoteDescription {
    readonly pitch: number;
    /** In the clip, whose first bar begins at 0. */
    readonly startTime: number;
    readonly duration: number;
    readonly velocity?: number;
    readonly muted?: boolean;
    readonly probability?: number;
    readonly releaseVelocity?: number;
    readonly selected?: boolean;
    readonly velocityDeviation?: number;
  }

  export class DataModelObject {
    readonly handle: Handle;
  }

  export class Song extends DataModelObject {
    readonly tempo: number;
    readonly rootNote: number;
    readonly scaleName: string;
    readonly tracks: readonly Track[];
    readonly scenes: readonly Scene[];
  }

  export class Scene extends DataModelObject {
    /** -1 where the scene has none of its own. */
    readonly tempo: number;
    readonly signatureNumerator: number;
    readonly signatureDenominator: number;
  }

  export class Track extends DataModelObject {
    readonly name: string;
    readonly mute: boolean;
    readonly mutedViaSolo: boolean;
    readonly groupTrack: Track | null;
    readonly devices: readonly Device[];
    readonly clipSlots: readonly ClipSlot[];
    readonly arrangementClips: readonly Clip[];
    readonly takeLanes: readonly TakeLane[];
  }

  export class MidiTrack extends Track {
    createMidiClip(startTime: number, duration: number): Promise<MidiClip>;
  }

  export class TakeLane extends DataModelObject {
    readonly name: string;
    readonly parent: DataModelObject | null;
    readonly clips: readonly Clip[];
    createMidiClip(startTime: number, duration: number): Promise<MidiClip>;
  }

  export class ClipSlot extends DataModelObject {
    readonly clip: Clip | null;
    createMidiClip(length: number): Promise<MidiClip>;
  }

  export class Clip extends DataModelObject {
    readonly name: string;
    readonly muted: boolean;
    readonly startTime: number;
    readonly endTime: number;
    readonly startMarker: number;
    readonly looping: boolean;
    readonly loopStart: number;
    readonly loopEnd: number;
  }

  export class MidiClip extends Clip {
    /** All of them; setting replaces all of them. */
    notes: readonly NoteDescription[];
  }

  export class Device extends DataModelObject {}
  export class RackDevice extends Device {
    readonly chains: readonly Chain[];
  }
  export class DrumRack extends RackDevice {}
  export class Chain extends DataModelObject {
    readonly devices: readonly Device[];
  }
  /** Of a pad of a drum rack. */
  export class DrumChain extends Chain {}

  export interface ExtensionContext {
    readonly application: { readonly song: Song };
    readonly commands: { registerCommand(id: string, run: (argument: unknown) => unknown): void };
    readonly environment: {
      readonly storageDirectory: string | undefined;
      readonly tempDirectory: string | undefined;
    };
    readonly ui: {
      registerContextMenuAction(scope: ContextMenuScope, title: string, commandId: string): Promise<unknown>;
      /** @returns what the page sent, as it closed */
      showModalDialog(url: string, width: number, height: number): Promise<string>;
      /** Nothing else can be done in Live while it is open. */
      withinProgressDialog(
        text: string,
        options: { progress?: number },
        work: (update: ProgressUpdate, signal: AbortSignal) => Promise<unknown>,
      ): Promise<unknown>;
    };
    getObjectFromHandle<T extends DataModelObject>(handle: Handle, type: new (...given: never) => T): T;
    /** One undo step. What is created in it can't be changed in it. */
    withinTransaction<T>(change: () => T): T;
  }

  /** progress: 0 to 100. */
  export type ProgressUpdate = (text: string, progress?: number) => Promise<void>;

  export type ContextMenuScope = "MidiClip" | "ClipSlot" | "MidiTrack" | "MidiTrack.ArrangementSelection";

  export function initialize(activation: ActivationContext, version: "1.0.0"): ExtensionContext;
}
