/**
 * Keeps the store's knowledge of what the daemon cannot write: as it was when the page connected, and every change.
 */
import { effect } from "@preact/signals";
import type { Store } from "../state.ts";

/** @returns how to end it */
export function watchWriting(store: Store): () => void {
  const { daemon } = store.client;
  const stop = daemon.on("status/writing", ({ problems }) => {
    store.writeProblems.value = problems;
  });
  const dispose = effect(() => {
    if (store.connection.value !== "open") return;
    daemon.call("status", {}).then(
      ({ writeProblems }) => {
        store.writeProblems.value = writeProblems;
      },
      // An earlier daemon, or one that just went: the next notification tells.
      () => {},
    );
  });
  return () => {
    stop();
    dispose();
  };
}
