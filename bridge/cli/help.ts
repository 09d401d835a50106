/**
 * Help as wide as the terminal: commander folds its own parts, this module the added texts.
 */
import type { CliIo } from "./io.ts";

/** Where nobody says how wide it is. */
const DEFAULT_COLUMNS = 100;
const MIN_COLUMNS = 40;
const EXAMPLE_INDENT = 2;

export function helpWidth({ stdout, env }: Pick<CliIo, "stdout" | "env">): number {
  const columnsGiven = Number(env.COLUMNS);
  const columns =
    stdout.columns ?? (Number.isInteger(columnsGiven) && columnsGiven > 0 ? columnsGiven : DEFAULT_COLUMNS);
  return Math.max(MIN_COLUMNS, columns);
}

/**
 * Paragraphs are refolded, commands of examples where a shell lets them; tables and headings stay as they are.
 * @param canContinue  whether a backslash at the end of a line continues it, as in every shell but those of Windows
 */
export function foldHelp(text: string, width: number, canContinue: boolean): string {
  const folded: string[] = [];
  let paragraph: string[] = [];
  const close = () => {
    if (paragraph.length > 0) folded.push(...foldWords(paragraph.join(" ").split(/ +/), width));
    paragraph = [];
  };
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    const isProse = /^\S/.test(line) && !/^[A-Z]\w*:$/.test(line);
    if (isProse) {
      paragraph.push(line);
      // A colon leads over to an example.
      if (line.endsWith(":") && lines[index + 1]?.startsWith(" ")) close();
      continue;
    }
    close();
    const isCommand = /^ {2}\S/.test(line) && /\bcontinuo\b/.test(line) && !line.includes("   ");
    folded.push(...(isCommand && canContinue ? foldCommand(line, width) : [line]));
  }
  close();
  return folded.join("\n");
}

function foldWords(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/** So that it can still be copied and run. */
function foldCommand(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const words = line.trim().match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  // An option stays with its value.
  const parts: string[] = [];
  for (const word of words) {
    const before = parts.at(-1);
    const isOption = before !== undefined && /^--?[a-z][\w-]*$/.test(before);
    const isValue = isOption && (word === "-" || !word.startsWith("-"));
    if (isValue) parts[parts.length - 1] = `${before} ${word}`;
    else parts.push(word);
  }
  const indents = (index: number) => " ".repeat(index === 0 ? EXAMPLE_INDENT : 2 * EXAMPLE_INDENT);
  const inner = width - 2 * EXAMPLE_INDENT - " \\".length;
  const lines = foldWords(parts, inner);
  return lines.map((text, index) => `${indents(index)}${text}${index < lines.length - 1 ? " \\" : ""}`);
}
