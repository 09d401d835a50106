// Reaches the daemon: finds it, starts it if it is not running, greets it. One connection, opened again if it is lost.
import { connectAndGreet } from "./greeting.js";
import { findDaemon, homeFolder } from "./home.js";
import { createStarting } from "./starting.js";

/**
 * @typedef {import("./connection.js").Connection} Connection
 * @typedef {import("./starting.js").Address} Address
 * @typedef {import("./starting.js").Ready} Ready
 */

/**
 * @param {Desk} desk
 * @param {Preferences} preferences
 * @param {(method: string, params: any) => void} notified
 * @param {() => void} lost
 */
export function createDaemon(desk, preferences, notified, lost) {
  /** @type {Connection | null} */
  var connection = null;
  var attempts = 0;
  var starting = createStarting(desk, preferences, findAddress, connect);

  /** @returns {Address} port 0 where no daemon has said where it is */
  function findAddress() {
    var folder = homeFolder(desk.isWindows(), preferences.home());
    var found = findDaemon(folder);
    var port = preferences.port() || (found ? found.port : 0);
    var token = preferences.token() || (found ? found.token : "");
    return { folder: folder, port: port, token: token };
  }

  /** Once; what is made is the connection from then on. @param {Address} address @param {import("./greeting.js").Attempted} attempted */
  function connect(address, attempted) {
    attempts += 1;
    var number = attempts;
    var attempt = {
      port: address.port,
      token: address.token,
      notified: notified,
      isCurrent: function () {
        return number === attempts;
      },
      /** @param {Connection} gone */
      lost: function (gone) {
        if (connection !== gone) return;
        connection = null;
        lost();
      }
    };
    connectAndGreet(desk, attempt, function (problem, isNobody, made) {
      if (!isNobody && made !== null) connection = made;
      attempted(problem, isNobody, made);
    });
  }

  return {
    /**
     * A connection that was greeted.
     * @param {() => boolean} isGivenUp
     * @param {Ready} ready
     */
    reach: function (isGivenUp, ready) {
      if (connection !== null) {
        ready(null, connection);
        return;
      }
      var address = findAddress();
      if (address.port === 0) {
        starting.startAndWait(isGivenUp, ready);
        return;
      }
      connect(address, function (problem, isNobody, made) {
        if (isGivenUp()) return;
        if (isNobody) starting.startAndWait(isGivenUp, ready);
        else ready(problem, made);
      });
    },
    /** Tell it something, if it is there. @param {string} method @param {object} params */
    tell: function (method, params) {
      if (connection !== null) connection.request(method, params, function () {});
    },
    close: function () {
      if (connection !== null) connection.close();
      connection = null;
      attempts += 1;
    }
  };
}
