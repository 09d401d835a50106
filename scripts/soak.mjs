// npm run soak -- [MINUTES]: clients on every transport fill, cancel, hang up and come back for a long time; every
// answer is checked, and the daemon must be as large at the end as it was once it had warmed up.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openWebSocket, TRANSPORTS } from "./bench/daemon-clients.mjs";
import { fingerprint } from "./bench/daemon-load.mjs";
import { residentMib, startDaemon } from "./bench/daemon-process.mjs";
import { request } from "./bench/daemon-request.mjs";
import { prepare } from "./steps/prepare.mjs";
import { heading, main, StepError } from "./steps/run.mjs";

const DEFAULT_MINUTES = 10;
const CLIENTS = 12;
const REQUESTS = 20;
/** The share of the time in which the daemon may still grow to its working size. */
const WARM_UP = 0.25;
const MOST_GROWTH = 1.1;
const SAY_MS = 10_000;

main(async () => {
  const minutes = Number(process.argv[2] ?? DEFAULT_MINUTES);
  if (!(minutes > 0)) throw new StepError("usage: npm run soak -- [MINUTES]");
  await prepare();
  heading(`soak of ${minutes} minutes`);
  const home = mkdtempSync(join(tmpdir(), "continuo-soak-"));
  const daemon = await startDaemon(home, 1);
  try {
    await soak(daemon, minutes * 60_000);
  } finally {
    await daemon.stop();
    rmSync(home, { recursive: true, force: true });
  }
});

async function soak(daemon, ms) {
  const requests = Array.from({ length: REQUESTS }, (_, index) => request(index));
  const control = await openWebSocket(daemon);
  const expected = [];
  for (const one of requests) expected.push(fingerprint(await control.call("fill/run", one)));
  const began = performance.now();
  const isOver = () => performance.now() - began >= ms;
  const counts = { fills: 0, cancelled: 0, hungUp: 0 };
  const clients = Array.from({ length: CLIENTS }, (_, index) =>
    play(daemon, index, { requests, expected, counts, isOver }),
  );
  const watching = watch(daemon, control, { counts, isOver, began, ms });
  await Promise.all(clients);
  const { warm, last } = await watching;
  const after = await control.call("fill/run", requests[0]);
  if (fingerprint(after) !== expected[0]) throw new StepError("the last fill has other notes than the first");
  control.close();
  process.stdout.write(
    `${counts.fills} fills as expected, ${counts.cancelled} cancelled, ${counts.hungUp} clients hung up; ` +
      `${Math.round(warm)} MiB once warm, ${Math.round(last)} MiB at the end\n`,
  );
  if (last > warm * MOST_GROWTH) throw new StepError("the daemon grew");
}

/** One client: connects, fills some regions, leaves in one way or another, comes back. */
async function play(daemon, index, { requests, expected, counts, isOver }) {
  const random = generator(index + 1);
  for (let round = 0; !isOver(); round += 1) {
    const open = TRANSPORTS[(index + round) % TRANSPORTS.length];
    const client = await open(daemon, `soak-${index}`);
    for (let k = 0; k < 5 && !isOver(); k += 1) {
      const at = Math.floor(random() * REQUESTS);
      if (client.isPiped && random() < 0.3) {
        const { jobId } = await client.call("fill/start", { request: requests[at] });
        await sleep(random() * 60);
        await client.call("fill/cancel", { jobId });
        counts.cancelled += 1;
      } else {
        const result = await client.call("fill/run", requests[at]);
        if (fingerprint(result) !== expected[at])
          throw new StepError(`${client.transport}: other notes than at the start`);
        counts.fills += 1;
      }
    }
    if (client.isPiped && random() < 0.5) {
      // In the middle of a fill, without a word.
      client.call("fill/run", requests[0]).catch(() => {});
      await sleep(random() * 30);
      counts.hungUp += 1;
    }
    client.close();
  }
}

/** Memory over time: the least of each part, since a collection of garbage comes when it comes. */
async function watch(daemon, control, { counts, isOver, began, ms }) {
  const samples = [];
  while (!isOver()) {
    await sleep(Math.min(SAY_MS, ms / 20));
    const status = await control.call("status", {});
    samples.push({ share: (performance.now() - began) / ms, mib: residentMib(daemon) });
    process.stdout.write(
      `${Math.round((performance.now() - began) / 1000)} s: ${counts.fills} fills, ${Math.round(status.memoryMib)} MiB, ` +
        `${status.jobs.queued} waiting, loop p99 ${status.eventLoopDelayMs.p99.toFixed(1)} ms\n`,
    );
  }
  const least = (from, to) =>
    Math.min(...samples.filter(({ share }) => share >= from && share < to).map(({ mib }) => mib));
  return { warm: least(WARM_UP, 0.5), last: least(0.75, Number.POSITIVE_INFINITY) };
}

/** Mulberry32 (Tommy Ettinger 2017, public domain): the same run each time. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
