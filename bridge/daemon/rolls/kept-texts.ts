/**
 * Texts that pages keep for a reload, by name, of one roll. Their content is the pages' own
 * matter; here it is only held, and bounded.
 */
import { z } from "zod";
import { BridgeError } from "../../bridge-error.ts";
import { KEPT_LIMITS } from "../../protocol/roll.ts";

/** As earlier programs wrote it. */
const fileSchema = z.strictObject({
  version: z.literal(1),
  texts: z.array(z.tuple([z.string(), z.string()])),
});

export type TextChange = readonly [name: string, text: string | null];

export class KeptTexts {
  private readonly texts: Map<string, string>;
  private characters = 0;

  constructor(texts: Iterable<readonly [string, string]> = []) {
    this.texts = new Map(texts);
    for (const [name, text] of this.texts) this.characters += sizeOf(name, text);
  }

  /** Of a file of an earlier program, which had all texts in one. @throws where it is damaged */
  static parse(json: string): KeptTexts {
    return new KeptTexts(fileSchema.parse(JSON.parse(json)).texts);
  }

  /** Become as a changed copy is. */
  adopt(other: KeptTexts): void {
    this.texts.clear();
    for (const [name, text] of other.texts) this.texts.set(name, text);
    this.characters = other.characters;
  }

  /**
   * Put texts in, or with null take them out; all or none.
   * @throws BridgeError ROLL_KEEP_FULL
   */
  change(changes: readonly TextChange[]): void {
    const before = new Map(changes.map(([name]) => [name, this.texts.get(name)]));
    for (const [name, text] of changes) this.set(name, text);
    const [count, characters] = [this.texts.size, this.characters];
    if (count <= KEPT_LIMITS.texts && characters <= KEPT_LIMITS.characters) return;
    for (const [name, text] of before) this.set(name, text ?? null);
    throw new BridgeError(
      "ROLL_KEEP_FULL",
      `the song would keep ${count} texts with ${characters} characters, the limits are ${KEPT_LIMITS.texts} and ${KEPT_LIMITS.characters}; remove some first`,
      { data: { texts: count, characters, limits: KEPT_LIMITS } },
    );
  }

  get entries(): [name: string, text: string][] {
    return [...this.texts];
  }

  /** Without the bounds, for what was within them when it was written. */
  set(name: string, text: string | null): void {
    const old = this.texts.get(name);
    if (old !== undefined) this.characters -= sizeOf(name, old);
    if (text === null) {
      this.texts.delete(name);
      return;
    }
    this.texts.set(name, text);
    this.characters += sizeOf(name, text);
  }
}

function sizeOf(name: string, text: string): number {
  return name.length + text.length;
}
