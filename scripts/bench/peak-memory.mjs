// Loaded with --import into a process: writes its peak memory in MiB to CONTINUO_BENCH_PEAK when it ends.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const file = process.env.CONTINUO_BENCH_PEAK;

/** Linux counts the parent's memory into maxRSS of a new process, so its own file is asked first. */
function peakMib() {
  const status = "/proc/self/status";
  const kib = existsSync(status) && /^VmHWM:\s+(\d+)/m.exec(readFileSync(status, "utf8"))?.[1];
  return (kib ? Number(kib) : process.resourceUsage().maxRSS) / 1024;
}

if (file !== undefined) process.on("exit", () => writeFileSync(file, String(peakMib())));
