/**
 * Chords that the musician wrote over bars, as text; what they mean is the daemon's to say.
 */

/** By bar, from 0: the symbols of one bar, such as "Am7" or "C G". */
export type WrittenChords = ReadonlyMap<number, string>;

/** A bar that is left to the music. */
const HEARD = "auto";

/** The bars of a text, parted by |; signs at its ends are those of lead sheets. */
export function barsOfText(text: string): string[] {
  const inner = text.trim().replace(/^\|+/, "").replace(/\|+$/, "");
  return inner.split("|").map((bar) => bar.trim().replace(/\s+/g, " "));
}

/** With a bar's chords in place of what was written there. Nothing, or "auto", leaves the bar to the music. */
export function withBar(chords: WrittenChords, bar: number, text: string): WrittenChords {
  const next = new Map(chords);
  if (text === "" || text.toLowerCase() === HEARD) next.delete(bar);
  else next.set(bar, text);
  return next;
}

/** With the bars of a text from a bar on, each once. */
export function withText(chords: WrittenChords, bar: number, text: string): WrittenChords {
  return barsOfText(text).reduce((next, each, index) => withBar(next, bar + index, each), chords);
}

/** With a text over some bars, repeated to the last of them. */
export function withRepeated(
  chords: WrittenChords,
  [first, last]: readonly [number, number],
  text: string,
): WrittenChords {
  const texts = barsOfText(text);
  let next = chords;
  for (let bar = first; bar <= last; bar += 1) {
    next = withBar(next, bar, texts[(bar - first) % texts.length] ?? "");
  }
  return next;
}

/** For a fill of some bars: "Am | auto | C G"; undefined where nothing is written there. */
export function textOfBars(
  chords: WrittenChords,
  [first, last]: readonly [number, number],
): string | undefined {
  const texts = Array.from({ length: last - first + 1 }, (_, index) => chords.get(first + index) ?? HEARD);
  return texts.every((text) => text === HEARD) ? undefined : texts.join(" | ");
}
