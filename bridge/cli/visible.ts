/**
 * Text that a terminal takes as nothing but text: names of files, tracks and models may come from anybody, and an
 * escape sequence in one could clear the screen, change the window's title, or turn what follows around.
 */

/** Control characters but tab and line feed, what parts lines and paragraphs, and what changes the direction of text. */
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Characters that are not seen are written as JSON writes them, as in `\u001b`; JSON stays the same value. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** As `visible`, for what is to stay one line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll("\n", "\\n");
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
