/**
 * Metrics for Prometheus, and the few that `status` reports.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { WriteProblems } from "../storage/write-problems.ts";
import type { Job } from "./job.ts";
import type { Jobs } from "./jobs.ts";

const NANOSECONDS_A_MS = 1e6;
/** How finely the loop is watched, which its own figures include. */
const LOOP_RESOLUTION_MS = 10;

export class Metrics {
  private readonly registry = new Registry();
  private readonly loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  private readonly fills: Counter<"state">;
  private readonly notes: Counter;
  private readonly duration: Histogram;
  private readonly waited: Histogram;
  private readonly messages: Counter<"transport">;

  constructor() {
    const registers = [this.registry];
    this.loop.enable();
    collectDefaultMetrics({ register: this.registry, prefix: "continuo_" });
    const seconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    this.fills = new Counter({
      name: "continuo_fills_total",
      help: "Fills by how they ended",
      labelNames: ["state"],
      registers,
    });
    this.notes = new Counter({ name: "continuo_notes_total", help: "Notes of all candidates", registers });
    this.duration = new Histogram({
      name: "continuo_fill_seconds",
      help: "From the request to the answer",
      buckets: seconds,
      registers,
    });
    this.waited = new Histogram({
      name: "continuo_fill_compute_seconds",
      help: "Of that, the time in the model",
      buckets: seconds,
      registers,
    });
    this.messages = new Counter({
      name: "continuo_messages_total",
      help: "Messages by transport",
      labelNames: ["transport"],
      registers,
    });
  }

  /** Gauges that are read when they are asked for. */
  watch(
    jobs: Jobs,
    problems: WriteProblems,
    doors: { readonly connections: number; readonly strangers: number },
  ): void {
    const registers = [this.registry];
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    gauge("continuo_fills_queued", "Fills that wait", () => jobs.counts.queued);
    gauge("continuo_fills_running", "Fills that run", () => jobs.counts.running);
    gauge("continuo_write_problems", "Files that cannot be written now", () => problems.entries.length);
    gauge("continuo_write_failures", "Writes that failed since the start", () => problems.failures);
    gauge("continuo_connections", "Clients with an open connection", () => doors.connections);
    gauge("continuo_strangers", "Connections that have not shown the token", () => doors.strangers);
  }

  ended(job: Job): void {
    this.fills.inc({ state: job.state });
    this.duration.observe(((job.endedAt ?? performance.now()) - job.startedAt) / 1e3);
    if (job.result === null) return;
    this.waited.observe(job.result.timings.totalMs / 1e3);
    this.notes.inc(job.result.candidates.reduce((sum, candidate) => sum + candidate.notes.length, 0));
  }

  message(transport: string): void {
    this.messages.inc({ transport });
  }

  /** Delay beyond what the watching itself takes. */
  get eventLoopDelayMs(): { p50: number; p99: number } {
    const at = (percentile: number) =>
      Math.max(0, this.loop.percentile(percentile) / NANOSECONDS_A_MS - LOOP_RESOLUTION_MS);
    return { p50: at(50), p99: at(99) };
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  close(): void {
    this.loop.disable();
    this.registry.clear();
  }
}
