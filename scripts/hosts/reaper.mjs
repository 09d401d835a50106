// REAPER's actions, each a file of its own with everything in it, and ReaPack's list of them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleLua } from "./lua.mjs";
import { reapackIndex } from "./reapack.mjs";

const actions = [
  ["Fill", "fill", "Fills the selected bars with notes that fit."],
  ["Fill again", "again", "Puts the next candidate into the bars that were filled last."],
  ["Continue", "continue", "Fills the selected bars as a continuation of what is before them."],
  ["Vary", "vary", "Keeps some of the selected notes and fills in the others."],
  ["Humanize", "humanize", "Keeps the selected notes, with the timing and velocities of players."],
  [
    "Fill in the roll...",
    "roll",
    "Opens the selected bars in the piano roll, in the browser, and takes them back from there.",
  ],
  ["Keep these notes", "keep", "Later fills keep the notes that are selected now; once more: no longer."],
  ["Settings", "settings", "How the fills of this project should be."],
  ["Cancel", "cancel", "Ends the fill that is at work."],
  ["Panel", "panel", "All of these in one window."],
];

/**
 * @param releaseUrl  where the scripts of this version will lie, https, for ReaPack; without it there is no index.xml
 */
export function buildReaper({ out, version }, releaseUrl = process.env.CONTINUO_RELEASE_URL) {
  const scripts = actions.map(([title, command, description]) => {
    const values = { TITLE: title, COMMAND: command, DESCRIPTION: description, VERSION: version };
    const file = `Continuo - ${title.replace(/\.+$/, "")}.lua`;
    const text = bundleLua("reaper/entry.lua", values);
    writeFileSync(join(out, file), text);
    return { file, text };
  });
  if (releaseUrl) writeFileSync(join(out, "index.xml"), reapackIndex(scripts, releaseUrl));
}
