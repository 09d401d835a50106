/**
 * The settings, their form in a request, and the file that stores them: one for all Live sets, because the SDK neither
 * names a set nor stores anything in it.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Controls, FillRequest, Mode, Sampling } from "../../bridge/client/generated/protocol.ts";
import type { Meter } from "./surroundings.ts";

interface Common {
  key: string;
  label: string;
}
export type Setting =
  | (Common & { kind: "number"; min: number; max: number; step: number; default: number })
  | (Common & { kind: "choice"; values: readonly string[]; labels: readonly string[]; default: string })
  | (Common & { kind: "text" | "secret"; default: string });

const whole = { kind: "number", step: 1 } as const;
const part = { kind: "number", step: 0.05 } as const;

/** "live": as Live's own scale setting says. */
export const SETTINGS = [
  {
    ...whole,
    key: "density",
    label: "Density (0: as around, 1 sparse - 10 dense)",
    min: 0,
    max: 10,
    default: 0,
  },
  { ...whole, key: "polyphony", label: "Notes at once (0: as around)", min: 0, max: 64, default: 0 },
  { ...whole, key: "lowest", label: "Lowest pitch (MIDI; 60 is Live's C3)", min: 0, max: 127, default: 0 },
  { ...whole, key: "highest", label: "Highest pitch", min: 0, max: 127, default: 127 },
  { key: "scale", label: 'Scale ("live", "auto", "D dorian", or empty)', kind: "text", default: "" },
  {
    key: "rhythm",
    label: "Rhythm",
    kind: "choice",
    values: ["free", "keep", "keepOnsets"],
    labels: ["free", "of the old notes", "old onsets, free lengths"],
    default: "free",
  },
  { ...part, key: "temperature", label: "Temperature (0.05 safe - 5 wild)", min: 0.05, max: 5, default: 0.5 },
  {
    ...part,
    key: "amount",
    label: "Vary, humanize: how much (0 nothing - 1 all)",
    min: 0,
    max: 1,
    default: 0.5,
  },
  { ...whole, key: "candidates", label: "Candidates", min: 1, max: 16, default: 4 },
  { key: "meter", label: 'Meter ("7/8"; empty: as the scenes say)', kind: "text", default: "" },
  { key: "model", label: "Model", kind: "text", default: "" },
  {
    key: "token",
    label: 'Token of "continuo token", if Live keeps Continuo\'s files away',
    kind: "secret",
    default: "",
  },
  { key: "url", label: "The daemon's address, if so", kind: "text", default: "http://127.0.0.1:7878" },
] as const satisfies readonly Setting[];

type Key = (typeof SETTINGS)[number]["key"];
type NumberKey = Extract<(typeof SETTINGS)[number], { kind: "number" }>["key"];
export type Settings = { [K in Key]: K extends NumberKey ? number : string };

const MAX_TEXT = 200;
const METER = /^\s*(\d{1,3})\s*\/\s*(\d{1,3})\s*$/;
const TONICS = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];

/** All settings, from whatever was stored by another version or sent by the dialog. */
export function cleanSettings(stored: unknown): Settings {
  const given: Record<string, unknown> = typeof stored === "object" && stored !== null ? { ...stored } : {};
  const entries = SETTINGS.map(
    (setting: Setting) => [setting.key, clean(setting, given[setting.key])] as const,
  );
  const settings = Object.fromEntries(entries) as Settings;
  const { lowest, highest } = settings;
  return { ...settings, lowest: Math.min(lowest, highest), highest: Math.max(lowest, highest) };
}

function clean(setting: Setting, value: unknown): number | string {
  if (setting.kind === "number") {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number !== "number" || !Number.isFinite(number)) return setting.default;
    const limited = Math.min(setting.max, Math.max(setting.min, number));
    return setting.step === 1 ? Math.round(limited) : limited;
  }
  if (typeof value !== "string") return setting.default;
  if (setting.kind === "choice") return setting.values.includes(value) ? value : setting.default;
  return value.trim().slice(0, MAX_TEXT);
}

interface LiveScale {
  rootNote: number;
  scaleName: string;
}

export function controlsOf(settings: Settings, mode: Mode, live: LiveScale): Controls {
  const { density, polyphony, lowest, highest, scale, rhythm, amount } = settings;
  // Notes that stay have no density, range or scale to be held to.
  if (mode === "humanize") return { amount };
  return {
    ...(density > 0 ? { density } : {}),
    ...(polyphony > 0 ? { polyphony } : {}),
    ...(lowest > 0 || highest < 127 ? { pitchRange: [lowest, highest] } : {}),
    ...(scale === "" ? {} : { scale: scale.toLowerCase() === "live" ? nameOf(live) : scale }),
    ...(rhythm === "keep" || rhythm === "keepOnsets" ? { rhythm } : {}),
    ...(mode === "vary" ? { amount } : {}),
  };
}

/** Live's scale as the daemon writes it; one that it does not know is refused there, with a reason. */
function nameOf({ rootNote, scaleName }: LiveScale): string {
  const name = scaleName.toLowerCase();
  return `${TONICS[rootNote % 12]} ${name === "minor blues" ? "blues" : name}`;
}

export function samplingOf({ temperature, candidates }: Settings): Sampling {
  return { temperature, candidates };
}

export function modelOf({ model }: Settings): Pick<FillRequest, "model"> {
  return model === "" ? {} : { model };
}

/** Undefined: as Live's scenes say. */
export function meterIn({ meter }: Settings): Meter | undefined {
  const [, numerator, denominator] = METER.exec(meter) ?? [];
  if (numerator === undefined || denominator === undefined) return undefined;
  return { numerator: Number(numerator), denominator: Number(denominator) };
}

export class SettingsFile {
  private readonly folder: string | undefined;
  private settings: Settings | undefined;

  /** @param folder  the extension's own; without one, settings last as long as Live runs */
  constructor(folder: string | undefined) {
    this.folder = folder;
  }

  read(): Settings {
    this.settings ??= cleanSettings(this.stored());
    return this.settings;
  }

  /** @throws whatever keeps the file from being written; the settings hold all the same */
  write(settings: Settings): void {
    this.settings = settings;
    if (this.folder === undefined) return;
    const path = join(this.folder, "settings.json");
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(`${path}.part`, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.part`, path);
  }

  private stored(): unknown {
    if (this.folder === undefined) return undefined;
    try {
      return JSON.parse(readFileSync(join(this.folder, "settings.json"), "utf8"));
    } catch {
      // None yet, or one that someone damaged: the defaults.
      return undefined;
    }
  }
}
