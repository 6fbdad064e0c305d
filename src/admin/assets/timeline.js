// One call: the picture, and the same turn by turn in words.

const WHY = { words: "enough words", clause: "end of a clause", sentence: "end of a sentence", reply: "end of the reply", time: "no more came in time" };
const SOURCES = { apology: "our apology", goodbye: "our goodbye", hand_off: "before the call is handed over", reprompt: "the caller was silent", recovery: "after an interrupt without words", warning: "the time is almost up" };

/** Puts the marks of a call together into turns. */
function readCall(data) {
  const call = { ...data, turns: [], interrupts: [], end: data.lasted_us ?? 0 };
  let turn = null;
  let before = null;
  // What the next turn answers.
  let prompt = null;
  let merged = false;
  let keys = false;
  const answered = (words) => {
    const whole = { ...words, merged };
    [prompt, merged, keys] = [null, false, false];
    return whole;
  };
  const by = new Map();
  const begin = (number, at, more) => {
    turn = { number, asked: at, chunks: [], end: at, outcome: call.ended || call.gone ? "end unknown" : "live", ...more };
    call.turns.push(turn);
    by.set(number, turn);
  };
  for (const mark of data.marks) {
    call.end = Math.max(call.end, mark.t);
    const of = by.get(mark.turn);
    switch (mark.mark) {
      case "prompt": prompt = mark; break;
      case "interrupt": call.interrupts.push({ ...mark, during: turn && turn.number }); break;
      case "merged": merged = true; break;
      // A prompt that is answered is asked about at once, so one from before was ignored.
      case "digit": [keys, prompt] = [true, null]; break;
      // Without words of the caller, it answers his keys, or is asked for once more.
      case "asked":
        begin(mark.turn, mark.t, { prompt: answered(prompt || { t: mark.t, instead: keys ? "keys" : "asked again" }) });
        break;
      // Asked before the prompt was final; whether it was right, the way to its first chunk tells.
      case "guessed": begin(mark.turn, mark.t, { prompt: { t: mark.t }, guessed: true }); break;
      // A late interrupt tells of a turn before the newest one.
      case "heard":
        if (of) of.heard = mark;
        if (of && before.mark === "interrupt") call.interrupts.at(-1).during = mark.turn;
        break;
      default:
        // Words of our own answer no prompt, and nobody was asked for them.
        if (mark.mark === "chunk" && !of) begin(mark.turn, mark.t, { prompt: { t: mark.t }, own: true });
        if (mark.mark === "stages" && of && of.guessed && prompt && mark.read === prompt.t) of.prompt = answered(prompt);
        if (by.has(mark.turn)) turnMark(by.get(mark.turn), mark);
    }
    before = mark;
  }
  call.turns.forEach((one, place) => finishTurn(one, call.turns[place + 1], call));
  return call;
}

function turnMark(turn, mark) {
  turn.end = Math.max(turn.end, mark.t);
  switch (mark.mark) {
    case "stages":
      turn.stages = mark;
      if (mark.stages.llm_first_piece || mark.whole) {
        const { frame_parse, prompt_build, llm_connect, llm_first_piece } = mark.stages;
        turn.firstPiece = mark.read + frame_parse + prompt_build + llm_connect + llm_first_piece;
      }
      break;
    case "request_over": turn.tokens = mark.output_tokens == null ? null : mark; break;
    case "stream_ended": Object.assign(turn, { streamEnd: mark.t, how: mark.how }); break;
    case "chunk": turn.chunks.push({ ...mark }); break;
    case "written": { const chunk = turn.chunks[mark.number]; if (chunk) chunk.written = mark.t; break; }
    case "aborted":
      turn.aborted = mark;
      if (mark.cause === "wrong_guess") turn.outcome = "wrong_guess";
      break;
    case "turn_ended": turn.outcome = mark.outcome; break;
  }
}

