// The overview: are callers waiting, since when, and for whom.

/** The share of turns in the budget, over the columns that are shown. */
function recentShare(columns) {
  const sum = (name) => columns.reduce((total, column) => total + column[name], 0);
  const all = sum("turns") + sum("no_answer");
  return { all, share: all ? (sum("turns") - sum("over")) / all : null };
}

function tile(title, wide) {
  const value = el("p", { class: "value" });
  const sub = el("p", { class: "sub" });
  const bar = wide ? meter() : null;
  const element = el("section", { class: `card tile${wide ? " wide" : ""}`, "aria-label": title }, el("h2", {}, title), value, bar && bar.element, sub);
  const set = (content, below, kind) => {
    value.replaceChildren(...[content].flat());
    value.className = `value ${kind || ""}`;
    sub.textContent = below;
  };
  return { element, set, bar };
}

/** A thin bar: how much of the room is used. */
function meter() {
  const filled = svg("rect", { class: "fill", width: 0, height: 5, rx: 2.5 });
  const rail = svg("rect", { class: "track", width: "100%", height: 5, rx: 2.5 });
  const element = svg("svg", { class: "meter", "aria-hidden": "true", height: 5 }, rail, filled);
  return { element, set: (part, kind) => fill(filled, { width: `${Math.min(100, part * 100)}%`, class: `fill ${kind}` }, []) };
}

function overview(main, state) {
  const tiles = { budget: tile("Turns in budget", true), first: tile("Time to first chunk, p95", true), calls: tile("Calls"),
    turns: tile("Turns ended"), cuts: tile("Interruptions"), ours: tile("Our overhead, p99"), stale: tile("Stale sent") };
  const room = () => el("div", { class: "plot" });
  const [time1, curve] = [room(), room()];
  const heat = el("canvas", { class: "heat", role: "img", "aria-label": "Heatmap of the time to first chunk" });
  const [split, list] = [el("div", {}), el("div", { class: "wrap" })];
  const pick = (name) => el("button", { type: "button", "aria-pressed": String(name === "latest"), click: () => choose(name) }, name);
  const picks = { latest: pick("latest"), slowest: pick("slowest") };
  let shown = "latest";
  const choose = (name) => {
    shown = name;
    for (const [key, button] of Object.entries(picks)) button.setAttribute("aria-pressed", String(key === name));
    showTurns();
  };
  const showTurns = () => {
    const turns = shown === "latest" ? state.turns.slice(-24).reverse() : state.stats.slowest;
    swap(list, turns.length ? turnsTable(turns, state, `${shown} turns`) : el("p", { class: "dim" }, "No turn yet."));
  };
  const budget = time(state.stats.budget_us);
  main.replaceChildren(
    el("h1", { class: "hide" }, "Overview"),
    el("div", { class: "tiles" }, Object.values(tiles).map((one) => one.element)),
    el("div", { class: "grid" },
      card("s8", "Time to first chunk", `final prompt read to first chunk written, 5 s a point; dashed: the budget of ${budget}`, null, time1, fallback(() => columnTable(state))),
      card("s4", "Where the milliseconds go", "mean of the latest turns", null, split),
      card("s6", "Every turn", "how many took how long; red on top: no answer", null, heat, fallback(() => columnTable(state))),
      card("s6", "Percentiles", "since the start, from the HDR histograms", null, curve, fallback(() => percentileTable(state))),
      card("s12", "Turns", "", Object.values(picks), list, stageKey())));
  const plots = [overTime(time1, state), percentiles(curve, state)];
  new ResizeObserver(() => drawHeatmap(heat, state)).observe(heat);
  return () => {
    showTiles(tiles, state);
    plots[0].show(lines(state));
    plots[1].show(curves(state));
    drawHeatmap(heat, state);
    swap(split, stageSplit(state.turns, state));
    showTurns();
  };
}

function showTiles(tiles, { stats, columns }) {
  const { figures, latency_us: latency, budget_us: budget } = stats;
  const recent = recentShare(columns);
  const part = recent.share;
  const kind = part == null || part >= 0.99 ? "good" : part >= 0.95 ? "warn" : "bad";
  tiles.budget.set(part == null ? "–" : [share(part), el("small", {}, " %")], `15 min; since start ${share(figures.within_budget)} %`, kind);
  tiles.budget.bar.set(part ?? 0, kind);
  const first = latency.first_chunk;
  const over = first.p95 > budget;
  tiles.first.set(first.count ? parts(first.p95) : "–", `since start; p50 ${time(first.p50)} · p99 ${time(first.p99)}`, over ? "bad" : "");
  tiles.first.bar.set(first.p95 / (2 * budget), over ? "bad" : "good");
  const parked = figures.calls_parked ? el("small", {}, ` + ${count(figures.calls_parked)} parked`) : "";
  tiles.calls.set([count(figures.calls_active), parked], `${count(figures.calls)} so far${figures.draining ? ", draining" : ""}`);
  tiles.turns.set(count(figures.turns), `${count(figures.no_answer)} without an answer`);
  tiles.cuts.set(count(figures.interruptions), `${count(figures.merged)} prompts merged`);
  tiles.ours.set(latency.overhead.count ? parts(latency.overhead.p99) : "–", `since start; p50 ${time(latency.overhead.p50)}, a chunk`);
  tiles.stale.set(count(figures.stale_sent), `${count(figures.stale_dropped)} stopped in time`, figures.stale_sent ? "bad" : "");
}

function columnTable({ columns, stats }) {
  const rows = columns.slice().reverse().map((column) => [clock(column.at * stats.column_ms), column.turns, column.over, column.no_answer,
    time(column.p50), time(column.p95), time(column.p99), time(column.max)]);
  return table("Time to first chunk", ["at", "turns", "over", "no answer", "p50", "p95", "p99", "max"].map((head, place) => [head, place ? "num" : ""]), rows);
}

function percentileTable({ stats }) {
  const names = ["count", "p50", "p90", "p95", "p99", "p999", "p9999", "max"];
  const rows = Object.entries(stats.latency_us).map(([metric, summary]) => [
    el("a", { href: `/latency.hgrm?metric=${metric}`, download: `${metric}.hgrm` }, metric),
    ...names.map((name) => (name === "count" ? count(summary.count) : time(summary[name])))]);
  return table("Percentiles", [["metric", ""], ...names.map((name) => [name.replace("p999", "p99.9").replace("p99.99", "p99.99"), "num"])], rows);
}
