// Ardour's actions, each a file of its own with everything in it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleLua } from "./lua.mjs";

const actions = {
  fill: ["Fill", "fill", "Fills the selected bars with notes that fit."],
  fill_again: ["Fill again", "again", "Puts the next candidate into the bars that were filled last."],
  continue: ["Continue", "continue", "Fills the selected bars as a continuation of what is before them."],
  vary: ["Vary", "vary", "Keeps some of the selected bars' notes and fills in the others."],
  humanize: [
    "Humanize",
    "humanize",
    "Keeps the selected bars' notes, with the timing and velocities of players.",
  ],
  roll: [
    "Fill in the roll...",
    "roll",
    "Opens the selected bars in the piano roll, in the browser, and takes them back from there.",
  ],
  keep: [
    "Keep these notes",
    "keep",
    "Later fills keep the notes that are selected now; once more: no longer.",
  ],
  settings: ["Settings", "settings", "How the fills of this session should be."],
};

export function buildArdour({ out, version }) {
  for (const [name, [title, command, description]] of Object.entries(actions)) {
    const values = { TITLE: title, COMMAND: command, DESCRIPTION: description, VERSION: version };
    writeFileSync(join(out, `continuo_${name}.lua`), bundleLua("ardour/entry.lua", values));
  }
}
