// A zip archive whose files are stored as they are, the same bytes for the same files: what an extension of Live is.
// Layout: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
const STORED = 0;
/** 1 January 1980, the first day that there is: archives of equal files are equal. */
const TIME = 0;
const DATE = 0x21;

/** @param files  [name, bytes] each, fewer than 65,536, 4 GB together */
export function storedZip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, content] of files) {
    const nameBytes = Buffer.from(name, "utf8");
    const bytes = Buffer.from(content);
    const common = fields([
      [2, VERSION],
      [2, FLAGS],
      [2, STORED],
      [2, TIME],
      [2, DATE],
      [4, crc32(bytes)],
      [4, bytes.length],
      [4, bytes.length],
      [2, nameBytes.length],
      [2, 0],
    ]);
    const local = [fields([[4, LOCAL]]), common, nameBytes, bytes];
    const attributes = fields([
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, offset],
    ]);
    directory.push(
      fields([
        [4, CENTRAL],
        [2, VERSION],
      ]),
      common,
      attributes,
      nameBytes,
    );
    parts.push(...local);
    offset += length(local);
  }
  const end = fields([
    [4, END],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, length(directory)],
    [4, offset],
    [2, 0],
  ]);
  return Buffer.concat([...parts, ...directory, end]);
}

function fields(list) {
  const buffer = Buffer.alloc(list.reduce((sum, [size]) => sum + size, 0));
  let offset = 0;
  for (const [size, value] of list) offset = buffer.writeUIntLE(value, offset, size);
  return buffer;
}

function length(buffers) {
  return buffers.reduce((sum, buffer) => sum + buffer.length, 0);
}

/** zlib.crc32 of Node 22.2, which is not everyone's. */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
