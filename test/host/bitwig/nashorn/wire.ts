/**
 * Values encoded as words, as in Wire.java.
 */
import { methodsOf, nameOf } from "../support/strict.ts";

type Stub = (...values: unknown[]) => unknown;

export class Wire {
  private readonly objects: object[] = [];
  private readonly ids = new Map<object, number>();
  private readonly stubs = new Map<string, Stub>();
  private readonly invoke: (id: string, values: unknown[]) => unknown;

  /** @param invoke  calls a function of the script's */
  constructor(invoke: (id: string, values: unknown[]) => unknown) {
    this.invoke = invoke;
  }

  /** An object that was sent, by its id. */
  object(id: string): Record<string, Stub> {
    return this.objects[Number(id)] as Record<string, Stub>;
  }

  encode(value: unknown): string {
    if (value === null || value === undefined) return "z";
    if (typeof value === "boolean") return value ? "t" : "f";
    if (typeof value === "number") return `n${value}`;
    if (typeof value === "string") return `s${word(value)}`;
    if (value instanceof Int8Array) return `y${Buffer.from(value).toString("hex")}`;
    if (typeof value !== "object") throw new TypeError(`${typeof value} can't be sent`);
    const name = nameOf(value);
    if (name === "NoteStep") return `k${this.noteStep(value)}`;
    let id = this.ids.get(value);
    if (id === undefined) {
      id = this.objects.push(value) - 1;
      this.ids.set(value, id);
    }
    return `o${id}:${name === "Preferences" ? "PreferencesOfHost" : name}`;
  }

  decode(text: string): unknown {
    const rest = text.slice(1);
    switch (text[0]) {
      case "z":
        return undefined;
      case "t":
      case "f":
        return text[0] === "t";
      case "n":
        return Number(rest);
      case "s":
        return unword(rest);
      case "y":
        // Java has made bytes of them, whatever numbers the script gave.
        return [...new Int8Array(Buffer.from(rest, "hex"))];
      case "a":
        return rest.split(",").map(unword);
      case "o":
        return this.objects[Number(rest)];
      case "r":
        return this.stub(rest);
      default:
        throw new Error(`no value: ${text}`);
    }
  }

  private stub(id: string): Stub {
    const known = this.stubs.get(id);
    if (known !== undefined) return known;
    const made: Stub = (...values) => this.invoke(id, values);
    this.stubs.set(id, made);
    return made;
  }

  /** All that it says, so that it need not be asked for each. */
  private noteStep(step: object): string {
    return Object.entries(methodsOf(step))
      .map(([name, method]) => {
        const value = method();
        return `${name}=${name === "state" ? `e${String(value)}` : this.encode(value)}`;
      })
      .join(";");
  }
}

export function word(text: string): string {
  // Half a character becomes a whole one.
  return encodeURIComponent(Buffer.from(text).toString());
}

export function unword(text: string): string {
  return decodeURIComponent(text.replaceAll("+", "%20"));
}
