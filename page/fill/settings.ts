/**
 * The settings of a fill, as shown in the controls; kept in the browser.
 */
import type { Controls, FillRequest, Mode, Sampling } from "../../bridge/client/generated/protocol.ts";
import { LEVELS } from "../../bridge/music/density.ts";
import { MODES, type Mode as ScaleMode, scaleName, TONICS, type Tonic } from "../../bridge/music/scales.ts";

export interface FillSettings {
  readonly mode: Mode;
  /** Of vary: 0 keeps all, 1 none. Of humanize: 0 changes nothing, 1 is as loose as players. */
  readonly amount: number;
  readonly candidates: number;
  /** 0.05 to 5. */
  readonly temperature: number;
  /** Steps from the density around, -4 to 4; at 0 nothing is asked for. */
  readonly density: number;
  /** Most notes at once; 0 for any. */
  readonly polyphony: number;
  readonly scale: "any" | "around" | "chosen";
  readonly tonic: Tonic;
  readonly scaleMode: ScaleMode;
  readonly rhythm: NonNullable<Controls["rhythm"]>;
  /** 0 to 1. */
  readonly novelty: number;
  /** Empty for the default. */
  readonly modelId: string;
  /** The seed of every fill; random each time if undefined. */
  readonly pinnedSeed: number | undefined;
  readonly playsAtOnce: boolean;
}

/** As the core has it where a request does not say. */
const PLAIN_TEMPERATURE = 0.5;
export const MOST_CANDIDATES = 8;
export const DENSITY_STEPS = 4;

export const PLAIN_SETTINGS: FillSettings = {
  mode: "fill",
  amount: 0.5,
  candidates: 4,
  temperature: PLAIN_TEMPERATURE,
  density: 0,
  polyphony: 0,
  scale: "any",
  tonic: "C",
  scaleMode: "major",
  rhythm: "free",
  novelty: 0,
  modelId: "",
  pinnedSeed: undefined,
  playsAtOnce: false,
};

/** The settings under "More". */
const MORE = [
  "density",
  "polyphony",
  "scale",
  "rhythm",
  "novelty",
  "modelId",
  "pinnedSeed",
] as const satisfies (keyof FillSettings)[];

/** How many of those under "More" are not as they come. */
export function changedCount(settings: FillSettings): number {
  return MORE.filter((name) => settings[name] !== PLAIN_SETTINGS[name]).length;
}

export function controlsOf(
  settings: FillSettings,
  pitchRange: readonly [number, number] | undefined,
  densityAround: number,
): Controls {
  const { mode, amount, density, polyphony, scale, tonic, scaleMode, rhythm, novelty } = settings;
  // Where notes stay there is nothing else to ask for.
  if (mode === "humanize") return { amount };
  return {
    ...(mode === "vary" ? { amount } : {}),
    ...(density === 0 ? {} : { density: Math.min(LEVELS, Math.max(1, densityAround + density)) }),
    ...(polyphony === 0 ? {} : { polyphony }),
    ...(pitchRange === undefined ? {} : { pitchRange: [pitchRange[0], pitchRange[1]] as [number, number] }),
    ...(scale === "any" ? {} : { scale: scale === "around" ? "auto" : scaleName(tonic, scaleMode) }),
    ...(rhythm === "free" ? {} : { rhythm }),
    ...(novelty === 0 ? {} : { novelty }),
  };
}

export function samplingOf({ mode, candidates, temperature, pinnedSeed }: FillSettings): Sampling {
  return {
    candidates,
    ...(temperature === PLAIN_TEMPERATURE || mode === "humanize" ? {} : { temperature }),
    ...(pinnedSeed === undefined ? {} : { seed: pinnedSeed }),
  };
}

/** In a few words, for the list of earlier fills. */
export function summaryOf({
  mode,
  controls = {},
  sampling = {},
}: Pick<FillRequest, "mode" | "controls" | "sampling">): string {
  const { amount, density, polyphony, pitchRange, scale, chords, rhythm, novelty } = controls;
  const { temperature } = sampling;
  const words = [
    mode === "vary" || mode === "humanize" ? `${mode} ${Math.round(100 * (amount ?? 0.5))} %` : mode,
    density === undefined ? "" : `density ${density}`,
    polyphony === undefined ? "" : `${polyphony} at once`,
    pitchRange === undefined ? "" : "within a range",
    scale === undefined ? "" : scale === "auto" ? "scale of the bars around" : scale,
    chords === undefined ? "" : "chords as written",
    rhythm === undefined || rhythm === "free" ? "" : "rhythm kept",
    novelty === undefined ? "" : `${Math.round(100 * novelty)} % different`,
    temperature === undefined ? "" : temperature < PLAIN_TEMPERATURE ? "safer" : "wilder",
  ];
  return words.filter((word) => word !== "").join(", ");
}

/** "D minor" as the settings have it. */
export function scaleOfKey(key: string): Partial<FillSettings> {
  const tonic = TONICS.find((known) => key.startsWith(`${known} `));
  const scaleMode = MODES.find((known) => key === `${tonic} ${known}`);
  return tonic === undefined || scaleMode === undefined ? {} : { scale: "chosen", tonic, scaleMode };
}

/** Settings as stored, by this version or another one; invalid values become defaults. */
export function settingsFrom(text: string | null): FillSettings {
  const stored = parsed(text);
  const number = (name: keyof FillSettings, least: number, most: number): number => {
    const value = stored[name];
    const isFine = typeof value === "number" && value >= least && value <= most;
    return isFine ? value : Number(PLAIN_SETTINGS[name]);
  };
  const choice = <Value extends string>(name: keyof FillSettings, values: readonly Value[], plain: Value) =>
    values.find((value) => value === stored[name]) ?? plain;
  const { pinnedSeed: seed, modelId, playsAtOnce } = stored;
  return {
    mode: choice("mode", ["fill", "continue", "vary", "humanize"], PLAIN_SETTINGS.mode),
    amount: number("amount", 0, 1),
    candidates: Math.round(number("candidates", 1, MOST_CANDIDATES)),
    temperature: number("temperature", 0.05, 5),
    density: Math.round(number("density", -DENSITY_STEPS, DENSITY_STEPS)),
    polyphony: Math.round(number("polyphony", 0, 64)),
    scale: choice("scale", ["any", "around", "chosen"], PLAIN_SETTINGS.scale),
    tonic: choice("tonic", TONICS, PLAIN_SETTINGS.tonic),
    scaleMode: choice("scaleMode", MODES, PLAIN_SETTINGS.scaleMode),
    rhythm: choice("rhythm", ["free", "keep", "keepOnsets"], PLAIN_SETTINGS.rhythm),
    novelty: number("novelty", 0, 1),
    modelId: typeof modelId === "string" ? modelId : PLAIN_SETTINGS.modelId,
    pinnedSeed: typeof seed === "number" && Number.isSafeInteger(seed) && seed >= 0 ? seed : undefined,
    playsAtOnce: playsAtOnce === true,
  };
}

function parsed(text: string | null): Partial<Record<keyof FillSettings, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    // Written by something else; what is plain will do.
    return {};
  }
}
