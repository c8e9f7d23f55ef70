// The networks of the menu, each fetched on first use.

import { readCheckpoint } from "./checkpoint.js";
import { NotReachable } from "./files.js";
import { Predictor } from "./reading.js";

/** @import { About, Files, Menu, Network } from "../types" */

export class Gallery {
  #files;
  /** @type {Map<string, Network>} */
  #fetched = new Map();

  /** @param {Files} files */
  constructor(files) {
    this.#files = files;
  }

  /** @returns {Promise<Menu>} */
  menu() {
    return this.#files.json("networks.json");
  }

  /**
   * The network of that name, fetched again if it has been retrained. If there is no connection,
   * the last one that was fetched is used.
   * @param {string} name
   * @returns {Promise<Network>}
   */
  async network(name) {
    const fetched = this.#fetched.get(name);
    try {
      const about = await this.#about(name);
      if (fetched?.version === about.version) return fetched;
      const network = await this.#fetch(name, about);
      this.#fetched.set(name, network);
      return network;
    } catch (error) {
      if (fetched && error instanceof NotReachable) return fetched;
      throw error;
    }
  }

  /**
   * @param {string} name
   * @returns {Promise<About>}
   */
  #about(name) {
    return this.#files.json(`${folderOf(name)}/about.json`);
  }

  /**
   * @param {string} name
   * @param {About} about
   * @returns {Promise<Network>}
   */
  async #fetch(name, about) {
    const folder = `${folderOf(name)}/${about.version}`;
    try {
      const [config, weights, testImages] = await Promise.all([
        this.#files.text(`${folder}/config.json`),
        this.#files.bytes(`${folder}/model.safetensors`),
        about.examples ? this.#files.json(about.examples) : about.labels.map(() => []),
      ]);
      const predictor = new Predictor(readCheckpoint(config, weights));
      return { ...about, name, predictor, testImages };
    } catch (error) {
      // The network may have been retrained a moment ago.
      const newest = await this.#about(name);
      if (newest.version === about.version) throw error;
      return this.#fetch(name, newest);
    }
  }
}

/** @param {string} name */
const folderOf = (name) => `networks/${encodeURIComponent(name)}`;
