// The tasks of the tour, in order.

import before from "./before.js";
import blank from "./blank.js";
import draw from "./draw.js";
import end from "./end.js";
import mute from "./mute.js";
import networks from "./networks.js";
import paint from "./paint.js";
import reject from "./reject.js";

/** @import { TourTask } from "../types" */

/** @type {TourTask[]} */
export default [draw, end, before, blank, mute, paint, reject, networks];
