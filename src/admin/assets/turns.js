// Stages: the bar of a turn, the split of many, the list of turns.

const STAGE_NAMES = {
  frame_parse: ["parse", "final prompt read to the request decided; ours"],
  prompt_build: ["build", "to the first poll of the request; ours"],
  llm_connect: ["connect", "to the model's response headers; the model and the network"],
  llm_first_piece: ["first piece", "to the first piece of the reply; the model"],
  chunk_hold: ["hold", "to the first chunk released; the chunker waits for its words"],
  ws_write: ["write", "to its last byte taken by the kernel; ours"],
};

const stageNames = () => Object.keys(STAGE_NAMES);

/** The colours of the stages, told once for all bars. */
function stageKey() {
  return el("ul", { class: "key", "aria-label": "Stages" }, stageNames().map((name) =>
    el("li", { title: STAGE_NAMES[name][1] }, el("i", { class: name }), STAGE_NAMES[name][0])));
}

/** The waterfall of one turn, with the budget as a line; `scale` is the time of the full width. */
function stageBar(stages, budget, scale, label) {
  const percent = (us) => `${Math.min(100, (us / scale) * 100)}%`;
  let at = 0;
  const rects = stageNames().map((name, place) => {
    const rect = svg("rect", { class: name, x: percent(at), width: percent(stages[place]), y: 1, height: 12 },
      svg("title", {}, `${name} ${time(stages[place])}`));
    at += stages[place];
    return rect;
  });
  return svg("svg", { role: "img", "aria-label": label, height: 14, width: "100%" },
    svg("rect", { class: "rail", x: 0, y: 1, width: "100%", height: 12, rx: 2 }), rects,
    svg("line", { class: "limit", x1: percent(budget), x2: percent(budget), y1: 0, y2: 14 }));
}

function inWords(stages) {
  return stageNames().map((name, place) => `${STAGE_NAMES[name][0]} ${time(stages[place])}`).join(", ");
}

/** The stage that took the most. */
function longest(stages) {
  return stageNames()[stages.indexOf(Math.max(...stages))];
}

function turnsTable(turns, state, label) {
  const budget = state.stats.budget_us;
  const scale = Math.max(2 * budget, ...turns.map((turn) => Math.min(turn.first_chunk, 6 * budget)));
  const rows = turns.map((turn) => {
    const name = `…${(turn.sid || "").slice(-6)}`;
    const link = turn.sid && isTold(state, turn.call)
      ? el("a", { href: callLink(turn.call, turn.turn), class: "mono", "aria-label": `Timeline of call ${turn.sid}, turn ${turn.turn}` }, name)
      : el("span", { class: "dim", title: "no timeline" }, turn.sid ? name : "–");
    return [clock(turn.at_ms), link, turn.turn, stageBar(turn.stages, budget, scale, inWords(turn.stages)),
      el("span", { class: turn.over ? "bad" : "" }, time(turn.first_chunk)),
      el("span", { class: "dim" }, turn.over ? `over: ${STAGE_NAMES[longest(turn.stages)][0]}` : "")];
  });
  const heads = [["at", "less"], ["call", ""], ["turn", "num less"], ["stages; dashed: the budget", "bar"], ["first chunk", "num"], ["", "less"]];
  return table(label, heads, rows, "turns");
}

/** What the stages take on average: the means add up to the mean time to the first chunk. */
function stageSplit(turns, state) {
  if (!turns.length) return el("p", { class: "dim" }, "No turn yet.");
  const means = stageNames().map((_, place) => Math.round(turns.reduce((sum, turn) => sum + turn.stages[place], 0) / turns.length));
  const all = means.reduce((sum, mean) => sum + mean, 0) || 1;
  let at = 0;
  const bar = svg("svg", { class: "split", role: "img", height: 18, "aria-label": `Mean of ${turns.length} turns: ${inWords(means)}` },
    stageNames().map((name, place) => {
      const rect = svg("rect", { class: name, x: `${(at / all) * 100}%`, width: `${(means[place] / all) * 100}%`, height: 18 });
      at += means[place];
      return rect;
    }));
  const rows = stageNames().map((name, place) => {
    const { p50, p99 } = state.stats.latency_us[name];
    const title = el("span", { title: STAGE_NAMES[name][1] }, el("i", { class: `swatch ${name}` }), STAGE_NAMES[name][0]);
    return [title, time(means[place]), time(p50), time(p99), state.stats.figures.over_by_stage[place] || "–"];
  });
  return [bar, el("div", { class: "wrap" }, table("Stages", [["stage", ""], ["mean", "num"], ["p50", "num"], ["p99", "num"], ["blamed", "num"]], rows, "stages"))];
}
