// The two clips that a script can see: the selected one of the launcher and the selected one of the arranger.
import { ticksFromBeats } from "./grid.js";
import { PAGE_STEPS, createPages } from "./pages.js";

var KEYS = 128;
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
    var pages = createPages(clip, desk, preferences.settleMs);

    function touch() {
      if (pages.isBusy()) return;
      touches += 1;
      touched = touches;
    }

    clip.addNoteStepObserver(touch);
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
      id: function () {
        var scene = slot === null ? "" : String(slot.sceneIndex().get());
        return [kind, track.position().get(), String(track.name().get()), scene].join("|");
      },
      signature: function () {
        var span = this.span();
        return [this.id(), span.startTick, span.endTick, ticksFromBeats(clip.getLoopStart().get())].join("|");
      },
      span: function () {
        var start = ticksFromBeats(clip.getPlayStart().get());
        var end = ticksFromBeats(clip.getPlayStop().get());
        if (clip.isLoopEnabled().get()) {
          var loop = this.loop();
          start = Math.min(start, loop.startTick);
          end = loop.endTick;
        }
        return { startTick: Math.max(0, start), endTick: Math.max(0, end) };
      },
      loop: function () {
        var start = ticksFromBeats(clip.getLoopStart().get());
        var end = start + ticksFromBeats(clip.getLoopLength().get());
        if (!clip.isLoopEnabled().get()) return this.span();
        return { startTick: Math.max(0, start), endTick: Math.max(0, end) };
      },
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

  var launcher = view("launcher", host.createLauncherCursorClip(PAGE_STEPS, KEYS));
  var arranger = view("arranger", host.createArrangerCursorClip(PAGE_STEPS, KEYS));

  return {
    launcher: launcher,
    /**
     * The clip that is meant. @param {string} kind as the setting says
     * @returns {View | null}
     */
    current: function (kind) {
      var wanted = kind === "Launcher" ? [launcher] : kind === "Arranger" ? [arranger] : [launcher, arranger];
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
