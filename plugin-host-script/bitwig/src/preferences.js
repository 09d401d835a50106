// Preferences for all projects: where the daemon is, for a Bitwig that does not let scripts read files, and how long
// to wait for the clip's grid.

var GROUP = "Daemon (only where it is not found by itself)";

/** @param {ControllerHost} host @returns {Preferences} */
export function createPreferences(host) {
  var stored = host.getPreferences();
  var home = stored.getStringSetting("Folder (CONTINUO_HOME)", GROUP, 200, "");
  var port = stored.getNumberSetting("TCP port", GROUP, 0, 65535, 1, "", 0);
  var token = stored.getStringSetting("Token (continuo token)", GROUP, 64, "");
  var settle = stored.getNumberSetting("Wait for a page of notes", "Grid", 20, 1000, 10, "ms", 150);
  home.markInterested();
  port.markInterested();
  token.markInterested();
  settle.markInterested();
  return {
    home: function () {
      return String(home.get());
    },
    port: function () {
      return Math.round(port.getRaw());
    },
    token: function () {
      return String(token.get()).replace(/\s+/g, "");
    },
    settleMs: function () {
      return Math.round(settle.getRaw());
    }
  };
}
