/**
 * Which tracks are drums: those with a drum rack, in however many other racks it is, or a name that says so.
 */
import { type Device, DrumChain, DrumRack, RackDevice, type Track } from "@ableton-extensions/sdk";

const DRUM_NAME = /drum|percussion|\bperc\b|\bkit\b/i;
/** Racks in racks; Live's own kits have one or two. */
const MOST_RACKS = 32;

export function isDrums(track: Track): boolean {
  return hasDrumRack(track.devices, MOST_RACKS) || DRUM_NAME.test(track.name);
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
