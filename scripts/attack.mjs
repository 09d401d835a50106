// npm run attack: strangers without the token attack a daemon on this machine, one way after the other; prints what that
// costs the daemon, and how an honest client is served meanwhile.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beginInProcess, measure } from "./attack/measure.mjs";
import { STRANGERS } from "./attack/strangers.mjs";
import { startDaemon } from "./bench/daemon-process.mjs";
import { heading, main, StepError } from "./steps/run.mjs";

const ATTACK_MS = 4_000;
const MOST_GROWTH = 1.3;

main(async () => {
  const chosen = process.argv[2];
  heading("attack");
  const failures = [];
  say("attack", "MiB: before, most, after", "loop ms", "served", "ms: median, p95, most");
  for (const name of Object.keys(STRANGERS)) {
    if (chosen !== undefined && !name.includes(chosen)) continue;
    await withDaemon(async (daemon) => {
      const { memory, honest, loopMs } = await measure(daemon, () => beginInProcess(name, daemon), ATTACK_MS);
      const mib = [memory.before, memory.peak, memory.after].map(Math.round).join(", ");
      const at = (share) =>
        honest.times[Math.min(honest.times.length - 1, Math.floor(share * honest.times.length))];
      const times = [at(0.5), at(0.95), at(1)].map((ms) => ms.toFixed(0)).join(", ");
      const all = honest.served + honest.failed;
      say(name, mib, loopMs.toFixed(0), `${honest.served} of ${all}`, times);
      if (honest.failed > 0) failures.push(`${name}: ${honest.failed} of ${all} honest requests failed`);
      if (memory.peak > MOST_GROWTH * memory.before)
        failures.push(`${name}: memory grew to ${Math.round(memory.peak)} MiB`);
    });
  }
  if (failures.length > 0) throw new StepError(failures.join("\n"));
});

/** One of its own for each, so that none pays for what came before. */
async function withDaemon(use) {
  const home = mkdtempSync(join(tmpdir(), "continuo-attack-"));
  const daemon = await startDaemon(home, 1);
  try {
    await use(daemon);
  } finally {
    await daemon.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function say(name, mib, loop, served, times) {
  process.stdout.write(`${name.padEnd(34)}${mib.padEnd(26)}${loop.padEnd(10)}${served.padEnd(14)}${times}\n`);
}
