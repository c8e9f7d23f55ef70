// The tabs of the page, in order.

import compare from "./compare.js";
import draw from "./draw.js";
import layers from "./layers.js";

/** @import { View } from "../types" */

/** @type {View[]} */
export default [draw, compare, layers];
