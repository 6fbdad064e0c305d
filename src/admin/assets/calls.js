// The calls: those that are up, and the last that ended.

/** By the call's number: a caller whose call has just ended may come back under the same sid. */
function callLink(call, turn) {
  return document.getElementById("report") ? `#/calls/${call}` : `/calls/${call}${turn ? `#turn-${turn}` : ""}`;
}

/** Whether there is a timeline to go to; a report holds only some. */
function isTold(state, call) {
  return !state.timelines || Object.hasOwn(state.timelines, call);
}

const PHASES = { fresh: "waiting for setup", listening: "listening", replying: "replying", closing: "saying goodbye", parked: "parked: no socket", over: "over" };

function calls(main, state) {
  const box = el("input", { type: "checkbox", id: "over", change: () => show() });
  const sum = el("span", { class: "dim" });
  const room = el("div", { class: "wrap" });
  main.replaceChildren(
    el("div", { class: "filters" }, el("h1", {}, "Calls"), sum, el("label", { for: "over" }, box, "over budget only")),
    el("section", { class: "card", "aria-label": "List of calls" }, room));
  const show = () => {
    const list = merged(state.calls);
    const some = list.filter((call) => !box.checked || call.over);
    const { live, live_count } = state.calls;
    sum.textContent = `${live_count} up${live_count > live.length ? `, ${live_count - live.length} of them not listed` : ""}, ${list.filter((call) => call.ended).length} ended` +
      (state.calls.timelines === "off" ? "; timelines are off (latency.timelines)" : "");
    swap(room, some.length ? callsTable(some, state) : el("p", { class: "dim" }, box.checked ? "No call went over the budget." : "No call yet."));
  };
  return show;
}

/** Live calls with what their trails tell, then the ended ones; newest first. Each live call that has a trail is among the live ones. */
function merged({ live, outlines }) {
  const trails = new Map(outlines.map((outline) => [outline.call, outline]));
  const up = live.map((call) => ({ ...trails.get(call.call), ...call, traced: trails.has(call.call), ended: null }));
  const numbers = new Set(live.map((call) => call.call));
  const over = outlines.filter((outline) => !numbers.has(outline.call)).map((outline) => ({ ...outline, traced: true, ended: outline.ended || "over" }));
  return [...up, ...over];
}

function callsTable(list, state) {
  const { now_ms, budget_us } = state.calls;
  const rows = list.map((call) => [
    call.traced && isTold(state, call.call) ? el("a", { href: callLink(call.call), class: "mono", "aria-label": `Timeline of call ${call.sid}` }, `…${call.sid.slice(-8)}`) : el("span", { class: "mono dim" }, `…${call.sid.slice(-8)}`),
    phase(call), clock(call.began_ms), span(call.lasted_us == null ? now_ms - call.began_ms : call.lasted_us / 1000),
    call.turns ?? call.turn, call.interrupts ?? "–",
    el("span", { class: call.last_us > budget_us ? "bad" : "" }, time(call.last_us)),
    el("span", { class: call.slowest_us > budget_us ? "bad" : "" }, time(call.slowest_us)),
    call.over ? el("span", { class: "tag bad" }, `${call.over} over`) : ""]);
  return table("Calls", [["call", ""], ["state", ""], ["began", "less"], ["lasted", "num less"], ["turns", "num"], ["interrupts", "num less"],
    ["last first chunk", "num less"], ["slowest", "num"], ["", ""]], rows);
}

function phase(call) {
  if (call.ended) return el("span", { class: "tag" }, call.ended.replaceAll("_", " "));
  const kind = ["replying", "parked"].includes(call.phase) ? "warn" : "good";
  return el("span", { class: `tag ${kind}` }, PHASES[call.phase] || call.phase);
}
