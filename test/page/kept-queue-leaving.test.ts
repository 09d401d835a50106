/**
 * What is sent when the page is left.
 */
import { expect, test } from "vitest";
import { KeptQueue } from "../../page/keeping/kept-queue.ts";

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
