// Bytes as Bitwig wants and gives them: lists of signed numbers (-128 to 127). Own code, because whether the script
// engine offers java.lang.String differs between versions of Bitwig.

var HEADER_BYTES = 4;
/** Strings are put together from pieces of so many characters: a call takes only so many arguments. */
var PIECE = 4096;

/** @param {number} byte 0 to 255 */
function signed(byte) {
  return byte > 127 ? byte - 256 : byte;
}

/**
 * UTF-8. Half a surrogate pair becomes the replacement character.
 * @param {string} text
 * @returns {number[]}
 */
export function bytesFromText(text) {
  /** @type {number[]} */
  var bytes = [];
  for (var i = 0; i < text.length; i++) {
    var code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdfff) {
      var low = text.charCodeAt(i + 1);
      if (code <= 0xdbff && low >= 0xdc00 && low <= 0xdfff) {
        code = 0x10000 + (code - 0xd800) * 0x400 + (low - 0xdc00);
        i++;
      } else {
        code = 0xfffd;
      }
    }
    if (code < 0x80) {
      bytes.push(code);
    } else if (code < 0x800) {
      bytes.push(signed(0xc0 | (code >> 6)), signed(0x80 | (code & 63)));
    } else if (code < 0x10000) {
      bytes.push(signed(0xe0 | (code >> 12)), signed(0x80 | ((code >> 6) & 63)), signed(0x80 | (code & 63)));
    } else {
      bytes.push(signed(0xf0 | (code >> 18)), signed(0x80 | ((code >> 12) & 63)));
      bytes.push(signed(0x80 | ((code >> 6) & 63)), signed(0x80 | (code & 63)));
    }
  }
  return bytes;
}

/**
 * The text of bytes that are UTF-8; they come from the daemon or from its files, which write nothing else.
 * @param {ArrayLike<number>} bytes signed or not
 */
export function textFromBytes(bytes) {
  var text = "";
  /** @type {number[]} */
  var units = [];
  for (var i = 0; i < bytes.length; ) {
    var first = bytes[i++] & 255;
    var more = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    var code = more === 0 ? first : first & (0x3f >> more);
    for (; more > 0; more--) code = (code << 6) | (bytes[i++] & 63);
    if (code < 0x10000) {
      units.push(code);
    } else {
      units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
    }
    if (units.length >= PIECE) {
      text += String.fromCharCode.apply(null, units);
      units = [];
    }
  }
  return text + String.fromCharCode.apply(null, units);
}

/**
 * A message as it goes over the wire: 4 bytes of length, big-endian, and its bytes. Bitwig takes the length off what
 * it receives, but puts none before what it sends. Source: RemoteConnection of the control surface API.
 * @param {string} text
 */
export function frameFromText(text) {
  var body = bytesFromText(text);
  var length = body.length;
  /** @type {number[]} */
  var frame = [];
  for (var i = HEADER_BYTES - 1; i >= 0; i--) frame.push(signed((length >>> (8 * i)) & 255));
  return frame.concat(body);
}
