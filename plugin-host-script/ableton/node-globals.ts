/**
 * Live runs extensions without most of Node's globals (URL, performance and others are missing): the build gives these
 * to every file that names them, including those of packages.
 */
import process from "node:process";

export { Buffer } from "node:buffer";
export { performance } from "node:perf_hooks";
export { clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from "node:timers";
export { URL, URLSearchParams } from "node:url";
export { TextDecoder, TextEncoder } from "node:util";
export { process };

export function queueMicrotask(task: () => void): void {
  void Promise.resolve().then(task);
}
