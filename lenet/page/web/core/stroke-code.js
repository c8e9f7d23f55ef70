// Strokes as short text for addresses: thousandths of the pad's side, each point as its distance
// from the previous one.
//
//   both distances within ±7    one byte
//   within ±44                  two bytes
//   farther                     an escape and two numbers
//
// A pen that moves slowly leaves many points close together, so most points take one byte.

import { base64, bytes as bytesIn } from "./bytes.js";
import { MAX_POINTS } from "./ink.js";

/** @import { Point, Stroke } from "../types" */

const NEAR = 7;
const FAR = 44;
const NEAR_CODES = (2 * NEAR + 1) ** 2; // 225 of the 256 values of a byte
const FAR_CODES = (2 * FAR + 1) ** 2; // 7,921 of the 31 × 256 codes that start with another byte
const ESCAPE = NEAR_CODES * 256 + FAR_CODES;
/** No point is farther from the pad than this many thousandths. */
const MOST = 100_000;

/**
 * The code of strokes: characters that need no escaping in an address.
 * @param {Stroke[]} strokes
 */
export function encodeStrokes(strokes) {
  /** @type {number[]} */
  const bytes = [];
  let last = [0, 0];
  for (const stroke of strokes.filter(({ length }) => length)) {
    pushNumber(bytes, stroke.length);
    for (const point of stroke) {
      const next = point.map((value) => Math.round(value * 1000));
      pushStep(bytes, next[0] - last[0], next[1] - last[1]);
      last = next;
    }
  }
  return base64(Uint8Array.from(bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

/**
 * The strokes of a code; undefined if it is damaged.
 * @param {string} code
 * @returns {Stroke[] | undefined}
 */
export function decodeStrokes(code) {
  try {
    return readStrokes(bytesOf(code));
  } catch (error) {
    if (error instanceof Damaged) return undefined;
    throw error;
  }
}

class Damaged extends Error {}

/** @param {string} code */
function bytesOf(code) {
  if (!/^[\w-]*$/.test(code) || code.length % 4 === 1) throw new Damaged();
  return bytesIn(code.replace(/-/g, "+").replace(/_/g, "/"));
}

/** @param {Uint8Array} bytes */
function readStrokes(bytes) {
  const input = { bytes, at: 0 };
  /** @type {Stroke[]} */
  const strokes = [];
  let left = MAX_POINTS;
  let last = [0, 0];
  while (input.at < bytes.length) {
    const count = readNumber(input);
    left -= count;
    if (count < 1 || left < 0) throw new Damaged();
    const stroke = Array.from({ length: count }, () => {
      const [right, down] = readStep(input);
      last = [last[0] + right, last[1] + down];
      if (Math.max(...last.map(Math.abs)) > MOST) throw new Damaged();
      return /** @type {Point} */ (last.map((value) => value / 1000));
    });
    strokes.push(stroke);
  }
  return strokes;
}

/**
 * @param {number[]} bytes
 * @param {number} right
 * @param {number} down
 */
function pushStep(bytes, right, down) {
  const farthest = Math.max(Math.abs(right), Math.abs(down));
  if (farthest <= NEAR) {
    bytes.push((right + NEAR) * (2 * NEAR + 1) + down + NEAR);
  } else if (farthest <= FAR) {
    pushPair(bytes, NEAR_CODES * 256 + (right + FAR) * (2 * FAR + 1) + down + FAR);
  } else {
    pushPair(bytes, ESCAPE);
    pushNumber(bytes, folded(right));
    pushNumber(bytes, folded(down));
  }
}

/** @param {{ bytes: Uint8Array, at: number }} input */
function readStep(input) {
  const first = readByte(input);
  if (first < NEAR_CODES) {
    return [Math.floor(first / (2 * NEAR + 1)) - NEAR, (first % (2 * NEAR + 1)) - NEAR];
  }
  const code = (first - NEAR_CODES) * 256 + readByte(input);
  if (code < FAR_CODES) {
    return [Math.floor(code / (2 * FAR + 1)) - FAR, (code % (2 * FAR + 1)) - FAR];
  }
  return [unfolded(readNumber(input)), unfolded(readNumber(input))];
}

/**
 * @param {number[]} bytes
 * @param {number} pair
 */
const pushPair = (bytes, pair) => bytes.push(pair >> 8, pair & 255);

/**
 * A number from 0 in bytes of seven bits, the lowest first; the eighth bit says that more follow.
 * @param {number[]} bytes
 * @param {number} number
 */
function pushNumber(bytes, number) {
  for (; number > 127; number = Math.floor(number / 128)) bytes.push((number % 128) + 128);
  bytes.push(number);
}

/** @param {{ bytes: Uint8Array, at: number }} input */
function readNumber(input) {
  let number = 0;
  for (let factor = 1; factor < 2 ** 35; factor *= 128) {
    const byte = readByte(input);
    number += (byte % 128) * factor;
    if (byte < 128) return number;
  }
  throw new Damaged();
}

/** @param {{ bytes: Uint8Array, at: number }} input */
function readByte(input) {
  if (input.at >= input.bytes.length) throw new Damaged();
  return input.bytes[input.at++];
}

/** @param {number} number 0, −1, 1, −2, … become 0, 1, 2, 3, … */
const folded = (number) => (number < 0 ? -2 * number - 1 : 2 * number);

/** @param {number} number */
const unfolded = (number) => (number % 2 ? -(number + 1) / 2 : number / 2);
