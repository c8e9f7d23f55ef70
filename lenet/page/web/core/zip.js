// Zip archives without compression (PKWARE's APPNOTE.TXT, version 6.3.10, sections 4.3.7 to 4.3.16).

/** @typedef {{ name: string, data: Uint8Array }} File */

const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
/** 1 January 1980, the first day: archives of the same files are equal. */
const DATE = 0x21;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/**
 * An archive of files; names may contain folders.
 * @param {File[]} files
 */
export function zip(files) {
  /** @type {Uint8Array[]} */
  const parts = [];
  /** @type {Uint8Array[]} */
  const directory = [];
  let offset = 0;
  for (const { name, data } of files) {
    const path = new TextEncoder().encode(name);
    const facts = [VERSION, FLAGS, 0, 0, DATE, ...halves(crc32(data)), ...halves(data.length)];
    facts.push(...halves(data.length), path.length, 0);
    const header = shorts(...halves(0x04034b50), ...facts);
    directory.push(
      shorts(...halves(0x02014b50), VERSION, ...facts, 0, 0, 0, 0, 0, ...halves(offset)),
      path,
    );
    parts.push(header, path, data);
    offset += header.length + path.length + data.length;
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  const counts = [0, 0, files.length, files.length];
  const end = shorts(...halves(0x06054b50), ...counts, ...halves(length), ...halves(offset), 0);
  return concatenated([...parts, ...directory, end]);
}

/** @param {Uint8Array} data */
function crc32(data) {
  let crc = 0xffffffff;
  for (const byte of data) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/**
 * A number of 32 bits as two of 16, the low one first.
 * @param {number} value
 */
const halves = (value) => [value & 0xffff, value >>> 16];

/** @param {number[]} values of 16 bits each */
function shorts(...values) {
  const view = new DataView(new ArrayBuffer(2 * values.length));
  for (const [i, value] of values.entries()) view.setUint16(2 * i, value, true);
  return new Uint8Array(view.buffer);
}

/** @param {Uint8Array[]} parts */
function concatenated(parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
