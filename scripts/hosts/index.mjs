// The scripts that `continuo install HOST` copies: each host's into dist/hosts/HOST.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../steps/run.mjs";
import { buildAbleton } from "./ableton.mjs";
import { buildArdour } from "./ardour.mjs";
import { buildBitwig } from "./bitwig.mjs";
import { buildReaper } from "./reaper.mjs";

/** One builder a host: (out, version) => void or a promise. */
const builders = { ableton: buildAbleton, ardour: buildArdour, bitwig: buildBitwig, reaper: buildReaper };

export async function buildHosts() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  rmSync(join(root, "dist", "hosts"), { recursive: true, force: true });
  for (const [host, build] of Object.entries(builders)) {
    const out = join(root, "dist", "hosts", host);
    mkdirSync(out, { recursive: true });
    await build({ out, version });
  }
}
