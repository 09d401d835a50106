// The two clips that a script can see: the one selected in the launcher and the one selected in the arranger.
import { KEYS, PAGE_STEPS } from "./cells.js";
import { ARRANGER, LAUNCHER } from "./settings.js";
import { createView } from "./view.js";

/**
 * @param {ControllerHost} host
 * @param {Desk} desk
 * @param {Preferences} preferences
 */
export function createClips(host, desk, preferences) {
  var touches = 0;

  function nextTouch() {
    touches += 1;
    return touches;
  }

  var launcherClip = host.createLauncherCursorClip(PAGE_STEPS, KEYS);
  var launcher = createView("launcher", launcherClip, desk, preferences.settleMs, nextTouch);
  var arrangerClip = host.createArrangerCursorClip(PAGE_STEPS, KEYS);
  var arranger = createView("arranger", arrangerClip, desk, preferences.settleMs, nextTouch);

  return {
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
