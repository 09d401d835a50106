/**
 * Recognises drum tracks: those with a drum rack, however deeply nested. For others the daemon
 * finds out by their names.
 */
import { type Device, DrumChain, DrumRack, RackDevice, type Track } from "@ableton-extensions/sdk";

/** Racks in racks; Live's own kits have one or two. */
const MOST_RACKS = 32;

export function isKnownAsDrums(track: Track): boolean {
  return hasDrumRack(track.devices, MOST_RACKS);
}

function hasDrumRack(devices: readonly Device[], depth: number): boolean {
  return devices.some((device) => {
    if (device instanceof DrumRack) return true;
    if (!(device instanceof RackDevice) || depth === 0) return false;
    // Some drum racks come as plain ones, with the chains of pads.
    const { chains } = device;
    return chains.some((chain) => chain instanceof DrumChain || hasDrumRack(chain.devices, depth - 1));
  });
}
