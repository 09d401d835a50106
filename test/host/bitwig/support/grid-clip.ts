/**
 * A cursor clip: the selected clip seen through a grid of steps. The script sees changes of the grid a moment later,
 * and notes off the grid at the step before. It reports as little as Bitwig may: not the content when the script
 * begins or another clip is selected, no cell that looks as before after scrolling, and not whether a note is
 * selected.
 */
import type { ClipModel, ModelNote } from "./clip-model.ts";
import { modelNote } from "./clip-model.ts";
import type { Project } from "./project.ts";
import { strict } from "./strict.ts";
import type { Phase, Values } from "./values.ts";

const KEYS = 128;
/** What public scripts have at most. */
const MOST_STEPS = 512;
/**
 * Cells that scripts looked at, and a hundred for each that they wrote, which is slower in Bitwig; of those that they
 * looked at, the ones without a note.
 */
export const work = { cells: 0, looks: 0, emptyLooks: 0 };
const CLOSE = 1e-6;
const CHANNELS = 16;

export interface GridOptions {
  width: number;
  height: number;
  find: () => ClipModel | null;
  track: () => number;
}

export function gridClip(project: Project, phase: Phase, values: Values, options: GridOptions) {
  if (options.width > MOST_STEPS || options.height > KEYS) {
    throw new Error(`a grid of ${options.width} x ${options.height}`);
  }
  const grid = new Grid(project, options);
  const beats = (look: (clip: ClipModel) => number) =>
    values.make("SettableBeatTimeValue", () => {
      const clip = options.find();
      return clip === null ? 0 : look(clip);
    });
  const own = {
    exists: values.make("BooleanValue", () => options.find() !== null),
    playStart: beats((clip) => clip.playStart),
    playStop: beats((clip) => clip.playStop - (project.isPlayStopLength ? clip.playStart : 0)),
    loopStart: beats((clip) => clip.loopStart),
    loopLength: beats((clip) => clip.loopLength),
    isLooping: values.make("BooleanValue", () => options.find()?.isLooping ?? false),
    trackName: values.make("SettableStringValue", () => project.tracks[options.track()]?.name ?? ""),
    trackPosition: values.make("IntegerValue", options.track),
    scene: values.make("IntegerValue", () => project.launcher?.scene ?? -1),
  };
  const slot = strict("ClipLauncherSlot", { sceneIndex: () => own.scene });
  const device = (index: number) => {
    const look = () => project.tracks[options.track()]?.devices[index];
    const exists = values.make("BooleanValue", () => look() !== undefined);
    const hasDrumPads = values.make("BooleanValue", () => look() === true);
    return strict("Device", { exists: () => exists, hasDrumPads: () => hasDrumPads });
  };
  const track = strict("Track", {
    name: () => own.trackName,
    position: () => own.trackPosition,
    createDeviceBank: (count: number) => {
      phase.demandInit("createDeviceBank");
      const devices = Array.from({ length: count }, (_, index) => device(index));
      return strict("DeviceBank", { getItemAt: (index: number) => devices[index] });
    },
  });
  return strict("Clip", {
    exists: () => own.exists,
    getPlayStart: () => own.playStart,
    getPlayStop: () => own.playStop,
    isLoopEnabled: () => own.isLooping,
    getLoopStart: () => own.loopStart,
    getLoopLength: () => own.loopLength,
    getTrack: () => track,
    clipLauncherSlot: () => slot,
    scrollToKey: (key: number) => {
      if (key !== 0 || options.height !== KEYS) throw new Error("the fake shows all keys, from 0");
    },
    scrollToStep: (step: number) => grid.scroll(step),
    setStepSize: (size: number) => grid.resize(size),
    getStep: (channel: number, x: number, y: number) => grid.step(channel, x, y),
    setStep: (channel: number, x: number, y: number, velocity: number, duration: number) =>
      grid.set(channel, x, y, velocity, duration),
    clearStep: (channel: number, x: number, y: number) => grid.clear(channel, x, y),
    addNoteStepObserver: (observer: (step: object) => void) => {
      phase.demandInit("addNoteStepObserver");
      grid.observers.push(observer);
    },
  });
}

interface Cell {
  /** What the script sees, once it looks. */
  step: () => object;
  /** Equal for steps of which no change is reported. */
  key: string;
}

