// The daemon as its clients find it: one of them, many at once, and what it costs beside the model.
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { WebSocketServer } from "ws";
import { StepError } from "../steps/run.mjs";
import { fillByEvents, openTcp, openWebSocket } from "./daemon-clients.mjs";
import { fingerprint, runLoad } from "./daemon-load.mjs";
import { residentMib, startDaemon, timeToFirstFill } from "./daemon-process.mjs";
import { request } from "./daemon-request.mjs";
import { line, median, quantile } from "./statistics.mjs";

/** The recorded rival of scripts/bench/fills.mjs. */
const MIDI_GPT = { name: "MIDI-GPT 0.4.2 (recorded)", mib: 751, startMs: 5200, ms: 1380 };

export async function benchDaemon({ folder, counts }) {
  const requests = Array.from({ length: counts.clientFills }, (_, index) => request(index));
  const daemon = await startDaemon(mkdtempSync(join(folder, "daemon-")), 1);
  try {
    const client = await openWebSocket(daemon);
    const { single, expected } = await fillSingly(client, requests, counts.singleFills);
    const status = await statusTimes(client, counts.statusCalls);
    const frames = await fillsByEvents(daemon, { client, requests, expected, count: counts.singleFills });
    const begun = residentMib(daemon);
    const load = await runLoad(daemon, { requests, expected, clients: counts.clients });
    // What the load left is let go of within a sweep or two, and with the next collection of garbage.
    const settled = await settle(daemon, client, begun);
    const after = await client.call("status", {});
    client.close();
    const two = await withWorkers(folder, 2, { requests, expected, clients: counts.clients });
    const starts = [];
    for (let k = 0; k < counts.starts; k += 1) {
      starts.push(await timeToFirstFill(mkdtempSync(join(folder, "start-")), requests[0]));
    }
    return [
      ...(await alone({ single, status, counts })),
      line({
        id: "daemon-tcp",
        what: "fill begun and told of over TCP frames",
        unit: "ms",
        ours: frames.tcp,
        reference: { what: "the same over WebSocket", samples: frames.webSocket },
        ratioTarget: { most: 1.25 },
      }),
      ...together({ load, two, single, counts }),
      ...memoryLines({ begun, settled, load, after }),
      line({
        id: "daemon-start",
        what: "daemon, from its start to its first fill",
        unit: "ms",
        ours: starts,
        reference: { what: MIDI_GPT.name, samples: [MIDI_GPT.startMs] },
        valueTarget: { most: 1000 },
      }),
    ];
  } finally {
    await daemon.stop();
  }
}

async function fillSingly(client, requests, count) {
  const expected = [];
  const single = [];
  for (let k = 0; k < Math.max(count, requests.length); k += 1) {
    const index = k % requests.length;
    const began = performance.now();
    const result = await client.call("fill/run", requests[index]);
    single.push({ ms: performance.now() - began, modelMs: result.timings.totalMs });
    expected[index] ??= fingerprint(result);
    if (expected[index] !== fingerprint(result))
      throw new StepError("a fill gave other notes the second time");
  }
  return { single, expected };
}

/** In turn, so that what else the machine does troubles both alike. */
async function fillsByEvents(daemon, { client, requests, expected, count }) {
  const tcpClient = await openTcp(daemon);
  const times = { webSocket: [], tcp: [] };
  for (let k = 0; k < count; k += 1) {
    const index = k % requests.length;
    for (const [name, each] of [
      ["webSocket", client],
      ["tcp", tcpClient],
    ]) {
      const began = performance.now();
      const result = await fillByEvents(each, requests[index]);
      times[name].push(performance.now() - began);
      if (expected[index] !== fingerprint(result)) throw new StepError(`${each.transport}: other notes`);
    }
  }
  tcpClient.close();
  return times;
}

async function statusTimes(client, count) {
  const times = [];
  for (let k = 0; k < count + 20; k += 1) {
    const began = performance.now();
    await client.call("status", {});
    times.push(performance.now() - began);
  }
  return times.slice(20);
}

