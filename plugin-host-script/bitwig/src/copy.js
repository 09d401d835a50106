// A launcher clip copied into the next free slot of its track. Bitwig groups no changes of a script into one step of
// undo; a fill in a copy is taken back by deleting the copy.

var SLOTS = 16;
var LOOK_MS = 50;
var LIMIT_MS = 4000;

/**
 * @param {ControllerHost} host
 * @param {Desk} desk
 * @param {Preferences} preferences
 */
export function createCopier(host, desk, preferences) {
  var cursor = host.createCursorTrack("continuo", "Continuo", 0, SLOTS, true);
  var bank = cursor.clipLauncherSlotBank();
  cursor.position().markInterested();
  bank.itemCount().markInterested();
  bank.scrollPosition().markInterested();
  /** @type {ClipLauncherSlot[]} */
  var slots = [];
  for (var i = 0; i < SLOTS; i++) {
    var slot = bank.getItemAt(i);
    slot.hasContent().markInterested();
    slot.sceneIndex().markInterested();
    slots.push(slot);
  }

  /**
   * Look until there is something.
   * @param {() => boolean} look @param {() => boolean} isGivenUp @param {(isThere: boolean) => void} done
   */
  function until(look, isGivenUp, done) {
    var left = LIMIT_MS;
    function again() {
      if (isGivenUp()) return;
      left -= LOOK_MS;
      if (look()) desk.later(preferences.settleMs(), isGivenUp() ? function () {} : done.bind(null, true));
      else if (left < 0) done(false);
      else desk.later(LOOK_MS, again);
    }
    again();
  }

  /** @param {number} first the scene of the clip itself @returns {ClipLauncherSlot | null} */
  function nextFree(first) {
    for (var i = 1; i < SLOTS && first + i < bank.itemCount().get(); i++) {
      if (!slots[i].hasContent().get()) return slots[i];
    }
    return null;
  }

  /**
   * Copy the launcher's clip and select the copy.
   * @param {View} view
   * @param {() => boolean} isGivenUp
   * @param {(problem: string | null) => void} done
   */
  return function copy(view, isGivenUp, done) {
    var scene = view.clip.clipLauncherSlot().sceneIndex();
    var from = scene.get();
    var track = view.clip.getTrack();
    if (cursor.position().get() !== track.position().get()) cursor.selectChannel(track);
    bank.scrollPosition().set(from);
    until(
      function () {
        return cursor.position().get() === track.position().get() && slots[0].sceneIndex().get() === from;
      },
      isGivenUp,
      function (isThere) {
        var free = isThere && slots[0].hasContent().get() ? nextFree(from) : null;
        if (free === null) {
          done('There is no free slot below for a copy; add a scene, or set "Write launcher clips into" to this clip.');
          return;
        }
        var target = free;
        var to = target.sceneIndex().get();
        target.replaceInsertionPoint().copySlotsOrScenes(slots[0]);
        target.select();
        until(
          function () {
            return scene.get() === to && view.exists() && target.hasContent().get();
          },
          isGivenUp,
          function (isSelected) {
            done(isSelected ? null : "The clip could not be copied.");
          }
        );
      }
    );
  };
}
