// The picture of a call: caller, model, chunks and what was heard, on one time axis.

const ROW = 40;
const LANES = ["caller", "model", "chunks", "heard"];

/** What a voice speaks in a second; Twilio does not tell when it plays, so this is reckoned. */
const BYTES_A_SECOND = 14;

/** Draws all turns; `scale` is pixels a second. */
function lanesPicture(call, scale) {
  const end = call.end;
  const width = Math.max(200, Math.ceil((end / 1e6) * scale) + 60);
  const height = LANES.length * ROW + 24;
  const x = (us) => +((us / 1e6) * scale + 6).toFixed(2);
  const y = (lane) => LANES.indexOf(lane) * ROW + 5;
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `Timeline of ${call.turns.length} turns over ${time(end)}; the list below says the same in words` }, hatch());
  for (const lane of LANES) picture.append(svg("rect", { class: "row", x: 0, width, y: y(lane), height: ROW - 10 }));
  drawAxis(picture, { x, width, height, end, scale });
  for (const turn of call.turns) drawTurn(picture, turn, { x, y, scale });
  for (const cut of call.interrupts) drawFlag(picture, { x: x(cut.t), y: y("caller"), text: "interrupt", kind: "cut", title: cut.text || "the caller spoke over the reply" });
  return picture;
}

function laneNames() {
  return svg("svg", { class: "names", "aria-hidden": "true", width: 74, height: LANES.length * ROW + 24 },
    LANES.map((lane, row) => svg("text", { x: 0, y: row * ROW + 25 }, lane)));
}

function hatch() {
  return svg("defs", {}, svg("pattern", { id: "hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { class: "hatched", width: 7, height: 7 }), svg("line", { class: "hatching", x1: 0, y1: 0, x2: 0, y2: 7 })));
}

function drawAxis(picture, { x, height, end, scale }) {
  const step = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300].find((one) => one * scale >= 64) || 600;
  for (let at = 0; at <= end / 1e6; at += step) {
    const here = x(at * 1e6);
    picture.append(svg("line", { class: "tick", x1: here, x2: here, y1: 0, y2: height - 18 }),
      svg("text", { class: "axis", x: here + 2, y: height - 5 }, `${+at.toFixed(2)} s`));
  }
}

function drawFlag(picture, { x, y, text, kind, title }) {
  picture.append(svg("g", {}, svg("title", {}, title), svg("line", { class: `flag ${kind}`, x1: x, x2: x, y1: y - 2, y2: y + ROW - 8 }),
    svg("text", { class: "say", x: x + 4, y: kind === "cut" ? y + 26 : y + 12 }, text)));
}

function drawTurn(picture, turn, { x, y, scale }) {
  const box = (lane, from, to, kind, title) => {
    const rect = svg("rect", { class: kind, x: x(from), width: Math.max(2, x(to) - x(from)), y: y(lane) + 4, height: ROW - 18, rx: 2 }, svg("title", {}, title));
    picture.append(rect);
  };
  const room = ((turn.until - turn.prompt.t) / 1e6) * scale;
  const words = turn.own ? "" : turn.prompt.text || turn.prompt.instead || "prompt";
  const letters = Math.floor(room / 6.2) - 2;
  if (letters > 3) drawFlag(picture, { x: x(turn.prompt.t), y: y("caller"), text: `${turn.number} ${words.slice(0, letters)}`, kind: "", title: words });
  else drawFlag(picture, { x: x(turn.prompt.t), y: y("caller"), text: room > 14 ? turn.number : "", kind: "", title: words });
  const first = turn.firstPiece ?? turn.streamEnd ?? turn.end;
  // Nobody was asked for our own words, nor by a request that became needless before it went out.
  if (!turn.own && turn.how !== "unsent") box("model", turn.asked, first, "asked", `turn ${turn.number}: waiting for the first piece, ${time(first - turn.asked)}`);
  if (turn.firstPiece != null) {
    box("model", turn.firstPiece, turn.streamEnd ?? turn.end, "stream", `turn ${turn.number}: pieces for ${time((turn.streamEnd ?? turn.end) - turn.firstPiece)}`);
  }
  if (turn.how === "cut") box("model", turn.streamEnd, turn.streamEnd, "cutoff", `turn ${turn.number}: the stream was cut`);
  if (turn.how && !["completed", "cut", "unsent"].includes(turn.how)) box("model", turn.streamEnd, turn.streamEnd + 5e4, "stream failed", `the model failed: ${turn.how}`);
  turn.chunks.forEach((chunk, place) => {
    const next = turn.chunks[place + 1];
    const to = next ? Math.max(next.t, chunk.t + 4e3) : chunk.t + 8e4;
    const kind = chunk.fate === "taken back" ? "chunk stale" : chunk.fate === "not heard" ? "chunk unheard" : chunk.source === "model" ? "chunk" : "chunk own";
    box("chunks", chunk.t, to, kind, `${chunk.text || `${chunk.bytes} bytes`} — ${chunk.why}${chunk.fate ? `, ${chunk.fate}` : ""}`);
  });
  if (turn.spoken) {
    box("heard", turn.spoken.from, turn.spoken.to, turn.spoken.told ? "heard" : "played", turn.spoken.title);
  }
}
