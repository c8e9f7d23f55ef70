// The instruments below the pad, in order.

import changes from "./changes.js";
import compass from "./compass.js";
import filmStrip from "./film-strip.js";
import muting from "./muting.js";
import takeAway from "./take-away.js";
import views from "./views.js";

/** @import { Instrument } from "../types" */

/** @type {Instrument[]} */
export default [filmStrip, views, muting, changes, compass, takeAway];
