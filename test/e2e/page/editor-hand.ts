/**
 * Uses the editor like a hand with a mouse: finds bars and notes where they are drawn.
 */
import type { Locator, Page } from "playwright-core";
import type { Roll } from "../../../bridge/client/generated/protocol.ts";
import { Bars } from "../../../bridge/music/bars.ts";
import type { TestDaemon } from "../support/daemon.ts";
import { callDaemon } from "./open-page.ts";

/** Over the middle of the ruler's numbers. */
const ABOVE_NOTES = 12;

export class EditorHand {
  readonly page: Page;
  readonly area: Locator;
  private readonly daemon: TestDaemon;

  constructor(page: Page, daemon: TestDaemon) {
    [this.page, this.daemon] = [page, daemon];
    this.area = page.getByRole("application");
  }

  /** The open song as the daemon has it. */
  async roll(): Promise<Roll> {
    await this.page.waitForURL(/roll=/);
    const rollId = new URLSearchParams(new URL(this.page.url()).hash.slice(1)).get("roll");
    return callDaemon<Roll>(this.daemon, "roll/get", { rollId });
  }

  /** Until nothing is painted any more: what was done is seen, and the window is as large as it will be. */
  async still(): Promise<void> {
    await this.area.evaluate(async () => {
      const painted = () => performance.getEntriesByName("roll-frame").length;
      let before = painted();
      for (let quiet = 0; quiet < 10; ) {
        await new Promise(requestAnimationFrame);
        quiet = painted() === before ? quiet + 1 : 0;
        before = painted();
      }
    });
  }

  /** Where a tick and a pitch are drawn. */
  async pointOf(tick: number, pitch: number): Promise<{ x: number; y: number }> {
    const { view, box } = await this.view();
    return {
      x: box.x + view.left + (tick - view.startTick) / view.ticksPerPixel,
      y: box.y + view.top + (view.topPitch - pitch - 0.5) * view.pixelsPerPitch,
    };
  }

  /** Drag over the bar numbers from the middle of one bar to the middle of another; bars count from 1. */
  async markBars(first: number, last: number): Promise<void> {
    const { song } = await this.roll();
    const bars = new Bars(song.timeSignatures, song.ppq);
    const middle = (bar: number) => (bars.startTick(bar - 1) + bars.endTick(bar - 1)) / 2;
    const [from, to] = [await this.pointOf(middle(first), 60), await this.pointOf(middle(last), 60)];
    const { view, box } = await this.view();
    const y = box.y + view.top - ABOVE_NOTES;
    await this.page.mouse.move(from.x, y);
    await this.page.mouse.down();
    await this.page.mouse.move((from.x + to.x) / 2, y, { steps: 3 });
    await this.page.mouse.move(to.x, y, { steps: 3 });
    await this.page.mouse.up();
  }

  private async view() {
    const box = await this.area.boundingBox();
    if (box === null) throw new Error("the roll is not on screen");
    const told = await this.area.evaluate((element) => ({ ...(element as HTMLElement).dataset }));
    const number = (name: string) => Number(told[name]);
    return {
      box,
      view: {
        startTick: number("startTick"),
        ticksPerPixel: number("ticksPerPixel"),
        topPitch: number("topPitch"),
        pixelsPerPitch: number("pixelsPerPitch"),
        left: number("left"),
        top: number("top"),
      },
    };
  }
}

/** Drop a file onto the page as the file manager does. */
export function dropFile(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  return dropFiles(page, [[name, bytes]]);
}

export async function dropFiles(
  page: Page,
  files: readonly [name: string, bytes: Uint8Array][],
): Promise<void> {
  const transfer = await page.evaluateHandle(
    (sent) => {
      const made = new DataTransfer();
      for (const { name, base64 } of sent) {
        const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        made.items.add(new File([content], name, { type: "audio/midi" }));
      }
      return made;
    },
    files.map(([name, bytes]) => ({ name, base64: Buffer.from(bytes).toString("base64") })),
  );
  const target = page.locator("body");
  for (const type of ["dragenter", "dragover", "drop"])
    await target.dispatchEvent(type, { dataTransfer: transfer });
}
