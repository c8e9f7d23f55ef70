/** @import { Point, Sketch } from "../types" */

/**
 * An elliptical arc around [x, y], with angles in degrees, clockwise from the right.
 * @param {Point} centre
 * @param {Point} radii
 * @param {number} from
 * @param {number} to
 * @param {number} steps
 * @returns {Point[]}
 */
function arc([x, y], [rx, ry], from, to, steps) {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

/**
 * A three in one stroke, so that the page is never empty at first.
 * @type {Sketch}
 */
export const THREE = {
  strokes: [
    [
      ...arc([0.49, 0.335], [0.165, 0.145], -155, 80, 36),
      ...arc([0.485, 0.65], [0.195, 0.175], -80, 150, 40),
    ],
  ],
  picture: null,
};
