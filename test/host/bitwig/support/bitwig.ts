/**
 * A simulated Bitwig Studio, as far as the script needs it: the built script runs on Nashorn, as in Bitwig, or in a
 * bare JavaScript engine, with `host`, `loadAPI`, and Java where there is any.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";
import { PATIENT_MS, until } from "../../../e2e/support/wait.ts";
import { closeNashorn, hasNashorn, nashornEngine } from "../nashorn/nashorn.ts";
import { bareEngine, type Engine } from "./engine.ts";
import { gridClip, work } from "./grid-clip.ts";
import { javaClasses, type Machine } from "./java.ts";
import { Panel } from "./panel.ts";
import { LATENCY_MS, Project } from "./project.ts";
import { Sockets } from "./socket.ts";
import { strict } from "./strict.ts";
import { type Phase, Values } from "./values.ts";

export const SCRIPT = resolve("dist/hosts/bitwig/continuo.control.js");

const ENGINES = ["a bare engine", "Nashorn"] as const;
let engineName: (typeof ENGINES)[number] = "a bare engine";

/** Tests on each engine; Nashorn is left out where it is not here, unless the machine must have it. */
export function onEachEngine(tests: (engine: (typeof ENGINES)[number]) => void): void {
  for (const name of ENGINES) {
    const isThere = name !== "Nashorn" || hasNashorn();
    const isRequired = process.env.CONTINUO_REQUIRE_HOSTS === "1";
    (isThere || isRequired ? describe : describe.skip)(`on ${name}`, () => {
      beforeAll(() => {
        engineName = name;
      });
      afterAll(() => {
        engineName = "a bare engine";
        closeNashorn();
      });
      tests(name);
    });
  }
}

export interface BitwigOptions {
  project?: Project;
  /** Where the daemon's files are. */
  home?: string;
  /** How the bare engine offers Java. */
  java?: "type" | "packages" | "none";
  env?: Record<string, string>;
  /** Another text of the script. */
  change?: (script: string) => string;
  preferences?: Record<string, string | number>;
}

export class Bitwig {
  readonly project: Project;
  readonly panel: Panel;
  readonly preferences: Panel;
  readonly sockets: Sockets;
  readonly machine: Machine;
  readonly popups: string[] = [];
  /** Whatever the script said to the console as an error, and what it threw. */
  readonly errors: string[] = [];
  /** The most work of one callback, while Bitwig waits; see `work`. */
  mostCells = 0;
  private phase: "load" | "init" | "run" | "over" = "load";
  private readonly engine: Engine;

  constructor(options: BitwigOptions = {}) {
    this.project = options.project ?? new Project();
    const home = options.home ?? "/nowhere";
    this.machine = { env: { CONTINUO_HOME: home, ...options.env }, userHome: "/nowhere", started: [] };
    this.sockets = new Sockets((action) => this.run(action));
    const phase: Phase = {
      isInit: false,
      demandInit: (what) => {
        if (this.phase !== "init") throw new Error(`${what} is called outside init`);
      },
    };
    const values = new Values(this.project, phase);
    this.phase = "init";
    this.panel = new Panel("DocumentState", this.project, phase, values);
    const stored = new Map<string, string | number>();
    this.preferences = new Panel("Preferences", this.project, phase, values, stored);
    this.phase = "load";
    const host = this.host(phase, values);
    const isNashorn = engineName === "Nashorn";
    this.engine = isNashorn ? nashornEngine(host) : bareEngine(this.globals(host, options.java ?? "type"));
    const text = readFileSync(SCRIPT, "utf8");
    this.engine.load(options.change?.(text) ?? text);
    this.phase = "init";
    this.call("init");
    this.phase = "run";
    this.preferences.set("Wait for a page", 4 * LATENCY_MS);
    // That Java has an environment of its own.
    if (isNashorn && options.home !== undefined) this.preferences.set("Folder (CONTINUO_HOME)", options.home);
    for (const [label, value] of Object.entries(options.preferences ?? {}))
      this.preferences.set(label, value);
    onTestFinished(() => this.quit());
  }

  /** Press a button of the panel. */
  press(label: string): void {
    const button = this.panel.buttons.get(label);
    if (button === undefined) throw new Error(`there is no button ${label}`);
    this.run(button);
  }

  /** Press, and wait for the words that say how it ended. */
  async finish(label: string, end: RegExp, limitMs = PATIENT_MS): Promise<string> {
    await this.seen();
    const from = this.popups.length;
    this.press(label);
    return await this.said(end, from, limitMs);
  }

  /** The first message from the `from`th on that matches. */
  async said(words: RegExp, from = 0, limitMs = PATIENT_MS): Promise<string> {
    const told = () => this.popups.slice(from).find((popup) => words.test(popup));
    try {
      return await until("a message", told, limitMs);
    } catch {
      throw new Error(`no message ${words}, but: ${[...this.popups.slice(from), ...this.errors].join("\n")}`);
    }
  }

  /** Until the script sees what the project is now. */
  async seen(): Promise<void> {
    await this.project.seen();
  }

  /** Bodies of requests that were sent. */
  requests(method: string): { [name: string]: unknown }[] {
    return this.sockets.sent
      .map((text) => JSON.parse(text))
      .filter((message) => message.method === method)
      .map(({ params }) => params);
  }

  /** A value of the script's own, by an expression. */
  evaluate(expression: string): unknown {
    return this.engine.evaluate(expression);
  }

  quit(): void {
    if (this.phase === "over") return;
    this.call("exit");
    this.phase = "over";
    this.sockets.closeAll();
  }

  private call(name: string): void {
    this.run(() => this.engine.call(name));
  }

