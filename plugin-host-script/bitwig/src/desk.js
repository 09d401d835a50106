// Bitwig's services to a script besides the music: time, messages, sockets. Exceptions in callbacks are reported, not lost.

/** @param {ControllerHost} host @returns {Desk} */
export function createDesk(host) {
  /** @param {unknown} error */
  function textOf(error) {
    // Java exceptions too have a message, but are not an Error.
    var message = error && /** @type {{ message?: unknown }} */ (error).message;
    return message ? String(message) : String(error);
  }

  /**
   * @template {unknown[]} Values
   * @param {(...values: Values) => void} action
   * @returns {(...values: Values) => void}
   */
  function guarded(action) {
    return function () {
      try {
        action.apply(null, /** @type {Values} */ (/** @type {unknown} */ (Array.prototype.slice.call(arguments))));
      } catch (thrown) {
        /** @type {any} */
        var error = thrown;
        host.errorln("Continuo: " + textOf(error) + (error && error.stack ? "\n" + error.stack : ""));
        host.showPopupNotification("Continuo: something is wrong in the script: " + textOf(error));
      }
    };
  }

  return {
    guarded: guarded,
    textOf: textOf,
    later: function (delayMs, action) {
      host.scheduleTask(guarded(action), delayMs);
    },
    say: function (text) {
      host.println("Continuo: " + text);
      host.showPopupNotification("Continuo: " + text);
    },
    connect: function (address, port, connected) {
      host.connectToRemoteHost(address, port, guarded(connected));
    },
    isWindows: function () {
      return host.platformIsWindows();
    }
  };
}
