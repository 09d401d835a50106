/**
 * A track's row in Ardour's window, where the mouse finds it.
 */
import { until } from "../../../e2e/support/wait.ts";
import type { Ardour } from "./window.ts";

/** Below the rulers. */
const TOP = 340;
const BOTTOM = 620;
const STEP = 20;
/** Inside of the view, right of the tracks' names. */
const FROM_X = 600;
const TO_X = 700;

export interface Row {
  y: number;
  /** Where a sample is on the screen, in pixels. */
  xOfSample(sample: number): number;
  /** Where a time is. */
  xOf(tick: number): Promise<number>;
}

interface Range {
  startSample: number;
  endSample: number;
  tracks: string[];
}

export async function selectedRange(ardour: Ardour): Promise<Range> {
  const [startSample = "0", endSample = "0", ...tracks] = (
    await ardour.lua(`
      local selected, found = Editor:get_selection(), {}
      found[1], found[2] = selected.time:start_sample(), selected.time:end_sample()
      local routes = selected.tracks:routelist() for route in routes:iter() do found[#found + 1] = route:name() end
      return table.concat(found, "|")`)
  ).split("|");
  return { startSample: Number(startSample), endSample: Number(endSample), tracks };
}

/**
 * Draw a range with the mouse in Ardour's range tool.
 * @param isThere  whether the range is as far as the mouse, which is let go then
 */
async function drag(
  { screen, ...ardour }: Ardour,
  y: number,
  [fromX, toX]: readonly [number, number],
  isThere: (range: Range) => boolean,
): Promise<Range> {
  await screen.move(fromX, y);
  await screen.button("down");
  await screen.move((fromX + toX) / 2, y);
  try {
    return await until("the range", async () => {
      await screen.move(toX - 1, y);
      await screen.move(toX, y);
      const range = await selectedRange({ screen, ...ardour });
      return range.endSample > range.startSample && isThere(range) && range;
    });
  } finally {
    await screen.button("up");
  }
}

/** Draw a range from one pixel to another. */
export function dragRange(ardour: Ardour, row: Row, fromX: number, toX: number): Promise<Range> {
  const isNear = (sample: number, x: number) => Math.abs(row.xOfSample(sample) - Math.round(x)) <= 1;
  return drag(
    ardour,
    row.y,
    [fromX, toX],
    ({ startSample, endSample }) => isNear(startSample, fromX) && isNear(endSample, toX),
  );
}

/** Look for a track's row by drawing ranges from the top on. */
export async function findRow(ardour: Ardour, track: string): Promise<Row> {
  const samplesPerPixel = Number(await ardour.lua("return Editor:get_current_zoom()"));
  for (let y = TOP; y < BOTTOM; y += STEP) {
    await ardour.deselect();
    const range = await drag(ardour, y, [FROM_X, TO_X], ({ tracks }) => tracks.length > 0);
    if (range.tracks.join() !== track) continue;
    const origin = FROM_X - range.startSample / samplesPerPixel;
    const xOfSample = (sample: number) => origin + sample / samplesPerPixel;
    const xOf = async (tick: number) => {
      const beats = `Temporal.Beats(${Math.floor(tick / 1920)}, ${tick % 1920})`;
      return xOfSample(Number(await ardour.lua(`return Temporal.TempoMap.read():sample_at_beats(${beats})`)));
    };
    return { y, xOfSample, xOf };
  }
  throw new Error(`the mouse finds no track "${track}"`);
}
