/**
 * Values as a Lua program writes them down for itself: assignments one after the other, such as
 * `scripts = {} scripts[1] = {} scripts[1]["n"] = "Fill"`. Bytes are characters of latin1, so that bytecode comes through.
 * Source: Lua 5.3 Reference Manual, 3.1 and string.format.
 */

export interface Assignment {
  /** The variable, then the keys into it. */
  path: (string | number)[];
  /** Where a text's literal is, quotes included; undefined for other values. */
  literal?: { start: number; end: number; value: string };
}

const SPACE = /[ \t\r\n]*/y;
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/y;
const OTHER_VALUE = /\{\}|true|false|nil|-?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|inf|nan)/y;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" },
  ...{ '"': '"', "'": "'", "\\": "\\", "\n": "\n" },
};
/** Characters that a literal must escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAFE = /[\x00-\x1f"\\\x7f]/g;

/** @returns undefined where the text is anything else */
export function readAssignments(text: string): Assignment[] | undefined {
  const reader = new Reader(text);
  const found: Assignment[] = [];
  while (!reader.isAtEnd()) {
    const assignment = reader.assignment();
    if (assignment === undefined) return undefined;
    found.push(assignment);
  }
  return found;
}

/** A text as a literal that any reader of Lua takes. */
export function luaLiteral(value: string): string {
  const escaped = (char: string) =>
    char === '"' || char === "\\" || char === "\n"
      ? `\\${char}`
      : `\\${char.charCodeAt(0).toString().padStart(3, "0")}`;
  return `"${value.replace(UNSAFE, escaped)}"`;
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  isAtEnd(): boolean {
    this.take(SPACE);
    return this.at === this.text.length;
  }

  assignment(): Assignment | undefined {
    const variable = this.take(NAME);
    if (variable === undefined) return undefined;
    const path: (string | number)[] = [variable];
    while (this.skip("[")) {
      const number = this.take(NUMBER);
      const key = number === undefined ? this.literal()?.value : Number(number);
      if (key === undefined || !this.skip("]")) return undefined;
      path.push(key);
    }
    if (!this.skip("=")) return undefined;
    const literal = this.literal();
    if (literal !== undefined) return { path, literal };
    return this.take(OTHER_VALUE) === undefined ? undefined : { path };
  }

  private literal(): Assignment["literal"] {
    const start = this.at;
    if (this.text[start] !== '"') return undefined;
    let value = "";
    for (let at = start + 1; at < this.text.length; ) {
      const char = this.text[at] ?? "";
      if (char === '"') {
        this.at = at + 1;
        return { start, end: this.at, value };
      }
      if (char !== "\\") {
        value += char;
        at += 1;
        continue;
      }
      const [digits] = /^\d{1,3}/.exec(this.text.slice(at + 1, at + 4)) ?? [];
      const escaped =
        digits === undefined ? SIMPLE_ESCAPES[this.text[at + 1] ?? ""] : String.fromCharCode(Number(digits));
      if (escaped === undefined) return undefined;
      value += escaped;
      at += 1 + (digits?.length ?? 1);
    }
    return undefined;
  }

  private skip(char: string): boolean {
    this.take(SPACE);
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    this.take(SPACE);
    return true;
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }
}