/** What a cell of the grid holds beside a note. */
function bare(state: "Empty" | "NoteSustain", cell: number): Cell {
  const x = Math.floor(cell / KEYS / CHANNELS);
  const where = { channel: () => Math.floor(cell / KEYS) % CHANNELS, x: () => x, y: () => cell % KEYS };
  return { step: () => strict("NoteStep", { ...where, state: () => state }), key: state };
}

class Grid {
  readonly observers: ((step: object) => void)[] = [];
  private readonly project: Project;
  private readonly options: GridOptions;
  private stepSize = 0.25;
  private offset = 0;
  /** What is shown: notes by their cell, as they were when the page was last drawn. */
  private cells = new Map<number, Cell>();
  private shownOffset = 0;
  private shownClip: ClipModel | null = null;
  /** Nothing is reported when the grid is drawn next. */
  private isSilent = true;

  constructor(project: Project, options: GridOptions) {
    this.project = project;
    this.options = options;
    project.watch(() => this.draw());
  }

  scroll(step: number): void {
    this.offset = whole("step", step, 0, 1e9);
    this.project.change();
  }

  resize(size: number): void {
    this.stepSize = size;
    this.isSilent = true;
    this.project.change();
  }

  step(channel: number, x: number, y: number): object {
    const index = this.cell(channel, x, y);
    const cell = this.cells.get(index) ?? bare("Empty", index);
    work.cells += 1;
    work.looks += 1;
    if (cell.key === "Empty") work.emptyLooks += 1;
    return cell.step();
  }

  set(channel: number, x: number, y: number, velocity: number, duration: number): void {
    work.cells += 100;
    this.cell(channel, x, y);
    whole("velocity", velocity, 0, 127);
    if (!(duration > 0)) throw new Error(`a duration of ${duration}`);
    const start = (this.shownOffset + x) * this.stepSize;
    const note = modelNote({ channel, pitch: y, start, duration, velocity: velocity / 127 });
    this.options.find()?.set(note, this.stepSize);
    this.project.change();
  }

  clear(channel: number, x: number, y: number): void {
    work.cells += 100;
    this.cell(channel, x, y);
    const start = (this.shownOffset + x) * this.stepSize;
    this.options.find()?.clear(channel, y, start, start + this.stepSize);
    this.project.change();
  }

  private cell(channel: number, x: number, y: number): number {
    if (
      channel !== (channel & 15) ||
      y !== (y & 127) ||
      x !== Math.floor(x) ||
      x < 0 ||
      x >= this.options.width
    ) {
      throw new Error(`there is no cell ${channel}, ${x}, ${y}`);
    }
    return (x * CHANNELS + channel) * KEYS + y;
  }

  private draw(): void {
    const isSilent = this.isSilent || this.shownClip !== this.options.find();
    this.isSilent = false;
    this.shownClip = this.options.find();
    this.shownOffset = this.offset;
    const drawn = new Map<number, Cell>();
    for (const note of this.options.find()?.notes ?? []) this.put(note, drawn);
    const before = this.cells;
    this.cells = drawn;
    if (isSilent) return;
    const tell = ({ step }: Cell) => {
      for (const observer of this.observers) observer(step());
    };
    for (const [index, cell] of drawn) if (before.get(index)?.key !== cell.key) tell(cell);
    for (const index of before.keys()) if (!drawn.has(index)) tell(bare("Empty", index));
  }

  private put(note: ModelNote, drawn: Map<number, Cell>): void {
    const first = Math.floor(note.start / this.stepSize + CLOSE) - this.shownOffset;
    const end = Math.ceil((note.start + note.duration) / this.stepSize - CLOSE) - this.shownOffset;
    for (let x = Math.max(0, first); x < Math.min(end, this.options.width); x++) {
      const index = this.cell(note.channel, x, note.pitch);
      if (x === first) {
        const { start, duration, velocity, isMuted, chance } = note;
        const seen = { ...note };
        const key = [start, duration, velocity, isMuted, chance].join();
        drawn.set(index, { step: () => noteStep(seen, x), key });
      } else if (!drawn.has(index)) drawn.set(index, bare("NoteSustain", index));
    }
  }
}

/** As the note was: what is read later must not change under the script. */
function noteStep({ channel, pitch, velocity, duration, isMuted, isSelected }: ModelNote, x: number): object {
  return strict("NoteStep", {
    channel: () => channel,
    x: () => x,
    y: () => pitch,
    state: () => "NoteOn",
    velocity: () => velocity,
    duration: () => duration,
    isMuted: () => isMuted,
    isIsSelected: () => isSelected,
  });
}

function whole(what: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${what} is ${value}`);
}
