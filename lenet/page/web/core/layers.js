// The layers of a LeNet in float64: mirrors lenet/network/layers.py and parts.py.
//
// Maps are stored pixel by pixel, `[y][x][map]`. Each layer owns its output and overwrites it with
// the next call, so that reading a drawing allocates almost nothing.

/** Maps that a convolution computes at a time: as many sums as fit into registers. */
const LANES = 8;

/**
 * Activations; each works in place. One loop per function, so that the compiler can inline it.
 * Exponentials are faster than `Math.tanh`, and as exact in absolute terms.
 */
export const ACTIVATIONS = {
  /** @param {Float64Array} x */
  sigmoid(x) {
    for (let i = 0; i < x.length; i++) x[i] = 1 / (1 + Math.exp(-x[i]));
  },
  /** @param {Float64Array} x */
  relu(x) {
    for (let i = 0; i < x.length; i++) x[i] = Math.max(x[i], 0);
  },
  /** @param {Float64Array} x */
  tanh(x) {
    for (let i = 0; i < x.length; i++) x[i] = 1 - 2 / (Math.exp(2 * x[i]) + 1);
  },
  /** @param {Float64Array} x 1.7159 tanh(2/3 x), the squashing function of the 1998 paper */
  squash(x) {
    for (let i = 0; i < x.length; i++) x[i] = 1.7159 * (1 - 2 / (Math.exp((4 / 3) * x[i]) + 1));
  },
};

export const POOLINGS = ["average", "max", "subsampling"];

/** Surrounds maps with `width` pixels of one value. */
export class Border {
  /**
   * @param {number} side of the maps
   * @param {number} count of the maps
   * @param {number} width
   * @param {number} value
   */
  constructor(side, count, width, value) {
    this.row = side * count;
    this.width = width;
    this.side = side + 2 * width;
    this.start = width * (this.side + 1) * count;
    this.line = this.side * count;
    this.output = new Float64Array(width ? this.side * this.line : 0).fill(value);
  }

  /** @param {Float64Array} maps */
  apply(maps) {
    if (!this.width) return maps;
    const { row, line, output } = this;
    for (let from = 0, to = this.start; from < maps.length; from += row, to += line) {
      for (let i = 0; i < row; i++) output[to + i] = maps[from + i];
    }
    return output;
  }
}

/**
 * A convolution with stride 1. A dense layer is a convolution whose kernel is as large as its maps.
 *
 * For each position it collects the values under the kernel that are not 0, so that background and
 * what ReLU has cut off cost nothing, then computes `LANES` maps at a time from them.
 */
export class ConvolutionLayer {
  /**
   * @param {{ side: number, inputs: number, kernel: number, padding: number, outputs: number }} size
   * @param {Float32Array} kernels `[output][input][y][x]`, as in PyTorch
   * @param {Float32Array} bias
   */
  constructor({ side, inputs, kernel, padding, outputs }, kernels, bias) {
    this.inputs = inputs;
    this.kernel = kernel;
    this.outputs = outputs;
    this.padding = new Border(side, inputs, padding, 0);
    this.side = this.padding.side - kernel + 1;
    const blocks = Math.ceil(outputs / LANES);
    const area = kernel * kernel;
    this.values = new Float64Array(area * inputs);
    this.rows = new Int32Array(area * inputs);
    this.bias = new Float64Array(blocks * LANES);
    this.bias.set(bias);
    // `[block][y][x][input][lane]`: a row of `LANES` weights for each value.
    this.weights = new Float64Array(blocks * area * inputs * LANES);
    for (let output = 0, from = 0; output < outputs; output++) {
      const block = Math.floor(output / LANES) * area * inputs;
      for (let input = 0; input < inputs; input++) {
        for (let pixel = 0; pixel < area; pixel++, from++) {
          const row = block + pixel * inputs + input;
          this.weights[row * LANES + (output % LANES)] = kernels[from];
        }
      }
    }
    // The last block of a position may reach into the next position, which is written after it.
    const size = this.side * this.side * outputs;
    this.sums = new Float64Array(size + LANES);
    this.output = this.sums.subarray(0, size);
  }

  /**
   * `[y][x][input]` → `[y][x][output]`
   * @param {Float64Array} maps
   */
  apply(maps) {
    const { inputs, outputs, side } = this;
    const padded = this.padding.apply(maps);
    for (let y = 0, to = 0; y < side; y++) {
      for (let x = 0; x < side; x++, to += outputs) {
        const count = this.collect(padded, (y * this.padding.side + x) * inputs);
        this.multiply(count, to);
      }
    }
    return this.output;
  }

