/**
 * The order in which several lanes are filled: that in which a band is written, which the daemon knows, so that each hears
 * those that it follows.
 */
import type { ExtensionContext } from "@ableton-extensions/sdk";
import type { Track } from "../../bridge/client/generated/protocol.ts";
import type { Filling } from "./fill.ts";
import { idOf } from "./numbers.ts";
import { withProgress } from "./progress.ts";
import { requestOf } from "./request.ts";
import { notesOf, type Target } from "./target.ts";

/**
 * Targets of one track stay in their order.
 * @returns undefined where the musician gave up
 * @throws Notice; BridgeError DAEMON_NOT_RUNNING, DAEMON_NOT_STARTED
 */
export async function inOrder(
  { context, daemon, settings }: Filling,
  targets: readonly Target[],
): Promise<readonly Target[] | undefined> {
  const ids = new Set(targets.map(({ track }) => idOf(track)));
  if (ids.size < 2) return targets;
  const asked = targets.map((target) => {
    const options = {
      notes: notesOf(target),
      mode: "fill",
      settings: settings.read(),
      isLocked: () => false,
    } as const;
    const { request } = requestOf(context, target, options);
    const own = request.tracks.find(({ id }) => id === request.region.trackId);
    return { target, request, trackId: request.region.trackId, own };
  });
  const tracks = new Map<string, Track>();
  for (const { own } of asked) if (own !== undefined && !tracks.has(own.id)) tracks.set(own.id, own);
  const [first] = asked;
  if (first === undefined) return targets;
  const { ppq, tempoMap, timeSignatures } = first.request;
  const song = { ppq, tempoMap, timeSignatures, tracks: [...tracks.values()] };
  const order = await withDialog(context, daemon.isRunning, (events) => daemon.order(song, events));
  if (order === "given up") return undefined;
  const rank = (trackId: string) => {
    const at = order?.indexOf(trackId) ?? -1;
    return at < 0 ? tracks.size : at;
  };
  return asked.sort((a, b) => rank(a.trackId) - rank(b.trackId)).map(({ target }) => target);
}

/** The daemon answers at once where it runs; its start takes a while. */
async function withDialog<T>(
  context: ExtensionContext,
  isQuick: boolean,
  work: (events: Parameters<Parameters<typeof withProgress>[2]>[0]) => Promise<T>,
): Promise<T | "given up"> {
  if (isQuick) return await work({ onStage: () => {} });
  const outcome = await withProgress(context.ui, "Continuo looks at the tracks", async (events) => ({
    value: await work(events),
  }));
  return outcome === undefined ? "given up" : outcome.value;
}
