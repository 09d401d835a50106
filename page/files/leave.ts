/**
 * Exports: to a file, to a folder, to a waiting host.
 */
import { BridgeError } from "../../bridge/bridge-error.ts";
import { plural } from "../../bridge/plural.ts";
import type { Store } from "../state.ts";
import { downloadPath, fileNameOf } from "./file-name.ts";
import { hostTitle } from "./host-title.ts";

/** Until then the browser has taken what it downloads. */
const KEPT_MS = 60_000;

/** Have the browser fetch the song as a MIDI file, with every change in it. */
export async function download(store: Store): Promise<void> {
  const roll = store.roll.value;
  if (roll === undefined) return;
  try {
    await store.client.settled();
    const answer = await fetch(downloadPath(roll.rollId, roll.title));
    // The browser would say of a link only that it failed.
    if (!answer.ok) throw await errorOf(answer);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = `${fileNameOf(roll.title)}.mid`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
  } catch (thrown) {
    store.fail(thrown);
  }
}

/** What the daemon said in place of a file. */
async function errorOf(answer: Response): Promise<BridgeError> {
  const { error }: { error?: { code: string; message: string } } = await answer.json();
  return new BridgeError(error?.code ?? "", error?.message ?? "the file cannot be written");
}

/** @returns where it lies now; undefined where it failed, which was said */
export async function saveToFolder(store: Store): Promise<string | undefined> {
  const roll = store.roll.value;
  if (roll === undefined) return undefined;
  try {
    await store.client.settled();
    return (await store.client.daemon.call("roll/export", { rollId: roll.rollId })).path;
  } catch (thrown) {
    store.fail(thrown);
    return undefined;
  }
}

/** Send the notes of the region to the host that waits for them. */
export async function sendToHost(store: Store): Promise<void> {
  const roll = store.roll.value;
  if (roll === undefined || roll.host === null) return;
  const { name } = roll.host;
  try {
    await store.client.settled();
    const { noteCount } = await store.client.daemon.call("roll/return", { rollId: roll.rollId });
    store.tell("info", `Sent ${plural(noteCount, "note")} to ${hostTitle(name)}.`);
    noLongerWaits(store);
  } catch (thrown) {
    store.fail(thrown);
  }
}

/** Tell the host that waits that it keeps what it has. */
export async function declineHost(store: Store): Promise<void> {
  const roll = store.roll.value;
  if (roll === undefined || roll.host === null) return;
  const { name } = roll.host;
  try {
    await store.client.daemon.call("roll/decline", { rollId: roll.rollId });
    store.tell("info", `${hostTitle(name)} keeps the notes it has.`);
    noLongerWaits(store);
  } catch (thrown) {
    store.fail(thrown);
  }
}

function noLongerWaits(store: Store): void {
  const roll = store.roll.value;
  if (roll !== undefined) store.roll.value = { ...roll, host: null };
}

/**
 * What a drag carries: for Chromium a file to fetch, by a name and an address; for others the address.
 * @param address  whole
 */
export function carry(transfer: DataTransfer, title: string, address: string): void {
  transfer.effectAllowed = "copy";
  transfer.setData("DownloadURL", `audio/midi:${fileNameOf(title)}.mid:${address}`);
  transfer.setData("text/uri-list", address);
}
