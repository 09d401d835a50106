// The two clips that a script can see: the selected one of the launcher and the selected one of the arranger.
import { KEYS, PAGE_STEPS } from "./cells.js";
import { ticksFromBeats } from "./grid.js";
import { createPages } from "./pages.js";
import { ARRANGER, LAUNCHER } from "./settings.js";

var DEVICES = 4;

/**
 * @param {ControllerHost} host
 * @param {Desk} desk
 * @param {Preferences} preferences
 */
export function createClips(host, desk, preferences) {
  var touches = 0;

  /** @param {"launcher" | "arranger"} kind @param {Clip} clip @returns {View} */
  function view(kind, clip) {
    var track = clip.getTrack();
    var slot = kind === "launcher" ? clip.clipLauncherSlot() : null;
    var devices = track.createDeviceBank(DEVICES);
    /** @type {Device[]} */
    var devicesOfTrack = [];
    for (var i = 0; i < DEVICES; i++) devicesOfTrack.push(devices.getItemAt(i));
    var touched = 0;
    var pages = createPages(clip, desk, preferences.settleMs, signature, touch);

    function touch() {
      if (pages.isBusy()) return;
      touches += 1;
      touched = touches;
    }

    function id() {
      var scene = slot === null ? "" : String(slot.sceneIndex().get());
      return [kind, track.position().get(), String(track.name().get()), scene].join("|");
    }

    /** @returns {Span} */
    function span() {
      var start = ticksFromBeats(clip.getPlayStart().get());
      var end = ticksFromBeats(stopOf(clip));
      if (clip.isLoopEnabled().get()) {
        start = Math.min(start, loop().startTick);
        end = loop().endTick;
      }
      return { startTick: Math.max(0, start), endTick: Math.max(0, end) };
    }

    /** @returns {Span} */
    function loop() {
      if (!clip.isLoopEnabled().get()) return span();
      var start = ticksFromBeats(clip.getLoopStart().get());
      var end = start + ticksFromBeats(clip.getLoopLength().get());
      return { startTick: Math.max(0, start), endTick: Math.max(0, end) };
    }

    function signature() {
      var whole = span();
      return [id(), whole.startTick, whole.endTick, ticksFromBeats(clip.getLoopStart().get())].join("|");
    }

    clip.exists().addValueObserver(touch);
    clip.getPlayStart().addValueObserver(touch);
    clip.getPlayStop().addValueObserver(touch);
    clip.isLoopEnabled().addValueObserver(touch);
    clip.getLoopStart().addValueObserver(touch);
    clip.getLoopLength().addValueObserver(touch);
    track.name().addValueObserver(touch);
    track.position().addValueObserver(touch);
    if (slot !== null) slot.sceneIndex().addValueObserver(touch);
    devicesOfTrack.forEach(function (device) {
      device.exists().markInterested();
      device.hasDrumPads().markInterested();
    });

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
      span: span,
      loop: loop,
      trackName: function () {
        return String(track.name().get());
      },
      hasDrumPads: function () {
        return devicesOfTrack.some(function (device) {
          return device.exists().get() && device.hasDrumPads().get();
        });
      }
    };
  }

  /**
   * Where the clip ends that does not loop. Of getPlayStop the API's text says that it is the length of the clip; its
   * name, and what others saw, that it is a place. Where the loop begins with the clip, it tells which.
   * @param {Clip} clip
   */
  function stopOf(clip) {
    var start = clip.getPlayStart().get();
    var stop = clip.getPlayStop().get();
    var isLoopOfClip = ticksFromBeats(clip.getLoopStart().get()) === ticksFromBeats(start);
    var isLength = isLoopOfClip && ticksFromBeats(clip.getLoopLength().get()) === ticksFromBeats(stop);
    return isLength || stop <= start ? start + stop : stop;
  }

  var launcher = view("launcher", host.createLauncherCursorClip(PAGE_STEPS, KEYS));
  var arranger = view("arranger", host.createArrangerCursorClip(PAGE_STEPS, KEYS));

  return {
    launcher: launcher,
    /**
     * The clip that is meant. @param {string} kind as the setting says
     * @returns {View | null}
     */
    current: function (kind) {
      var wanted = kind === LAUNCHER ? [launcher] : kind === ARRANGER ? [arranger] : [launcher, arranger];
      var there = wanted.filter(function (each) {
        return each.exists();
      });
      there.sort(function (a, b) {
        return b.touched() - a.touched();
      });
      return there.length > 0 ? there[0] : null;
    }
  };
}
