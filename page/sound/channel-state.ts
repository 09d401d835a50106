/**
 * The state of a channel after the messages so far, and the messages that restore it.
 * Source: MIDI 1.0 detailed specification, RP-015 (response to Reset All Controllers), General MIDI 2.
 */
import { BEND, CONTROLLER, type Message, PRESSURE, PROGRAM, RESET, VOLUME } from "./messages.ts";

const [BANK, BANK_FINE] = [0, 32];
const [DATA, DATA_FINE, DATA_UP, DATA_DOWN] = [6, 38, 96, 97];
const [NRPN_FINE, NRPN, RPN_FINE, RPN] = [98, 99, 100, 101];
/** From here on, controllers are commands. */
const FIRST_COMMAND = 120;
/** No parameter, so that data that strays in changes nothing. */
const NONE = 127;
const CENTRE = 64;
/** Controllers that are not at 0 where nothing was sent. */
const DEFAULTS: ReadonlyMap<number, number> = new Map([
  [8, CENTRE],
  [10, CENTRE],
  [11, 127],
  [91, 40],
  ...Array.from({ length: 10 }, (_, at): [number, number] => [70 + at, CENTRE]),
]);
/** Registered parameters: the range of the pitch bend, fine and coarse tuning. */
const PARAMETERS: ReadonlyMap<number, number> = new Map([
  [0, 2],
  [1, CENTRE],
  [2, CENTRE],
]);
/** What a reset of all controllers sets back; volume, pan, effects and programs stay. */
const RESETTABLE = [1, 2, 4, 11, 64, 65, 66, 67, 68, 69].map((number) => controllerKey(number));

/** Messages by what they set, in the order in which they are to be sent. */
export type Settings = ReadonlyMap<string, readonly Message[]>;

/** Which parameter the next data is for. */
interface Parameter {
  readonly isRegistered: boolean;
  readonly high: number;
  readonly low: number;
}

const NOTHING_CHOSEN: Parameter = { isRegistered: true, high: NONE, low: NONE };

export class ChannelState {
  private readonly settings: Map<string, readonly Message[]>;
  private parameter = NOTHING_CHOSEN;

  /** @param plain  where it begins */
  constructor(plain: Settings = new Map()) {
    this.settings = new Map(plain);
  }

  get keys(): Iterable<string> {
    return this.settings.keys();
  }

  apply(message: Message): void {
    const [kind, first, second] = message;
    if (kind !== CONTROLLER) {
      // Pressure on single keys is over with their notes.
      if (kind > CONTROLLER) this.settings.set(kind === PROGRAM ? "program" : kindKey(kind), [message]);
    } else if (first >= NRPN_FINE && first <= RPN) this.choose(first, second);
    else if (isData(first)) this.setParameter(message);
    else if (first === RESET) this.reset();
    else if (first < FIRST_COMMAND) this.settings.set(controllerKey(first), [message]);
  }

  /** @param program, volume  where none was sent, and some are sent later */
  messages(program: Message, volume: Message): Message[] {
    return [...this.settings].flatMap(([key, messages]) => {
      if (messages.length > 0) return messages;
      return key === "program" ? [program] : key === controllerKey(VOLUME) ? [volume] : [];
    });
  }

  private choose(number: number, value: number): void {
    const isRegistered = number === RPN || number === RPN_FINE;
    const isHigh = number === RPN || number === NRPN;
    const { parameter } = this;
    const base = parameter.isRegistered === isRegistered ? parameter : { ...NOTHING_CHOSEN, isRegistered };
    this.parameter = isHigh ? { ...base, high: value } : { ...base, low: value };
  }

  /** The parameter is chosen, gets its data, and is left again. */
  private setParameter(message: Message): void {
    const { isRegistered, high, low } = this.parameter;
    if (high === NONE || low === NONE) return;
    const key = parameterKey(isRegistered, high, low);
    const before = (this.settings.get(key) ?? []).filter(([, number]) => isData(number));
    const [, number] = message;
    // Steps add to what was set; of a value only the last counts.
    const kept = isStep(number) ? before : before.filter(([, one]) => one !== number && !isStep(one));
    this.settings.set(key, parameterMessages(isRegistered, high, low, whole([...kept, message])));
  }

  private reset(): void {
    const keys = [...RESETTABLE, kindKey(BEND), kindKey(PRESSURE)];
    for (const key of keys) if (this.settings.has(key)) this.settings.set(key, plainMessages(key));
    this.parameter = NOTHING_CHOSEN;
  }
}

/** Everything that some messages set, as it is where nothing was sent. Programs and volume are left open. */
export function plainSettings(messages: readonly Message[]): Settings {
  const state = new ChannelState();
  for (const message of messages) state.apply(message);
  const keys = new Set(state.keys);
  // A program may set other things back, so it goes first, after its bank.
  const first = [controllerKey(BANK), controllerKey(BANK_FINE), "program"].filter((key) => keys.has(key));
  for (const key of first) keys.delete(key);
  return new Map([...first, ...keys].map((key) => [key, plainMessages(key)]));
}

function plainMessages(key: string): Message[] {
  const [what, ...numbers] = key.split(" ");
  const [first = 0, high = NONE, low = NONE] = numbers.map(Number);
  if (what === "program" || key === controllerKey(VOLUME)) return [];
  if (what === "controller") return [[CONTROLLER, first, DEFAULTS.get(first) ?? 0]];
  if (what === "kind") return [first === BEND ? [BEND, 0, CENTRE] : [first, 0, 0]];
  const value = first === 1 && high === 0 ? PARAMETERS.get(low) : undefined;
  // What a maker's own parameter was is not known.
  return value === undefined ? [] : parameterMessages(true, high, low, whole([[CONTROLLER, DATA, value]]));
}

/** The fine part is set as well: what a later part of the song set of it must not stay. */
function whole(data: readonly Message[]): Message[] {
  const [coarse, fine] = [DATA, DATA_FINE].map((number) => data.find(([, one]) => one === number));
  const steps = data.filter(([, number]) => isStep(number));
  return [...(coarse === undefined ? [] : [coarse]), fine ?? [CONTROLLER, DATA_FINE, 0], ...steps];
}

function parameterMessages(
  isRegistered: boolean,
  high: number,
  low: number,
  data: readonly Message[],
): Message[] {
  const [numberHigh, numberLow] = isRegistered ? [RPN, RPN_FINE] : [NRPN, NRPN_FINE];
  return [
    [CONTROLLER, numberHigh, high],
    [CONTROLLER, numberLow, low],
    ...data,
    [CONTROLLER, numberHigh, NONE],
    [CONTROLLER, numberLow, NONE],
  ];
}

function isData(number: number): boolean {
  return number === DATA || number === DATA_FINE || isStep(number);
}

function isStep(number: number): boolean {
  return number === DATA_UP || number === DATA_DOWN;
}

function controllerKey(number: number): string {
  return `controller ${number}`;
}

function kindKey(kind: number): string {
  return `kind ${kind}`;
}

function parameterKey(isRegistered: boolean, high: number, low: number): string {
  return `parameter ${Number(isRegistered)} ${high} ${low}`;
}
