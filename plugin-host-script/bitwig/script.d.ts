// The types that the script's modules share.

/** Of package.json; put in by the build. */
declare const CONTINUO_VERSION: string;
/** The ways that script engines offer to Java, where they do. */
// biome-ignore lint/suspicious/noExplicitAny: classes of Java have no types here
declare const Java: { type(name: string): any };
// biome-ignore lint/suspicious/noExplicitAny: as above
declare const Packages: any;

/** Half-open, in ticks from the clip's beat 0. */
interface Span {
  startTick: number;
  endTick: number;
}
interface Meter {
  numerator: number;
  denominator: number;
}
interface Note extends Plain {
  isMuted: boolean;
  isSelected: boolean;
}
interface Plain {
  startTick: number;
  durationTicks: number;
  pitch: number;
  velocity: number;
  channel: number;
}
interface Desk {
  /** The same, but its exceptions are shown to the musician. */
  guarded<Values extends unknown[]>(action: (...values: Values) => void): (...values: Values) => void;
  textOf(error: unknown): string;
  later(delayMs: number, action: () => void): void;
  say(text: string): void;
  connect(address: string, port: number, connected: (connection: RemoteConnection) => void): void;
  isWindows(): boolean;
}
interface Preferences {
  home(): string;
  port(): number;
  token(): string;
  settleMs(): number;
}
interface ScriptSettings {
  /** The bars that are set as the region, or null. */
  bars(): { first: number; last: number } | null;
  kind(): string;
  drums(): string;
  isCopying(): boolean;
  controls(mode: string): object;
  sampling(): { [name: string]: number };
  model(): string;
}
interface Pages {
  isBusy(): boolean;
  /** All notes that start in the span, in any order. */
  read(
    span: Span,
    isGivenUp: () => boolean,
    progressed: (fraction: number) => void,
    done: (notes: Note[]) => void,
  ): void;
  /** Take notes away, then add notes. */
  write(removed: Note[], added: Note[], isGivenUp: () => boolean, done: () => void): void;
}
interface View {
  kind: "launcher" | "arranger";
  clip: Clip;
  pages: Pages;
  exists(): boolean;
  touched(): number;
  /** Tells it from other clips, as far as Bitwig says. */
  id(): string;
  /** The same, with its bounds. */
  signature(): string;
  /** What of it is heard. */
  span(): Span;
  loop(): Span;
  trackName(): string;
  hasDrumPads(): boolean;
}
