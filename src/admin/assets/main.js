// Which view is shown, and where its figures come from: a server, or the report that holds them.

const saved = document.getElementById("report");
const state = { stats: null, columns: [], turns: [], calls: null, call: null, name: null };
let update = null;

/** Replaces what a room holds, and leaves the focus where it was if its link is still there. */
function swap(room, content) {
  const focused = room.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  room.replaceChildren(...[content].flat());
  if (focused) [...room.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
}

/** Takes figures in: columns and turns that are known already are replaced, others added. */
function take(stats) {
  // Another start counts its turns and its calls anew.
  if (state.stats && state.stats.started_ms !== stats.started_ms) {
    Object.assign(state, { columns: [], turns: [] });
    gone("the server was started again");
  }
  const first = stats.columns[0];
  const last = state.columns[state.columns.length - 1];
  const gap = Boolean(first && last && first.at > last.at + 1 && stats.columns.length >= 8);
  const columns = new Map([...state.columns, ...stats.columns].map((column) => [column.at, column]));
  const oldest = stats.now_ms / stats.column_ms - 180;
  state.columns = [...columns.values()].filter((column) => column.at >= oldest).sort((a, b) => a.at - b.at);
  const turns = new Map([...state.turns, ...stats.turns].map((turn) => [turn.seq, turn]));
  state.turns = [...turns.values()].sort((a, b) => a.seq - b.seq).slice(-200);
  state.stats = stats;
  return gap;
}

/** The call that is shown cannot be asked about any more. */
function gone(why) {
  if (state.call && !state.call.ended) state.call.gone = why;
}

function where() {
  const path = saved ? location.hash.slice(1) || "/" : location.pathname;
  const name = /^\/calls\/(.+)$/.exec(path);
  if (name) return { view: "call", name: decoded(name[1]) };
  return { view: path === "/calls" ? "calls" : "overview" };
}

/** Anybody can write an address that cannot be decoded. */
function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

async function load(path) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function show() {
  const main = document.getElementById("main");
  const { view, name } = where();
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (saved) link.setAttribute("href", `#${link.dataset.view === "calls" ? "/calls" : "/"}`);
  }
  document.title = `${{ overview: "Overview", calls: "Calls", call: `Call ${name}` }[view]} – Firstword`;
  if (view === "call" && name !== state.name) Object.assign(state, { name, call: null, missing: false, jumped: false });
  update = { overview, calls, call: timeline }[view](main, state);
  refresh();
}

/** Brings the view up to date; the calls are asked for only where they are shown. */
async function refresh() {
  // One question at a time, however slow its answer.
  if (state.isAsking) return;
  const { view, name } = where();
  state.isAsking = true;
  try {
    if (view === "calls") state.calls = saved ? state.calls : await load("/calls.json");
    const isOver = state.call && (state.call.ended || state.call.gone);
    if (view === "call" && !isOver) state.call = saved ? isTold(state, name) && state.timelines[name] : await load(`/calls/${encodeURIComponent(name)}.json`);
  } catch (error) {
    state.missing = !state.call;
    if (error.message === "404") gone("the server no longer knows it");
  } finally {
    state.isAsking = false;
  }
  if (view === "call" && saved) state.missing = !state.call;
  if (state.stats && (view !== "calls" || state.calls)) update();
}

function about() {
  const { stats } = state;
  document.getElementById("about").textContent = `${stats.version} · up ${span(stats.now_ms - stats.started_ms)} · budget ${time(stats.budget_us)}`;
}

function say(text, kind) {
  const line = document.getElementById("state");
  // Said aloud by screen readers, so it changes only when something has changed.
  if (line.textContent !== text) line.textContent = text;
  document.getElementById("dot").className = `dot ${kind}`;
}

// A browser gives up on an answer that is no stream, and never finds out that a server has gone
// without a word. So the page itself comes back after each loss, less and less often.
const SILENCE_MS = 10_000;
const ANSWER_MS = 5_000;
const PAUSES_MS = [2_000, 30_000];
const stream = { source: null, timer: 0, pause: PAUSES_MS[0] };

function disconnect() {
  clearTimeout(stream.timer);
  if (stream.source) stream.source.close();
  stream.source = null;
}

function lost() {
  disconnect();
  say("not live: the server does not answer", "off");
  stream.timer = setTimeout(listen, stream.pause);
  stream.pause = Math.min(2 * stream.pause, PAUSES_MS[1]);
}

// A browser has six connections to a server over HTTP/1.1, and each stream holds one. So a tab that
// is not seen has none; it is told again when it is.
function listen() {
  disconnect();
  if (document.hidden) return say("paused", "");
  const source = new EventSource("/events");
  Object.assign(stream, { source, timer: setTimeout(lost, SILENCE_MS) });
  // A tick tells of the last half minute only.
  let isBehind = true;
  source.addEventListener("error", lost);
  source.addEventListener("tick", async (event) => {
    clearTimeout(stream.timer);
    Object.assign(stream, { timer: setTimeout(lost, SILENCE_MS), pause: PAUSES_MS[0] });
    isBehind = take(JSON.parse(event.data)) || isBehind;
    try {
      if (isBehind) take(await load("/stats"));
      isBehind = false;
    } catch {
      // The next tick asks again.
    }
    if (source !== stream.source) return;
    say("live", "on");
    about();
    if (update) refresh();
    else show();
  });
}

function begin() {
  if (!saved) {
    document.addEventListener("visibilitychange", listen);
    return listen();
  }
  const { stats, calls: list, timelines } = JSON.parse(saved.textContent);
  Object.assign(state, { calls: list, timelines });
  take(stats);
  say(`report of ${new Date(stats.now_ms).toLocaleString()}`, "");
  for (const id of ["save", "hgrm"]) document.getElementById(id).remove();
  document.querySelector(".brand").setAttribute("href", "#/");
  addEventListener("hashchange", show);
  about();
  show();
}

begin();
