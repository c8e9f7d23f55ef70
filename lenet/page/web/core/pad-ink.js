/** @import { Point } from "../types" */

/**
 * Adds the ink of a segment to the alpha values of a square picture. The ink of a pixel is
 * clamp(½ + r − d, 0, 1), as in core/ink.js, and the nearest segment determines it. Therefore
 * segments can be added one by one, and a stroke stays one smooth shape.
 * @param {Uint8ClampedArray} pixels RGBA
 * @param {number} side in pixels
 * @param {Point} start
 * @param {Point} end
 * @param {number} pen its width as a share of the side, like the coordinates
 */
export function addSegment(pixels, side, start, end, pen) {
  const radius = (pen * side) / 2;
  const reach = radius + 0.5;
  const solid = Math.max(0, radius - 0.5) ** 2;
  const [x0, y0] = [start[0] * side, start[1] * side];
  const [across, down] = [end[0] * side - x0, end[1] * side - y0];
  const squaredLength = across ** 2 + down ** 2 || 1;
  const top = Math.max(0, Math.ceil(y0 + Math.min(0, down) - reach - 0.5));
  const bottom = Math.min(side - 1, Math.floor(y0 + Math.max(0, down) + reach - 0.5));
  for (let row = top; row <= bottom; row++) {
    const y = row + 0.5 - y0;
    // The part of the segment, from 0 to 1, that is close enough to this row.
    const [a, b] = down ? [(y - reach) / down, (y + reach) / down] : [0, 1];
    const first = Math.max(0, Math.min(a, b)) * across;
    const last = Math.min(1, Math.max(a, b)) * across;
    const left = Math.max(0, Math.ceil(x0 + Math.min(first, last) - reach - 0.5));
    const right = Math.min(side - 1, Math.floor(x0 + Math.max(first, last) + reach - 0.5));
    for (let column = left; column <= right; column++) {
      const alpha = 4 * (row * side + column) + 3;
      if (pixels[alpha] === 255) continue;
      const x = column + 0.5 - x0;
      const along = Math.min(1, Math.max(0, (x * across + y * down) / squaredLength));
      const squared = (x - along * across) ** 2 + (y - along * down) ** 2;
      const ink = squared <= solid ? 255 : 255 * (reach - Math.sqrt(squared));
      if (ink > pixels[alpha]) pixels[alpha] = ink;
    }
  }
}
