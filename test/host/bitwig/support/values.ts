/**
 * Values of the API: readable only if marked as interesting during init, and delayed as in Bitwig.
 */
import type { Project } from "./project.ts";
import { type Methods, strict } from "./strict.ts";

/** Where a script is in its life. */
export interface Phase {
  isInit: boolean;
  demandInit(what: string): void;
}

export class Values {
  private readonly project: Project;
  private readonly phase: Phase;

  constructor(project: Project, phase: Phase) {
    this.project = project;
    this.phase = phase;
  }

  /** @param look  what it is now */
  make<T>(name: string, look: () => T, more: (see: () => T) => Methods = () => ({})) {
    let isInterested = false;
    let seen = look();
    const observers: ((value: T) => void)[] = [];
    this.project.watch(() => {
      const now = look();
      if (now === seen) return;
      seen = now;
      for (const observer of observers) observer(now);
    });
    const see = () => {
      if (!isInterested) throw new Error(`${name} is read, but init did not say that it is of interest`);
      return seen;
    };
    const interest = () => {
      this.phase.demandInit(`${name}.markInterested`);
      isInterested = true;
    };
    return strict(name, {
      markInterested: interest,
      ...(name.includes("Ranged") || name === "Parameter" ? { getRaw: see } : { get: see }),
      ...(name.includes("Ranged") || name === "Parameter" || name.includes("Enum")
        ? {}
        : {
            addValueObserver: (observer: (value: T) => void) => {
              interest();
              observers.push(observer);
              // Bitwig tells each observer the first value once init is over.
              setTimeout(() => observer(seen), 0);
            },
          }),
      ...more(see),
    });
  }
}
