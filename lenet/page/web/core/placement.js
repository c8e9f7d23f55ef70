// Where a sketch on the pad ends up in the network input, and back: mirrors
// lenet/drawing/placement.py.

import { BOX, fitStrokes, inkFromSketch } from "./ink.js";
import { corner, cropToInk, fitIntoBox, inkBounds, isBlank } from "./preprocessing.js";

/** @import { Placement, Plane, Rectangle, Sketch } from "../types" */

/**
 * Where a sketch is placed; null if nothing is drawn.
 * @param {Sketch} sketch
 * @param {number} [box]
 * @param {string} [centring]
 * @returns {Placement | null}
 */
export function placement(sketch, box = BOX, centring = "mass") {
  const ink = inkFromSketch(sketch, box);
  if (isBlank(ink)) return null;
  const pad = padInInk(sketch, box, ink);
  const { top, left } = inkBounds(ink);
  const cropped = cropToInk(ink);
  const boxed = fitIntoBox(cropped, box);
  const [down, right] = corner(boxed, centring);
  const [tall, wide] = [boxed.height / cropped.height, boxed.width / cropped.width];
  return {
    left: (pad.x - left) * wide + right,
    top: (pad.y - top) * tall + down,
    width: pad.side * wide,
    height: pad.side * tall,
  };
}

/**
 * The pad in pixels of the sketch's ink.
 * @param {Sketch} sketch
 * @param {number} box
 * @param {Plane} ink
 */
function padInInk({ strokes, picture }, box, ink) {
  const fit = picture === null ? fitStrokes(strokes, box) : null;
  if (!fit) return { x: 0, y: 0, side: ink.width };
  const [x, y] = fit.sides.map((side, axis) => side / 2 - fit.middle[axis] * fit.scale);
  return { x, y, side: fit.scale };
}

/**
 * Where on the pad a rectangle of the network input with its border comes from. Parts outside the
 * pad are below 0 or above 1.
 * @param {Placement} placement
 * @param {Rectangle} rectangle
 * @param {number} [border]
 * @returns {Rectangle}
 */
export function onPad({ left, top, width, height }, rectangle, border = 0) {
  return {
    top: (rectangle.top - border - top) / height,
    left: (rectangle.left - border - left) / width,
    bottom: (rectangle.bottom - border - top) / height,
    right: (rectangle.right - border - left) / width,
  };
}
