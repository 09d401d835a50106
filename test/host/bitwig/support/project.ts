/**
 * A simulated Bitwig project: tracks with launcher slots, arranger clips, the selection, the panel's settings. As in
 * Bitwig, the script sees changes only later.
 */
import { ClipModel, type ClipOptions } from "./clip-model.ts";

/** Until a script sees what changed. */
export const LATENCY_MS = 12;

export interface TrackModel {
  name: string;
  slots: (ClipModel | null)[];
  /** Whether each device has drum pads. */
  devices: boolean[];
}

export class Project {
  tracks: TrackModel[] = [];
  launcher: { track: number; scene: number } | null = null;
  arranger: { track: number; clip: ClipModel } | null = null;
  /** What the script's own track cursor follows. */
  selectedTrack = 0;
  /** The API's text calls `getPlayStop` a length, its name a place. */
  isPlayStopLength = false;
  tempo = 120;
  numerator = 4;
  denominator = 4;
  /** Values of the panel, by label: they lie in the project's file. */
  readonly remembered = new Map<string, string | number>();
  private readonly watchers = new Set<() => void>();
  /** When scripts will have seen the changes so far; undefined where they have. */
  private due: Promise<void> | undefined;

  addTrack(name: string, slots = 8): TrackModel {
    const track: TrackModel = { name, slots: Array.from({ length: slots }, () => null), devices: [] };
    this.tracks.push(track);
    return track;
  }

  /** A launcher clip that is selected, on a track of its own where no other is named. */
  addLauncherClip(options: ClipOptions = {}, track = this.addTrack("Lead"), scene = 0): ClipModel {
    const clip = new ClipModel(options);
    track.slots[scene] = clip;
    this.select(track, scene);
    return clip;
  }

  addArrangerClip(options: ClipOptions = {}, track = this.addTrack("Lead")): ClipModel {
    const clip = new ClipModel(options);
    this.arranger = { track: this.tracks.indexOf(track), clip };
    this.change();
    return clip;
  }

  select(track: TrackModel, scene: number): void {
    this.selectedTrack = this.tracks.indexOf(track);
    this.launcher = { track: this.selectedTrack, scene };
    this.change();
  }

  launcherClip(): ClipModel | null {
    return this.launcher === null
      ? null
      : (this.tracks[this.launcher.track]?.slots[this.launcher.scene] ?? null);
  }

  /** Something changed: scripts will see it. */
  change(): void {
    this.due ??= new Promise((resolve) => {
      setTimeout(() => {
        this.due = undefined;
        for (const watcher of this.watchers) watcher();
        resolve();
      }, LATENCY_MS);
    });
  }

  /** Until scripts have seen all changes, and what they changed in answer to them. */
  async seen(): Promise<void> {
    // What scripts are told once init is over comes first.
    await new Promise((resolve) => setTimeout(resolve, 0));
    while (this.due !== undefined) await this.due;
  }

  watch(watcher: () => void): void {
    this.watchers.add(watcher);
  }
}
