/**
 * What is sent when the page is left, and when the daemon cannot write.
 */
import { expect, onTestFinished, test, vi } from "vitest";
import { BridgeError } from "../../bridge/bridge-error.ts";
import { KeptQueue } from "../../page/keeping/kept-queue.ts";
import { UNWRITTEN_MS } from "../../page/ui/is-away.ts";

test("what waits behind a message that is on its way is sent before the page goes", () => {
  const sent: unknown[] = [];
  const never = new Promise<never>(() => {});
  const call = (_method: string, params: unknown) => {
    sent.push(params);
    return never;
  };
  const queue = new KeptQueue({ call } as unknown as ConstructorParameters<typeof KeptQueue>[0]);
  queue.keep("a", new Map([["view", "1"]]), () => true);
  queue.sendNow();
  queue.keep("a", new Map([["view", "2"]]), () => true);
  queue.sendNow();
  expect(sent).toMatchObject([{ texts: [{ text: "1" }] }, { texts: [{ text: "2" }] }]);
});

test("what cannot be written is sent again, with what came since", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const sent: unknown[] = [];
  const call = async (_method: string, params: unknown) => {
    sent.push(params);
    if (sent.length === 1) throw new BridgeError("CHANGE_NOT_WRITTEN", "full", { retryable: true });
    return { kept: true };
  };
  const queue = new KeptQueue({ call } as unknown as ConstructorParameters<typeof KeptQueue>[0]);
  queue.keep(
    "a",
    new Map([
      ["view", "1"],
      ["step", "2"],
    ]),
    () => true,
  );
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(UNWRITTEN_MS);
  expect(sent.at(-1)).toMatchObject({
    texts: [
      { name: "view", text: "1" },
      { name: "step", text: "2" },
    ],
  });
  await vi.advanceTimersByTimeAsync(10 * UNWRITTEN_MS);
  expect(sent).toHaveLength(2);
});
