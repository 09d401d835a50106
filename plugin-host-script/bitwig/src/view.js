// One clip that a script can see: its bounds, its track, and the pages of its notes.
import { ticksFromBeats } from "./grid.js";
import { createPages } from "./pages.js";

var DEVICES = 4;

/**
 * @param {"launcher" | "arranger"} kind
 * @param {Clip} clip
 * @param {Desk} desk
 * @param {() => number} settleMs how long Bitwig takes to show another page, or what was written
 * @param {() => number} nextTouch a number that rises: the clip with the highest was touched last
 * @returns {View}
 */
export function createView(kind, clip, desk, settleMs, nextTouch) {
  var track = clip.getTrack();
  var slot = kind === "launcher" ? clip.clipLauncherSlot() : null;
  var devices = devicesOf(track);
  var touched = 0;
  var pages = createPages(clip, desk, settleMs, signature, touch);

  function touch() {
    if (!pages.isBusy()) touched = nextTouch();
  }

  function id() {
    var scene = slot === null ? "" : String(slot.sceneIndex().get());
    return [kind, track.position().get(), String(track.name().get()), scene].join("|");
  }

  function signature() {
    var whole = spanOf(clip);
    return [id(), whole.startTick, whole.endTick, ticksFromBeats(clip.getLoopStart().get())].join("|");
  }

  observe(clip, track, slot, touch);

  return {
    kind: kind,
    clip: clip,
    pages: pages,
    exists: function () {
      return clip.exists().get();
    },
    touched: function () {
      return touched;
    },
    id: id,
    signature: signature,
    span: spanOf.bind(null, clip),
    loop: loopOf.bind(null, clip),
    trackName: function () {
      return String(track.name().get());
    },
    hasDrumPads: function () {
      return devices.some(function (device) {
        return device.exists().get() && device.hasDrumPads().get();
      });
    }
  };
}

/** The first devices of a track. @param {Track} track @returns {Device[]} */
function devicesOf(track) {
  var bank = track.createDeviceBank(DEVICES);
  /** @type {Device[]} */
  var devices = [];
  for (var i = 0; i < DEVICES; i++) devices.push(bank.getItemAt(i));
  devices.forEach(function (device) {
    device.exists().markInterested();
    device.hasDrumPads().markInterested();
  });
  return devices;
}

/**
 * Call `touch` when another clip is selected, or its bounds change.
 * @param {Clip} clip @param {Track} track @param {ClipLauncherSlot | null} slot @param {() => void} touch
 */
function observe(clip, track, slot, touch) {
  clip.exists().addValueObserver(touch);
  clip.getPlayStart().addValueObserver(touch);
  clip.getPlayStop().addValueObserver(touch);
  clip.isLoopEnabled().addValueObserver(touch);
  clip.getLoopStart().addValueObserver(touch);
  clip.getLoopLength().addValueObserver(touch);
  track.name().addValueObserver(touch);
  track.position().addValueObserver(touch);
  if (slot !== null) slot.sceneIndex().addValueObserver(touch);
}

/** What of a clip is heard. @param {Clip} clip @returns {Span} */
function spanOf(clip) {
  var start = ticksFromBeats(clip.getPlayStart().get());
  var end = ticksFromBeats(stopOf(clip));
  if (clip.isLoopEnabled().get()) {
    var loop = loopOf(clip);
    start = Math.min(start, loop.startTick);
    end = loop.endTick;
  }
  return { startTick: Math.max(0, start), endTick: Math.max(0, end) };
}

/** The loop; all of a clip that does not loop. @param {Clip} clip @returns {Span} */
function loopOf(clip) {
  if (!clip.isLoopEnabled().get()) return spanOf(clip);
  var start = ticksFromBeats(clip.getLoopStart().get());
  var end = start + ticksFromBeats(clip.getLoopLength().get());
  return { startTick: Math.max(0, start), endTick: Math.max(0, end) };
}

/**
 * Where a clip that does not loop ends. The API's text on getPlayStop says that it is the length of the clip; its
 * name, and what others saw, that it is a position. Where the loop begins with the clip, it tells which.
 * @param {Clip} clip
 */
function stopOf(clip) {
  var start = clip.getPlayStart().get();
  var stop = clip.getPlayStop().get();
  var isLoopOfClip = ticksFromBeats(clip.getLoopStart().get()) === ticksFromBeats(start);
  var isLength = isLoopOfClip && ticksFromBeats(clip.getLoopLength().get()) === ticksFromBeats(stop);
  return isLength || stop <= start ? start + stop : stop;
}