/** What follows from the marks: which chunks were stale, which were heard, how long the voice spoke. */
function finishTurn(turn, next, call) {
  turn.next = next ? next.prompt.t : call.end + 2e6;
  // Words of the caller end where the next mark on the lane begins.
  turn.until = Math.min(turn.next, ...call.interrupts.map((cut) => cut.t).filter((t) => t > turn.prompt.t));
  let before = 0;
  for (const chunk of turn.chunks) {
    chunk.bytes = chunk.upto - before;
    chunk.begins = before;
    before = chunk.upto;
    chunk.why = chunk.source === "model" ? WHY[chunk.end] || chunk.end : SOURCES[chunk.source];
    chunk.fate = fate(chunk, turn);
  }
  const written = turn.chunks.filter((chunk) => chunk.written != null);
  if (!written.length) return;
  const bytes = turn.heard ? turn.heard.bytes : written[written.length - 1].upto;
  const from = written[0].written;
  const until = turn.heard ? turn.heard.t : Infinity;
  const to = Math.min(from + (bytes / BYTES_A_SECOND) * 1e6, until, turn.next);
  const told = turn.heard && turn.heard.by !== "duration" && turn.heard.by !== "elapsed";
  turn.spoken = { from, to: Math.max(to, from + 1e4), told,
    title: told ? `heard ${bytes} bytes, as the relay told (${turn.heard.by})` : `about ${bytes} bytes at ${BYTES_A_SECOND} characters a second (reckoned)` };
}

function fate(chunk, turn) {
  if (turn.aborted && chunk.written == null) return "taken back";
  if (!turn.heard) return "";
  if (chunk.upto <= turn.heard.bytes) return "heard";
  return chunk.begins < turn.heard.bytes ? "heard in part" : "not heard";
}

function timeline(main, state) {
  let scale = null;
  let json = "";
  const name = el("span", { class: "mono" }, state.name);
  const title = el("h1", {}, "Call ", name);
  const facts = el("p", { class: "facts" });
  const scroll = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Timeline, scrolls sideways" });
  const turns = el("div", {});
  const copied = el("span", { class: "dim", role: "status" });
  const button = (text, label, click) => el("button", { type: "button", "aria-label": label, click }, text);
  const zoom = (factor) => { scale *= factor; show(); };
  const tools = [button("–", "Zoom out", () => zoom(0.5)), button("+", "Zoom in", () => zoom(2)), button("fit", "Fit to the width", () => { scale = null; show(); })];
  main.replaceChildren(
    el("div", { class: "filters" }, title, copied, button("Copy JSON", "Copy the timeline as JSON", () => copyText(json, copied)),
      el("a", { href: `/calls/${encodeURIComponent(state.name)}.json`, class: "dim" }, ".json")),
    facts,
    card("s12", "Timeline", "hatched: chunks of a dead turn that were taken back; pale: reckoned at 14 characters a second", tools,
      el("div", { class: "lanes" }, laneNames(), scroll)),
    turns);
  const show = () => {
    if (!state.call) {
      facts.textContent = state.missing ? "There is no timeline of this call: it was not traced, or it ended too long ago." : "Loading.";
      return;
    }
    json = JSON.stringify(state.call, null, 1);
    const call = readCall(state.call);
    name.textContent = call.sid;
    const whole = Math.max(20, ((scroll.clientWidth - 80) / Math.max(call.end, 1e6)) * 1e6);
    scale = scale ?? Math.max(whole, 36);
    const at = scroll.scrollLeft;
    scroll.replaceChildren(lanesPicture(call, scale));
    scroll.scrollLeft = at;
    facts.replaceChildren(...callFacts(call, state.call, state.stats));
    swap(turns, call.turns.map((turn) => turnCard(turn, call, state)).reverse());
    jump(state);
  };
  return show;
}

