/**
 * Simulates the Studio I/O panel and the preferences: buttons and settings.
 */
import type { Project } from "./project.ts";
import { strict } from "./strict.ts";
import type { Phase, Values } from "./values.ts";

export class Panel {
  /** By label. */
  readonly buttons = new Map<string, () => void>();
  readonly options = new Map<string, string[]>();
  /** What the script sees. */
  readonly api: object;
  private readonly remembered: Map<string, string | number>;
  private readonly project: Project;

  constructor(name: string, project: Project, phase: Phase, values: Values, remembered = project.remembered) {
    this.remembered = remembered;
    this.project = project;
    const value = <T extends string | number>(kind: string, label: string, first: T) => {
      phase.demandInit(label);
      if (!remembered.has(label)) remembered.set(label, first);
      return values.make(kind, () => remembered.get(label) as T);
    };
    this.api = strict(name, {
      getSignalSetting: (label: string, _category: string, _action: string) => {
        phase.demandInit(label);
        return strict("Signal", {
          addSignalObserver: (observer: () => void) => {
            phase.demandInit(label);
            this.buttons.set(label, observer);
          },
        });
      },
      getNumberSetting: (
        ...[label, , , , , , first]: [string, string, number, number, number, string, number]
      ) => value("SettableRangedValue", label, first),
      getEnumSetting: (label: string, _category: string, options: string[], first: string) => {
        if (!options.includes(first)) throw new Error(`${first} is not a choice of ${label}`);
        this.options.set(label, [...options]);
        return value("SettableEnumValue", label, first);
      },
      getStringSetting: (label: string, _category: string, _length: number, first: string) =>
        value("SettableStringValue", label, first),
    });
  }

  /** As the musician sets it. */
  set(start: string, value: string | number): void {
    const label = [...this.remembered.keys()].find((each) => each.startsWith(start));
    if (label === undefined) throw new Error(`there is no setting ${start}`);
    const options = this.options.get(label);
    if (options !== undefined && !options.includes(String(value)))
      throw new Error(`${label} has no ${value}`);
    this.remembered.set(label, value);
    this.project.change();
  }
}