/** What any WebSocket between two processes' ends costs: the same text, sent back as it came. */
async function echoTimes(count) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("connection", (socket) =>
    socket.on("message", (data) => {
      const { id } = JSON.parse(String(data));
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, result: {} }));
    }),
  );
  const client = await openWebSocket({ port: server.address().port, token: "" });
  const times = await statusTimes(client, count);
  client.close();
  server.close();
  return times;
}

async function alone({ single, status, counts }) {
  return [
    line({
      id: "daemon-fill",
      what: "fill of 4 bars by a warm daemon, 100 notes around",
      unit: "ms",
      ours: single.map(({ ms }) => ms),
      reference: { what: "the time of that in the core", samples: single.map(({ modelMs }) => modelMs) },
      valueTarget: { most: 70 },
    }),
    line({
      id: "daemon-status",
      what: "status over WebSocket",
      unit: "ms",
      ours: status,
      reference: { what: "an echo by ws in one process", samples: await echoTimes(counts.statusCalls) },
      valueTarget: { most: 1 },
    }),
  ];
}

function together({ load, two, single, counts }) {
  const what = `${counts.clients} clients, ${counts.clientFills} fills each`;
  const times = load.clients.flatMap((client) => client.times);
  const means = load.clients.map(({ meanMs }) => meanMs);
  const turn = median(single.map(({ ms }) => ms)) * counts.clients;
  const [p95, p99] = [0.95, 0.99].map((share) => Math.round(quantile(times, share)));
  const rate = (run) => (run.clients.length * counts.clientFills * 1000) / run.ms;
  const singleRate = 1000 / median(single.map(({ ms }) => ms));
  return [
    line({
      id: "daemon-load",
      what: `${what}: a fill`,
      unit: "ms",
      ours: times,
      reference: { what: "one after the other at a single client's p50", samples: [turn] },
      note: `p95 ${p95}, p99 ${p99}; none lost, none wrong, each client's in order`,
    }),
    line({
      id: "daemon-fair",
      what: `${what}: slowest client, time a fill`,
      unit: "ms",
      ours: [Math.max(...means)],
      reference: { what: "fastest client", samples: [Math.min(...means)] },
      ratioTarget: { most: 2 },
    }),
    line({
      id: "daemon-rate",
      what: `${what}: all of them, 1 worker`,
      unit: "fills/s",
      ours: [rate(load)],
      reference: { what: "a single client", samples: [singleRate] },
    }),
    line({
      id: "daemon-workers",
      what: `${what}: all of them, 2 workers`,
      unit: "fills/s",
      ours: [rate(two)],
      reference: { what: "1 worker", samples: [rate(load)] },
      note:
        rate(two) > rate(load) ? "2 workers are faster here" : "1 worker is as fast here, and the default",
    }),
  ];
}

function memoryLines({ begun, settled, load, after }) {
  return [
    line({
      id: "daemon-memory",
      what: "memory of the daemon, most under load",
      unit: "MiB",
      ours: [load.mostMib],
      reference: { what: MIDI_GPT.name, samples: [MIDI_GPT.mib] },
      valueTarget: { most: 250 },
    }),
    line({
      id: "daemon-memory-after",
      what: "memory of the daemon after the load",
      unit: "MiB",
      ours: [settled],
      reference: { what: "before the load", samples: [begun] },
      ratioTarget: { most: 1.15 },
    }),
    line({
      id: "daemon-loop",
      what: "delay of the event loop, p99 of the whole run",
      unit: "ms",
      ours: [after.eventLoopDelayMs.p99],
      reference: { what: "its p50", samples: [Math.max(0.01, after.eventLoopDelayMs.p50)] },
      valueTarget: { most: 20 },
    }),
  ];
}

async function withWorkers(folder, workers, load) {
  const daemon = await startDaemon(mkdtempSync(join(folder, "daemon-")), workers);
  try {
    return await runLoad(daemon, load);
  } finally {
    await daemon.stop();
  }
}

const SETTLE_MS = 15_000;

async function settle(daemon, client, target) {
  let least = residentMib(daemon);
  for (const end = performance.now() + SETTLE_MS; performance.now() < end && least > target * 1.05; ) {
    await client.call("status", {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    least = Math.min(least, residentMib(daemon));
  }
  return least;
}
