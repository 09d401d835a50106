/**
 * The built extension inside a simulated Live: its menu, its dialogs, its undo history. As in Live, it runs in a
 * context of its own without most of Node's globals.
 */
import { readFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { resolve } from "node:path";
import timers from "node:timers";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import type { NoteDescription } from "@ableton-extensions/sdk";
import { CLASSES, Live } from "./live-objects.ts";
import { LiveSet, type SetState } from "./live-set.ts";

export const BUNDLE = resolve("dist/hosts/ableton/extension.js");
const SCOPES = new Set([
  "AudioClip",
  "MidiClip",
  "AudioTrack",
  "MidiTrack",
  "ClipSlot",
  "Scene",
  "ClipSlotSelection",
]);
SCOPES.add("MidiTrack.ArrangementSelection").add("AudioTrack.ArrangementSelection");

export interface Dialog {
  address: string;
  title: string;
  text: string;
  html: string;
}

export interface Progress {
  title: string;
  texts: string[];
  percents: number[];
  cancel(): void;
}

export interface LiveOptions {
  set: SetState;
  env?: NodeJS.ProcessEnv;
  /** The system that Live runs on. */
  platform?: NodeJS.Platform;
  temporary?: string;
  storage?: string;
  hasBigInts?: boolean;
  /** What the musician answers; a dialog that is not foreseen is an error. */
  answer?: (dialog: Dialog) => unknown;
  /** Called with each progress dialog as it opens, and with each update. */
  onProgress?: (progress: Progress) => void;
  /** What the extension waits for in minutes is over in as many tenths of a second. */
  hasShortMinutes?: boolean;
  /** Whether a cancelled progress dialog rejects, or just ends. */
  rejectsOnCancel?: boolean;
}

export class FakeLive {
  readonly dialogs: Dialog[] = [];
  readonly progress: Progress[] = [];
  readonly errors: string[] = [];
  /** What the log has beside that. */
  readonly hints: string[] = [];
  readonly live: Live;
  private readonly options: LiveOptions;
  private readonly commands = new Map<string, (argument: unknown) => unknown>();
  private readonly entries: { scope: string; title: string; id: string }[] = [];
  private isInDialog = false;

  constructor(options: LiveOptions) {
    this.options = options;
    this.live = new Live(new LiveSet(options.set), options.hasBigInts ?? false);
    const module = load(this.sdk(), options, this);
    module.activate({ hostApiVersion: "1.0.0" });
  }

  get set(): LiveSet {
    return this.live.set;
  }

  titles(scope: string): string[] {
    return this.entries.filter((entry) => entry.scope === scope).map(({ title }) => title);
  }

  /** Choose an entry, and wait for all that comes of it. */
  async press(scope: string, title: string, argument: unknown): Promise<void> {
    const entry = this.entries.find((each) => each.scope === scope && each.title === `Continuo: ${title}`);
    const run = entry && this.commands.get(entry.id);
    if (run === undefined) throw new Error(`there is no "${title}" in the menu of ${scope}`);
    await run(argument);
  }

  /** Of a right click in a time selection. */
  async select(title: string, start: number, end: number, lanes: readonly number[]): Promise<void> {
    await this.press("MidiTrack.ArrangementSelection", title, {
      time_selection_start: this.live.number(start),
      time_selection_end: this.live.number(end),
      selected_lanes: lanes.map((id) => ({ id: BigInt(id) })),
    });
  }

  async clickClip(title: string, clipId: number): Promise<void> {
    await this.press("MidiClip", title, { id: BigInt(clipId) });
  }

  async clickSlot(title: string, trackId: number, scene: number): Promise<void> {
    const slot = this.live.trackObject(trackId).clipSlots[scene];
    if (slot === undefined) throw new Error("there is no such slot");
    await this.press("ClipSlot", title, slot.handle);
  }

  notes(clipId: number): NoteDescription[] {
    return this.set.clip(clipId).notes;
  }

  private sdk(): Record<string, unknown> {
    const strict = <T extends object>(name: string, object: T): T =>
      new Proxy(object, {
        get: (target, member) => {
          if (typeof member === "string" && !(member in target)) throw new Error(`${name} has no ${member}`);
          return Reflect.get(target, member);
        },
      });
    const context = strict("the context", {
      application: strict("the application", { song: this.live.song }),
      commands: strict("commands", {
        registerCommand: (id: string, run: (argument: unknown) => unknown) => {
          if (this.commands.has(id)) throw new Error(`the command ${id} is there already`);
          this.commands.set(id, run);
        },
      }),
      environment: strict("the environment", {
        storageDirectory: this.options.storage,
        tempDirectory: this.options.temporary,
      }),
      ui: strict("ui", {
        registerContextMenuAction: async (scope: string, title: string, id: string) => {
          if (!SCOPES.has(scope)) throw new Error(`there is no scope ${scope}`);
          this.entries.push({ scope, title, id });
          return async () => {};
        },
        showModalDialog: (url: string, width: number, height: number) => this.show(url, width, height),
        withinProgressDialog: this.runProgress.bind(this),
      }),
      getObjectFromHandle: this.live.fromHandle.bind(this.live),
      withinTransaction: <T>(change: () => T) => this.set.transaction(change),
    });
    const initialize = (_: unknown, version: string) => {
      if (version !== "1.0.0") throw new Error(`there is no API ${version}`);
      return context;
    };
    return strict("the SDK", { ...CLASSES, initialize });
  }

  private async show(url: string, width: number, height: number): Promise<string> {
    if (this.isInDialog) throw new Error("a dialog is open already");
    if (!(width >= 100 && height >= 100)) throw new Error("a dialog needs a size");
    const html = pageAt(url, this.options.platform);
    const dialog = { address: url, title: inside(html, "h1"), text: inside(html, "p"), html };
    this.dialogs.push(dialog);
    if (this.options.answer === undefined) {
      this.errors.push(`nobody foresaw this dialog: ${dialog.text}`);
      return "null";
    }
    this.isInDialog = true;
    try {
      return JSON.stringify((await this.options.answer(dialog)) ?? null);
    } finally {
      this.isInDialog = false;
    }
  }

  private async runProgress(
    title: string,
    { progress: first }: { progress?: number },
    work: (
      update: (text: string, percent?: number) => Promise<void>,
      signal: AbortSignal,
    ) => Promise<unknown>,
  ): Promise<unknown> {
    if (this.isInDialog) throw new Error("a dialog is open already");
    const stop = new AbortController();
    const progress: Progress = {
      title,
      texts: [],
      percents: first === undefined ? [] : [first],
      cancel: () => stop.abort(),
    };
    this.progress.push(progress);
    this.isInDialog = true;
    try {
      this.options.onProgress?.(progress);
      const result = await work(async (text, percent) => {
        if (percent !== undefined && !(percent >= 0 && percent <= 100))
          throw new Error(`${percent} is not a percentage`);
        progress.texts.push(text);
        if (percent !== undefined) progress.percents.push(percent);
        this.options.onProgress?.(progress);
      }, stop.signal);
      if (this.options.rejectsOnCancel ?? true) stop.signal.throwIfAborted();
      return result;
    } finally {
      this.isInDialog = false;
    }
  }
}

/** Everything that Live's extension host gives is this; Node's other globals are missing there. */
function load(
  sdk: unknown,
  { env = {}, platform = "linux", hasShortMinutes }: LiveOptions,
  { errors, hints }: { errors: string[]; hints: string[] },
) {
  const builtin = createRequire(import.meta.url);
  const process = new Proxy(builtin("node:process"), {
    get: (target, name) =>
      Object.entries({ env, platform }).find(([each]) => each === name)?.[1] ?? Reflect.get(target, name),
  });
  const require = (name: string): unknown => {
    if (name === "@ableton-extensions/sdk") return sdk;
    if (name === "node:process" || name === "process") return process;
    if (name === "node:timers" && hasShortMinutes) return { ...timers, setTimeout: soon };
    if (!builtinModules.includes(name.replace(/^node:/, ""))) throw new Error(`there is no module ${name}`);
    return builtin(name);
  };
  const module = { exports: {} as { activate(activation: unknown): void } };
  const log = (...parts: unknown[]) => errors.push(parts.map(String).join(" "));
  const info = (...parts: unknown[]) => hints.push(parts.map(String).join(" "));
  const globals = { module, exports: module.exports, require, console: { error: log, warn: log, log, info } };
  vm.runInNewContext(readFileSync(BUNDLE, "utf8"), globals, { filename: BUNDLE });
  return module.exports;
}

/** What a view shows; that of Windows nothing of data:. */
function pageAt(url: string, platform: NodeJS.Platform | undefined): string {
  if (url.startsWith("file://")) return readFileSync(fileURLToPath(url), "utf8");
  if (platform === "win32") throw new Error("the view shows nothing");
  return decodeURIComponent(/^data:text\/html;charset=utf-8,(.*)$/s.exec(url)?.[1] ?? "");
}

function soon(task: () => void, milliseconds: number): NodeJS.Timeout {
  return setTimeout(task, milliseconds >= 60_000 ? milliseconds / 600 : milliseconds);
}

/** The text of the first such element, as a reader sees it. */
function inside(html: string, tag: string): string {
  const text = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(html)?.[1] ?? "";
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}
