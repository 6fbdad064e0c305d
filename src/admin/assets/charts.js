// Lines over time and the percentile plot, drawn by uPlot.

/** Keeps a uPlot as wide as its room, and draws it again when the colours change. */
class Plot {
  constructor(room, options, height) {
    Object.assign(this, { room, options, height, plot: null, data: null });
    new ResizeObserver(() => this.fit()).observe(room);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.again());
  }

  show(data) {
    this.data = data;
    if (this.plot) this.plot.setData(data);
    else this.again();
  }

  fit() {
    const width = this.room.clientWidth;
    if (this.plot && width && width !== this.plot.width) {
      this.plot.setSize({ width, height: this.height });
    }
  }

  again() {
    if (this.plot) this.plot.destroy();
    this.plot = null;
    const width = this.room.clientWidth;
    if (width && this.data) {
      this.plot = new uPlot({ width, height: this.height, ...this.options() }, this.data, this.room);
    }
  }
}

function axis(more) {
  return {
    stroke: colour("dim"), font: "11px system-ui, sans-serif",
    grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1, size: 4 },
    ...more,
  };
}

function line(label, name, more) {
  return { label, stroke: colour(name), width: 1.6, value: (_, us) => time(us), ...more };
}

/** The budget, as a dashed line across the plot. */
function budgetLine(budget) {
  return {
    hooks: {
      draw: [(plot) => {
        const y = Math.round(plot.valToPos(budget(), "y", true));
        const { ctx, bbox } = plot;
        if (!(y >= bbox.top && y <= bbox.top + bbox.height)) return;
        ctx.save();
        ctx.strokeStyle = colour("bad");
        ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
        ctx.lineWidth = 1.2 * devicePixelRatio;
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
        ctx.restore();
      }],
    },
  };
}

const millis = (_, values) => values.map((us) => (us == null ? "" : `${+(us / 1000).toPrecision(3)} ms`));

/** Percentiles of the time to the first chunk, column by column. */
function overTime(room, state) {
  const top = (low, high) => Math.max(high || 0, state.stats.budget_us) * 1.12;
  return new Plot(room, () => ({
    cursor: { points: { size: 6 } },
    scales: { x: { time: true, range: () => bounds(state) }, y: { range: (_, low, high) => [0, top(low, high)] } },
    axes: [axis({ space: 70, values: (_, values) => values.map((at) => clock(at * 1000)) }), axis({ values: millis, size: 62 })],
    series: [{ value: (_, at) => (at == null ? "–" : clock(at * 1000)) },
      line("p50", "p50", { fill: `rgba(${colour("heat")}, .10)` }), line("p95", "p95"), line("p99", "p99")],
    plugins: [budgetLine(() => state.stats.budget_us)],
  }), 214);
}

/** Seconds from the first column to now: a quarter of an hour at most, five minutes at least. */
function bounds(state) {
  const now = state.stats.now_ms / 1000;
  const oldest = state.columns.length ? (state.columns[0].at * state.stats.column_ms) / 1000 : now;
  return [Math.max(now - 900, Math.min(oldest, now - 120)), now];
}

/** Columns as uPlot wants them, with a gap wherever nothing was measured for a while. */
function lines(state) {
  const data = [[], [], [], []];
  let before = null;
  for (const column of state.columns) {
    const at = (column.at * state.stats.column_ms) / 1000;
    if (before !== null && column.at - before > 3) [at - 1, null, null, null].forEach((v, i) => data[i].push(v));
    const some = column.turns > 0;
    [at, some ? column.p50 : null, some ? column.p95 : null, some ? column.p99 : null].forEach((v, i) => data[i].push(v));
    before = column.at;
  }
  return data;
}

const CURVES = [["first_chunk", "first chunk", "p50"], ["first_piece", "model's first piece", "llm_first_piece"],
  ["overhead", "our overhead", "chunk_hold"]];

/** The HDR percentile plot: how far out each 1 in 10, 100, 1000 lies. */
function percentiles(room, state) {
  const tens = (_, splits) => splits.map((at) => (Number.isInteger(+Math.log10(at).toFixed(9)) ? at : null));
  const decades = { filter: tens, grid: { stroke: colour("line"), width: 1, filter: tens }, ticks: { stroke: colour("line"), width: 1, size: 4, filter: tens } };
  const nines = (_, values) => values.map((x) => ({ 1: "0 %", 10: "90 %", 100: "99 %", 1000: "99.9 %", 10000: "99.99 %", 100000: "99.999 %" })[x] ?? "");
  return new Plot(room, () => ({
    scales: { x: { time: false, distr: 3 }, y: { distr: 3 } },
    axes: [axis({ values: nines, ...decades }), axis({ values: (_, values) => values.map((us) => (us ? time(us).replace(/\.0+ /, " ") : "")), size: 62, ...decades })],
    series: [{ label: "percentile", value: (_, x) => (x == null ? "–" : `${+(100 - 100 / x).toFixed(3)} %`) },
      ...CURVES.map(([, label, name]) => line(label, name, { paths: uPlot.paths.stepped({ align: -1 }), points: { show: false }, spanGaps: true }))],
    plugins: [budgetLine(() => state.stats.budget_us)],
  }), 214);
}

/** Curves as uPlot wants them: one x for all, the distance to 100 % as 1 / (1 - quantile). */
function curves(state) {
  const maps = CURVES.map(([name]) => {
    const summary = state.stats.latency_us[name];
    // The largest value of n stands at 1 in n.
    return new Map((state.stats.curves[name] || []).map(([q, us]) => [q < 1 ? 1 / (1 - q) : Math.max(summary.count, 2), us]));
  });
  const xs = [...new Set(maps.flatMap((map) => [...map.keys()]))].sort((a, b) => a - b);
  return [xs, ...maps.map((map) => xs.map((x) => map.get(x) ?? null))];
}
