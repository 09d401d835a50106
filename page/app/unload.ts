/**
 * Leaving the page: warns before anything is lost, and reports uncaught errors.
 */
import type { Store } from "../state.ts";

/** Ask before the page is closed with changes that the daemon does not have, and tell of errors that nobody caught. */
export function warnBeforeLoss(store: Store): void {
  addEventListener("beforeunload", (event) => {
    if (store.client.unsent.value > 0) event.preventDefault();
  });
  addEventListener("error", ({ message, error }) => {
    // Browsers say this of a layout that takes two turns; nothing is lost by it.
    if (!message.startsWith("ResizeObserver")) store.fail(error ?? message);
  });
  addEventListener("unhandledrejection", ({ reason }) => store.fail(reason));
}
