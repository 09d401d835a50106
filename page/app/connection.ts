/**
 * The connection of the page: opened once the page is drawn, watched, and the view is refreshed when it returns.
 */
import { BridgeError } from "../../bridge/bridge-error.ts";
import { Client, type Socket } from "../../bridge/client/browser.ts";
import { differences, inverseOf } from "../document/change.ts";
import { PageClient, type Roll } from "../page-client.ts";
import { Store } from "../state.ts";

const RETRY_MS = [200, 500, 1_000, 2_000];
/** A daemon that is briefly busy does not need a banner. */
const GRACE_MS = 400;
const FORBIDDEN = new Set(["TOKEN_MISSING", "TOKEN_WRONG", "ORIGIN_FORBIDDEN", "HOST_FORBIDDEN"]);

/** The store with its client, which is not connected yet. */
export function newStore(): Store {
  const client: Client = new Client({
    name: "page",
    reconnect: true,
    endpoint: () => ({ url: location.origin }),
    createSocket: (address) => new WebSocket(address) as unknown as Socket,
    onConnection: (isConnected) => {
      if (!isConnected) connectStore(store);
    },
  });
  const store: Store = new Store(new PageClient(client));
  return store;
}

/**
 * Connect, as long as it takes, and then bring page and daemon together.
 * @returns once connected, or refused for good
 */
export async function connectStore(store: Store): Promise<void> {
  const { connection, client } = store;
  const isFirst = connection.value === "connecting";
  const late = setTimeout(() => {
    if (!isFirst) connection.value = "lost";
  }, GRACE_MS);
  for (let attempt = 0; ; attempt += 1) {
    try {
      await client.daemon.connect();
      await heal(store);
      clearTimeout(late);
      connection.value = "open";
      return;
    } catch (thrown) {
      if (thrown instanceof BridgeError && FORBIDDEN.has(thrown.code)) {
        clearTimeout(late);
        connection.value = "forbidden";
        return;
      }
      if (!(thrown instanceof BridgeError && thrown.retryable)) {
        // Connected, and something else is wrong, such as a roll that the daemon does not have.
        clearTimeout(late);
        connection.value = "open";
        store.fail(thrown);
        return;
      }
      // At the start as well: somebody looks at an empty page.
      if (attempt > 1) connection.value = "lost";
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]));
    }
  }
}

/** Send what was not sent, and take over what others did in the meantime. */
export async function heal(store: Store): Promise<void> {
  const { client } = store;
  const unsentRollId = client.unsentRollId;
  const openRollId = store.roll.value?.rollId;
  const rollId = unsentRollId ?? openRollId;
  if (rollId === undefined) return;
  // A daemon that was started again must hear that the song is open here.
  if (openRollId !== undefined && openRollId !== rollId)
    await client.daemon.call("roll/get", { rollId: openRollId });
  const known = client.versionOf(rollId);
  const there = await client.daemon.call("roll/get", { rollId });
  const unreadable = there.warnings.find(({ code }) => code === "ROLL_UNREADABLE");
  // The song without its changes is not what was here: wait until the daemon can read them.
  if (unreadable !== undefined)
    throw new BridgeError(unreadable.code, unreadable.message, { retryable: true });
  client.resume(there);
  // A refused change is reported by its author.
  await client.settled().catch(() => {});
  if (rollId !== openRollId) return;
  // Effects of the first unsent change that were already there are not reported.
  const isNews = there.version !== known;
  if (isNews) await meet(store, there, known ?? 0);
  const { song: _, warnings: __, earlier: ___, ...entry } = there;
  if (store.roll.value?.rollId === rollId)
    store.roll.value = { ...entry, version: client.versionOf(rollId) ?? 0 };
}

/** The same song here and there. */
async function meet(store: Store, { rollId, version }: Roll, known: number): Promise<void> {
  const { client } = store;
  const now = await client.get(rollId);
  // Somebody is just editing: the next answer tells.
  if (client.unsent.value > 0) return;
  store.meetTracks(now.song.tracks);
  const changes = differences(store.song.value, now.song);
  if (changes.length === 0) return;
  if (version < known) {
    // The daemon has lost what it had confirmed; here it is.
    await client.edit(rollId, inverseOf(changes));
    return;
  }
  store.takeOver(changes);
}
