/**
 * Messages and questions to the musician. Every message of Live has to be closed, so only a question, or the reason
 * why something could not be done, opens a window.
 */
import type { ExtensionContext } from "@ableton-extensions/sdk";
import { escaped, pageHtml } from "./page.ts";
import { withAddress } from "./page-address.ts";
import { cleanSettings, SETTINGS, type Setting, type Settings } from "./settings.ts";

const TITLE = "Continuo";
const MESSAGE_SIZE = [420, 200] as const;
const SETTINGS_SIZE = [480, 640] as const;

export type Host = Pick<ExtensionContext, "ui" | "environment">;

/** Why something could not be done. */
export async function say(host: Host, text: string): Promise<void> {
  await show(host, pageHtml(TITLE, paragraph(text), { main: "OK" }), MESSAGE_SIZE);
}

/** What is good to know, in the extension's log. */
export function hint(text: string): void {
  console.info(`Continuo: ${text}`);
}

/** @returns whether the musician agrees; a dialog that is closed otherwise is a no */
export async function ask(host: Host, text: string, yes: string): Promise<boolean> {
  const answer = await show(
    host,
    pageHtml(TITLE, paragraph(text), { main: yes, cancel: "Cancel" }),
    MESSAGE_SIZE,
  );
  return answer !== undefined;
}

/** @param models  ids to choose from, the default first @returns the new settings, if they are to be kept */
export async function askSettings(
  host: Host,
  settings: Settings,
  models: readonly string[],
): Promise<Settings | undefined> {
  const rows = SETTINGS.map((setting: Setting, index) => {
    const value = settings[setting.key as keyof Settings];
    const field =
      setting.key === "model" ? modelField(String(value), models) : fieldOf(setting, String(value));
    const focus = index === 0 ? field.replace(" name=", " autofocus name=") : field;
    return `<div class="row"><label for="${setting.key}">${escaped(setting.label)}</label>${focus}</div>`;
  });
  const html = pageHtml("Continuo: settings", rows.join("\n"), { main: "Save", cancel: "Cancel" });
  const answer = await show(host, html, SETTINGS_SIZE);
  return answer === undefined ? undefined : cleanSettings(answer);
}

function fieldOf(setting: Setting, value: string): string {
  const named = `id="${setting.key}" name="${setting.key}"`;
  if (setting.kind === "choice") return choice(named, value, setting.values, setting.labels);
  if (setting.kind === "number") {
    const { min, max, step } = setting;
    return `<input type="number" required ${named} min="${min}" max="${max}" step="${step}" value="${escaped(value)}">`;
  }
  const type = setting.kind === "secret" ? "password" : "text";
  return `<input type="${type}" autocomplete="off" spellcheck="false" ${named} value="${escaped(value)}">`;
}

/** A list if the daemon sent its models; the remembered one is always in it. */
function modelField(value: string, models: readonly string[]): string {
  const named = 'id="model" name="model"';
  if (models.length === 0)
    return `<input type="text" ${named} value="${escaped(value)}" placeholder="the default">`;
  const [preset, ...others] = models;
  const known = value === "" || models.includes(value) ? others : [...others, value];
  const shown = value === preset ? "" : value;
  return choice(named, shown, ["", ...known], [`${preset} (default)`, ...known]);
}

function choice(named: string, value: string, values: readonly string[], labels: readonly string[]): string {
  const options = values.map((each, index) => {
    const selected = each === value ? " selected" : "";
    return `<option value="${escaped(each)}"${selected}>${escaped(labels[index] ?? each)}</option>`;
  });
  return `<select ${named}>${options.join("")}</select>`;
}

function paragraph(text: string): string {
  return `<p>${escaped(text)}</p>`;
}

/** What the page sent; undefined for cancel, and for a window that was closed. */
async function show(
  { ui, environment }: Host,
  html: string,
  [width, height]: readonly [number, number],
): Promise<unknown> {
  try {
    const answer = await withAddress(html, environment.tempDirectory, (address) =>
      ui.showModalDialog(address, width, height),
    );
    return JSON.parse(answer) ?? undefined;
  } catch {
    return undefined;
  }
}