function callFacts(call, { turns }, { now_ms }) {
  const isUp = !call.ended && !call.gone;
  // The newest mark may be minutes old.
  const lasted = isUp ? now_ms - call.began_ms : (call.lasted_us ?? call.end) / 1000;
  const before = call.turns.length ? call.turns[0].number - 1 : turns;
  const fact = (value, name) => el("span", {}, el("b", {}, value), ` ${name}`);
  return [fact(clock(call.began_ms), "began"), fact(span(lasted), isUp ? "so far" : "long"), fact(turns, "turns"),
    fact(call.interrupts.length, "interrupts"), fact(call.over, "over budget"), fact(time(call.slowest_us), "slowest first chunk"),
    call.ended ? fact(call.ended.replaceAll("_", " "), "ended it") : el("span", { class: `tag ${isUp ? "good" : "bad"}` }, call.gone || "up"),
    call.missed ? fact(before, "first turns are left out") : null].filter(Boolean);
}

function turnCard(turn, call, state) {
  const stages = turn.stages ? stageNames().map((name) => turn.stages.stages[name]) : null;
  const budget = state.stats ? state.stats.budget_us : 300000;
  const verdict = turn.stages && turn.stages.verdict;
  const tags = [el("span", { class: `tag ${["error", "panic"].includes(turn.outcome) ? "bad" : ""}` }, turn.outcome.replaceAll("_", " ")),
    verdict === "over_budget" ? el("span", { class: "tag bad" }, `over budget: ${STAGE_NAMES[longest(stages)][0]}`) : null,
    verdict === "no_answer" ? el("span", { class: "tag bad" }, "no answer") : null,
    turn.guessed ? el("span", { class: "tag" }, "begun before the prompt was final") : null,
    turn.prompt.instead ? el("span", { class: "tag" }, turn.prompt.instead) : null,
    turn.prompt.merged ? el("span", { class: "tag" }, "merged with the prompt before") : null];
  const cuts = call.interrupts.filter((cut) => cut.during === turn.number);
  return el("section", { class: "card turn", id: `turn-${turn.number}`, "aria-label": `Turn ${turn.number}` },
    el("div", { class: "head" }, el("h2", {}, `Turn ${turn.number}`), el("span", { class: "note" }, `at ${time(turn.prompt.t)}${tokens(turn)}`), tags,
      el("span", { class: "right" }, turn.stages && turn.stages.whole ? time(turn.stages.first_chunk) : "")),
    stages ? stageBar(stages, budget, Math.max(2 * budget, turn.stages.first_chunk), inWords(stages)) : null,
    turn.prompt.text ? el("p", { class: "said" }, el("span", { class: "dim" }, "caller "), el("b", { class: "quote" }, turn.prompt.text)) : null,
    chunkList(turn),
    cuts.map((cut) => el("p", { class: "said" }, el("span", { class: "tag bad" }, "interrupt"), ` at ${time(cut.t)}`,
      turn.heard ? `; heard ${turn.heard.bytes} bytes (${turn.heard.by})` : "", cut.text ? el("span", { class: "dim quote" }, ` up to “${cut.text}”`) : "")));
}

/** What the provider counted; it tells nothing of a request that was cut. */
function tokens({ tokens: told }) {
  return told ? ` · ${count(told.input_tokens)} tokens in, ${count(told.output_tokens)} out` : "";
}

function chunkList(turn) {
  if (!turn.chunks.length) return null;
  return el("ol", { class: "chunks", "aria-label": `Chunks of turn ${turn.number}` }, turn.chunks.map((chunk) => {
    const kind = { "taken back": "stale", heard: "heard", "heard in part": "heard", "not heard": "unheard" }[chunk.fate];
    return el("li", { class: kind }, el("span", { class: "text" }, chunk.text ? chunk.text.trim() : `${chunk.bytes} bytes`),
      el("span", { class: "why" }, `+${time(chunk.t - turn.prompt.t)} · ${chunk.why}${chunk.fate ? ` · ${chunk.fate}` : ""}`));
  }));
}

async function copyText(text, told) {
  try {
    await navigator.clipboard.writeText(text);
    told.textContent = "copied";
  } catch {
    told.textContent = "the browser does not allow it; take the .json";
  }
}

/** Goes to the turn that the address names, once. */
function jump(state) {
  const target = /^#turn-\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (target && !state.jumped) {
    state.jumped = true;
    target.scrollIntoView({ block: "center" });
  }
}
