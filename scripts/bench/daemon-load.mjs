// Many clients at once: every answer is checked against its request and what a single client got for it.
import { createHash } from "node:crypto";
import { StepError } from "../steps/run.mjs";
import { TRANSPORTS } from "./daemon-clients.mjs";
import { residentMib } from "./daemon-process.mjs";

const LOOK_MS = 100;
/** Requests that a client has on the way where its transport allows more than one. */
const PIPED = 2;

/** @returns {clients: [{transport, times, meanMs}], ms, mostMib}; throws where an answer is lost, wrong or out of order */
export async function runLoad(daemon, { requests, expected, clients }) {
  const open = Array.from({ length: clients }, (_, index) =>
    TRANSPORTS[index % TRANSPORTS.length](daemon, `client-${index}`),
  );
  const connected = await Promise.all(open);
  let mostMib = 0;
  const watch = setInterval(() => {
    mostMib = Math.max(mostMib, residentMib(daemon));
  }, LOOK_MS);
  const began = performance.now();
  try {
    const work = connected.map((client, index) => fillAll(client, index, requests, expected));
    const done = await Promise.all(work);
    const ms = performance.now() - began;
    return {
      clients: connected.map(({ transport }, index) => ({ transport, ...done[index] })),
      ms,
      mostMib: Math.max(mostMib, residentMib(daemon)),
    };
  } finally {
    clearInterval(watch);
    for (const client of connected) client.close();
  }
}

/** Every request once, each client beginning at another. */
async function fillAll(client, offset, requests, expected) {
  const times = [];
  const order = [];
  const start = performance.now();
  const step = client.isPiped ? PIPED : 1;
  for (let from = 0; from < requests.length; from += step) {
    const numbers = Array.from({ length: Math.min(step, requests.length - from) }, (_, k) => from + k);
    await Promise.all(
      numbers.map(async (number) => {
        const index = (number + offset) % requests.length;
        const began = performance.now();
        const result = await client.call("fill/run", requests[index]);
        times.push(performance.now() - began);
        order.push(number);
        check(client, requests[index], result, expected[index]);
      }),
    );
  }
  if (order.some((number, k) => number !== k))
    throw new StepError(`${client.transport}: ${order} is out of order`);
  if (times.length !== requests.length) throw new StepError(`${client.transport}: answers were lost`);
  // What a client that asks for two at once waits for one says little beside one that does not.
  return { times, meanMs: (performance.now() - start) / times.length };
}

function check({ transport }, request, result, expected) {
  const { startTick, endTick } = request.region;
  const [candidate] = result.candidates;
  const isInside = candidate.notes.every(
    (note) => note.startTick >= startTick && note.startTick + note.durationTicks <= endTick,
  );
  if (!isInside) throw new StepError(`${transport}: a note outside its region`);
  if (result.seed !== request.sampling.seed)
    throw new StepError(`${transport}: the answer of another request`);
  if (fingerprint(result) !== expected)
    throw new StepError(`${transport}: other notes than a single client had`);
}

/** What answers to one request have in common. */
export function fingerprint({ seed, removed, candidates }) {
  const text = JSON.stringify([seed, removed, candidates.map(({ notes }) => notes)]);
  return createHash("sha256").update(text).digest("hex");
}