  private run(action: () => void): void {
    if (this.phase === "over") return;
    const before = work.cells;
    try {
      action();
    } catch (error) {
      this.errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      if (this.phase !== "run") throw error;
    }
    if (this.phase === "run") this.mostCells = Math.max(this.mostCells, work.cells - before);
  }

  private globals(host: object, java: "type" | "packages" | "none"): Record<string, unknown> {
    const classes = javaClasses(this.machine);
    const given: Record<string, unknown> = {
      host,
      loadAPI: (version: number) => {
        if (version > 17) throw new Error(`API ${version} is not there`);
      },
    };
    if (java === "type") given.Java = { type: (name: string) => found(classes, name) };
    if (java === "packages") given.Packages = packages(classes);
    return given;
  }

  private host(phase: Phase, values: Values): object {
    const { project } = this;
    const inInit = <T>(what: string, make: () => T): T => {
      phase.demandInit(what);
      return make();
    };
    const atLoad = (what: string) => {
      if (this.phase !== "load") throw new Error(`${what} is called after loading`);
    };
    return strict("ControllerHost", {
      defineController: (...words: string[]) => {
        atLoad("defineController");
        if (words.length !== 5 || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(words[3] ?? "")) {
          throw new Error(`defineController(${words})`);
        }
      },
      defineMidiPorts: () => atLoad("defineMidiPorts"),
      platformIsWindows: () => false,
      getPreferences: () => inInit("getPreferences", () => this.preferences.api),
      getDocumentState: () => inInit("getDocumentState", () => this.panel.api),
      createTransport: () => inInit("createTransport", () => transport(project, values)),
      createCursorTrack: (_id: string, _name: string, _sends: number, scenes: number, follows: boolean) =>
        inInit("createCursorTrack", () => {
          if (!follows) throw new Error("the fake follows the selection");
          return trackCursor(project, values, scenes);
        }),
      createLauncherCursorClip: (width: number, height: number) =>
        inInit("createLauncherCursorClip", () =>
          gridClip(project, phase, values, {
            ...{
              width,
              height,
              find: () => project.launcherClip(),
              track: () => project.launcher?.track ?? -1,
            },
          }),
        ),
      createArrangerCursorClip: (width: number, height: number) =>
        inInit("createArrangerCursorClip", () =>
          gridClip(project, phase, values, {
            ...{
              width,
              height,
              find: () => project.arranger?.clip ?? null,
              track: () => project.arranger?.track ?? -1,
            },
          }),
        ),
      scheduleTask: (task: () => void, delayMs: number) => void setTimeout(() => this.run(task), delayMs),
      println: (text: string) => void String(text),
      errorln: (text: string) => void this.errors.push(text),
      showPopupNotification: (text: string) => void this.popups.push(text),
      connectToRemoteHost: (host: string, port: number, connected: (connection: object) => void) =>
        this.sockets.connect(host, port, connected),
    });
  }
}

function found(classes: Record<string, unknown>, name: string): unknown {
  if (classes[name] === undefined) throw new Error(`java.lang.ClassNotFoundException: ${name}`);
  return classes[name];
}

function packages(classes: Record<string, unknown>): object {
  const tree: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(classes)) {
    const parts = name.split(".");
    let branch = tree;
    for (const part of parts.slice(0, -1)) {
      branch[part] ??= {};
      branch = branch[part] as Record<string, unknown>;
    }
    branch[parts.at(-1) ?? ""] = value;
  }
  return tree;
}

function transport(project: Project, values: Values): object {
  const tempo = values.make("Parameter", () => project.tempo);
  const numerator = values.make("SettableIntegerValue", () => project.numerator);
  const denominator = values.make("SettableIntegerValue", () => project.denominator);
  const signature = strict("TimeSignatureValue", {
    numerator: () => numerator,
    denominator: () => denominator,
  });
  return strict("Transport", { tempo: () => tempo, timeSignature: () => signature });
}

function trackCursor(project: Project, values: Values, scenes: number): object {
  let offset = 0;
  const slotsOf = () => project.tracks[project.selectedTrack]?.slots ?? [];
  const slots = Array.from({ length: scenes }, (_, index) => {
    const hasContent = values.make("BooleanValue", () => (slotsOf()[offset + index] ?? null) !== null);
    const sceneIndex = values.make("IntegerValue", () => offset + index);
    const copy = (from: { place(): number }) => {
      const source = slotsOf()[sceneOf.get(from) ?? -1];
      if (source && offset + index < slotsOf().length) slotsOf()[offset + index] = source.clone();
      project.change();
    };
    const slot = strict("ClipLauncherSlot", {
      hasContent: () => hasContent,
      sceneIndex: () => sceneIndex,
      select: () => {
        const track = project.tracks[project.selectedTrack];
        if (track !== undefined) project.select(track, offset + index);
      },
      replaceInsertionPoint: () => strict("InsertionPoint", { copySlotsOrScenes: copy }),
    });
    return slot;
  });
  const sceneOf = new Map<object, number>();
  const update = () => {
    for (const [index, slot] of slots.entries()) sceneOf.set(slot, offset + index);
  };
  update();
  const itemCount = values.make("IntegerValue", () => slotsOf().length);
  const scrollPosition = values.make(
    "SettableIntegerValue",
    () => offset,
    () => ({
      set: (to: number) => {
        offset = to;
        update();
        project.change();
      },
    }),
  );
  const bank = strict("ClipLauncherSlotBank", {
    getItemAt: (index: number) => slots[index],
    itemCount: () => itemCount,
    scrollPosition: () => scrollPosition,
  });
  const position = values.make("IntegerValue", () => project.selectedTrack);
  return strict("CursorTrack", {
    clipLauncherSlotBank: () => bank,
    position: () => position,
    selectChannel: () => {
      project.selectedTrack = project.launcher?.track ?? project.selectedTrack;
      project.change();
    },
  });
}