  /**
   * Collects the values under the kernel that are not 0, and where their weights are.
   * @param {Float64Array} maps
   * @param {number} start
   */
  collect(maps, start) {
    const { values, rows, kernel } = this;
    const width = kernel * this.inputs;
    const line = this.padding.side * this.inputs;
    let count = 0;
    for (let y = 0, row = 0; y < kernel; y++, start += line) {
      for (let i = 0; i < width; i++, row += LANES) {
        const value = maps[start + i];
        if (value === 0) continue;
        values[count] = value;
        rows[count++] = row;
      }
    }
    return count;
  }

  /**
   * Weighted sums of the collected values, for all maps of one position.
   * @param {number} count
   * @param {number} to
   */
  multiply(count, to) {
    const { values, rows, weights, bias, sums } = this;
    const size = values.length * LANES;
    for (let lane = 0, block = 0; lane < bias.length; lane += LANES, block += size, to += LANES) {
      let a = bias[lane];
      let b = bias[lane + 1];
      let c = bias[lane + 2];
      let d = bias[lane + 3];
      let e = bias[lane + 4];
      let f = bias[lane + 5];
      let g = bias[lane + 6];
      let h = bias[lane + 7];
      for (let i = 0; i < count; i++) {
        const value = values[i];
        const row = (block + rows[i]) | 0;
        a += value * weights[row];
        b += value * weights[row + 1];
        c += value * weights[row + 2];
        d += value * weights[row + 3];
        e += value * weights[row + 4];
        f += value * weights[row + 5];
        g += value * weights[row + 6];
        h += value * weights[row + 7];
      }
      sums[to] = a;
      sums[to + 1] = b;
      sums[to + 2] = c;
      sums[to + 3] = d;
      sums[to + 4] = e;
      sums[to + 5] = f;
      sums[to + 6] = g;
      sums[to + 7] = h;
    }
  }
}

/** 2×2 pooling with stride 2; a last odd row or column is ignored. */
export class PoolingLayer {
  /**
   * @param {string} kind one of POOLINGS
   * @param {number} side of the maps
   * @param {number} count of the maps
   */
  constructor(kind, side, count) {
    this.isMax = kind === "max";
    this.count = count;
    this.line = side * count;
    this.side = Math.floor(side / 2);
    this.output = new Float64Array(this.side * this.side * count);
  }

  /** @param {Float64Array} maps */
  apply(maps) {
    const { isMax, count, line, side, output } = this;
    for (let y = 0, to = 0; y < side; y++) {
      for (let x = 0, from = 2 * y * line; x < side; x++, from += count) {
        for (let map = 0; map < count; map++, from++, to++) {
          const a = maps[from];
          const b = maps[from + count];
          const c = maps[from + line];
          const d = maps[from + line + count];
          output[to] = isMax ? Math.max(a, b, c, d) : (a + b + c + d) / 4;
        }
      }
    }
    return output;
  }
}

/** The sum of each 2×2 patch, times a coefficient plus a bias, one of each per map. */
export class SubsamplingLayer {
  /**
   * @param {number} side of the maps
   * @param {Float32Array} coefficient
   * @param {Float32Array} bias
   */
  constructor(side, coefficient, bias) {
    this.mean = new PoolingLayer("average", side, bias.length);
    this.side = this.mean.side;
    this.coefficient = coefficient;
    this.bias = bias;
  }

  /** @param {Float64Array} maps */
  apply(maps) {
    const { coefficient, bias } = this;
    const output = this.mean.apply(maps);
    for (let i = 0; i < output.length; ) {
      for (let map = 0; map < bias.length; map++, i++) {
        output[i] = output[i] * 4 * coefficient[map] + bias[map];
      }
    }
    return output;
  }
}

/** Squared distances to fixed centres, negated so that they act as logits. */
export class RbfLayer {
  side = 1;

  /** @param {Float64Array[]} centres */
  constructor(centres) {
    this.centres = centres;
    this.output = new Float64Array(centres.length);
  }

  /** @param {Float64Array} x */
  apply(x) {
    this.centres.forEach((centre, i) => {
      this.output[i] = -centre.reduce((sum, c, j) => sum + (x[j] - c) ** 2, 0);
    });
    return this.output;
  }
}
