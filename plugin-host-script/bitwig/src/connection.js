// One connection to the daemon: requests and their answers, notifications, and its end. JSON-RPC 2.0 in frames.
import { frameFromText, textFromBytes } from "./bytes.js";

/**
 * @typedef {{ code: string, message: string, data: { [name: string]: any } }} Failure
 * @typedef {(failure: Failure | null, result: any) => void} Answered
 * @typedef {{
 *   request: (method: string, params: object, answered: Answered) => void,
 *   close: () => void
 * }} Connection
 */

/** @param {any} error of an answer */
function failureOf(error) {
  var entry = error && error.data && error.data.code ? error.data : null;
  if (entry) return { code: String(entry.code), message: String(entry.message), data: entry.data || {} };
  return { code: "INTERNAL", message: error && error.message ? String(error.message) : "unknown", data: {} };
}

/**
 * Take a socket that Bitwig has connected.
 * @param {RemoteConnection} socket
 * @param {(method: string, params: any) => void} notified
 * @param {() => void} lost called once, when the other side is gone; not after close()
 * @returns {Connection}
 */
export function openConnection(socket, notified, lost) {
  /** @type {{ [id: string]: Answered }} */
  var waiting = {};
  var lastId = 0;
  var isOpen = true;

  function end() {
    if (!isOpen) return;
    isOpen = false;
    lost();
  }

  /** @param {any} message */
  function receive(message) {
    if (typeof message.method === "string") {
      notified(message.method, message.params);
      return;
    }
    var answered = waiting[message.id];
    if (!answered) return;
    delete waiting[message.id];
    if (message.error) answered(failureOf(message.error), null);
    else answered(null, message.result);
  }

  socket.setReceiveCallback(function (bytes) {
    if (isOpen) receive(JSON.parse(textFromBytes(bytes)));
  });
  socket.setDisconnectCallback(end);

  return {
    request: function (method, params, answered) {
      if (!isOpen) return;
      lastId += 1;
      waiting[lastId] = answered;
      var message = { jsonrpc: "2.0", id: lastId, method: method, params: params };
      try {
        socket.send(frameFromText(JSON.stringify(message)));
      } catch (_error) {
        end();
      }
    },
    close: function () {
      isOpen = false;
      try {
        socket.disconnect();
      } catch (_error) {
        // Gone already.
      }
    }
  };
}
