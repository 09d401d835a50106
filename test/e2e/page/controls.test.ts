/**
 * Buttons and sliders can be pressed where they are drawn, and have names.
 */
import { expect } from "vitest";
import { chromium, testWith } from "../support/needs.ts";
import { fillChosenBars, openSong } from "./song-of-parts.ts";

const test = testWith("Chromium", chromium !== undefined);

test("mute and solo are pressed beside a volume slider that has the focus, in every track", async () => {
  const { page } = await openSong(6);
  const rows = page.locator(".track");
  for (let at = 0; at < 6; at += 1) {
    await rows
      .nth((at + 5) % 6)
      .getByRole("slider")
      .focus();
    for (const name of ["Mute", "Solo"]) {
      const button = rows.nth(at).getByRole("button", { name: new RegExp(`^${name}`) });
      const box = await button.boundingBox();
      if (box === null) throw new Error("no button");
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      // Nothing has moved under the pointer.
      expect(await button.boundingBox()).toEqual(box);
      await page.mouse.up();
      expect(await button.getAttribute("aria-pressed"), `${name} of track ${at + 1}`).toBe("true");
    }
  }
});

test("sliders have names, everywhere", async () => {
  const { page } = await openSong();
  await fillChosenBars(page);
  await page.locator(".fill-more > summary").click();
  const sliders = page.locator('input[type="range"], [role="slider"]');
  const snapshot = await page.locator("body").ariaSnapshot();
  const named = snapshot.split("\n").filter((line) => /- slider "[^"]+"/.test(line));
  expect(snapshot.split("\n").filter((line) => /- slider(?! ")/.test(line))).toEqual([]);
  expect(named.length).toBe(await sliders.filter({ visible: true }).count());
});
