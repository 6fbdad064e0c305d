// Asks a real Prometheus the questions of the board, has Grafana's components draw the answers in
// headless Chromium, and keeps the picture. Run by `.ci/board-picture`, in a folder that has the
// packages of package.json.

import { readFileSync } from "node:fs";

import { build } from "esbuild";
import { chromium } from "playwright-core";

const [boardFile, prometheus, seconds, picture] = process.argv.slice(2);
const board = JSON.parse(readFileSync(boardFile, "utf8"));

/** Points of a line: about one every four pixels. */
const POINTS = 160;

/** Grafana counts panels from 1 when a board is imported. */
board.panels.forEach((panel, place) => { panel.id ??= place + 1; });
const to = Math.floor(Date.now() / 1000);
const from = to - Number(seconds);
const step = Math.max(1, Math.round((to - from) / POINTS));

function filled(expr) {
  return expr.replaceAll("$__rate_interval", "20s").replaceAll("$job", ".+").replaceAll("$instance", ".+");
}

/** The series of one target: labels, and values by time, with nulls where there are none. */
async function ask({ expr, instant }) {
  const when = instant ? { time: to } : { start: from, end: to, step };
  const query = new URLSearchParams({ query: filled(expr), ...when });
  const answer = await (await fetch(`${prometheus}/api/v1/${instant ? "query" : "query_range"}?${query}`)).json();
  if (answer.status !== "success") throw new Error(`${expr}: ${answer.error}`);
  const times = instant ? [to] : Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, place) => from + place * step);
  return answer.data.result.map(({ metric, values, value }) => {
    const known = new Map((values ?? [value]).map(([time, text]) => [Math.round(time), Number(text)]));
    const finite = (value) => (Number.isFinite(value) ? value : null);
    return { labels: metric, times: times.map((time) => time * 1000), values: times.map((time) => finite(known.get(time) ?? NaN)) };
  });
}

const answers = {};
for (const panel of board.panels) {
  for (const target of panel.targets ?? []) answers[`${panel.id}/${target.refId}`] = await ask(target);
}

const { outputFiles: bundle } = await build({
  entryPoints: ["board.jsx"], bundle: true, write: false, outdir: "bundle", format: "esm", minify: true, jsx: "automatic",
  define: { global: "window", "process.env.NODE_ENV": '"production"' }, logLevel: "error",
  loader: { ".svg": "dataurl", ".png": "dataurl", ".woff": "dataurl", ".woff2": "dataurl", ".ttf": "dataurl", ".eot": "dataurl" },
});
const [script, style] = ["js", "css"].map((kind) => bundle.find(({ path }) => path.endsWith(`.${kind}`)).text);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium", headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1432, height: 1000 } });
const wrong = [];
page.on("pageerror", (error) => wrong.push(error.stack));
const origin = "http://board.invalid";
await page.route("**/*", (route) => {
  const { pathname } = new URL(route.request().url());
  const send = (contentType, body) => route.fulfill({ contentType, body });
  if (pathname === "/") {
    return send("text/html", '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/style.css"><body style="margin:0"><div id="root"></div><script src="/data.js"></script><script type="module" src="/board.js"></script>');
  }
  if (pathname === "/style.css") return send("text/css", style);
  if (pathname === "/board.js") return send("text/javascript", script);
  if (pathname === "/data.js") return send("text/javascript", `window.picture = ${JSON.stringify({ board, answers, from: from * 1000, to: to * 1000 })};`);
  return route.abort();
});
await page.goto(`${origin}/`);
const panels = board.panels.filter(({ type }) => type !== "row");
try {
  await page.waitForFunction((count) => document.querySelectorAll("[data-panel]").length === count, panels.length, { timeout: 30_000 });
  await page.waitForFunction((count) => document.querySelectorAll("[data-panel] canvas").length >= count, panels.filter(({ type }) => ["timeseries", "heatmap"].includes(type)).length, { timeout: 30_000 });
  // Every panel that has data has drawn something of it: a canvas, or a number.
  const empty = await page.evaluate(() => [...document.querySelectorAll("[data-panel]")].filter((panel) => !panel.querySelector("canvas") && !/\d/.test(panel.textContent)).map((panel) => panel.dataset.panel));
  if (empty.length > 0) wrong.push(`nothing is drawn in: ${empty.join(", ")}`);
} catch (error) {
  wrong.push(error.message);
}
await page.screenshot({ path: picture, fullPage: true });
await browser.close();
wrong.forEach((fault) => console.error(`board-picture: ${fault}`));
console.log(`board-picture: ${panels.length} panels, ${wrong.length} faults: ${picture}`);
process.exitCode = wrong.length === 0 ? 0 : 1;
