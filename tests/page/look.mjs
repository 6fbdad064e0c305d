// Opens the live page of a running demo in Chromium and looks at it as a person would.
// Ends with status 1 at the first thing that is not as it should be. Run by .ci/page.

import { strict as assert } from "node:assert";
import { copyFileSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [live, relay, out, pictures] = process.argv.slice(2);
const SIZES = [{ width: 1280, height: 900 }, { width: 390, height: 844 }];
const HOSTILE = "<img src=x onerror=\"window.pwned=1\"></script><script>window.pwned=1</script>";
const PICTURE_BYTES_MAX = 300_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const say = (text) => console.log(`  ok  ${text}`);

/** A page that writes down everything that must not happen. */
async function watched(options, home) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.wrong = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => page.wrong.push(`error: ${error.stack}`));
  page.on("request", (request) => !request.url().startsWith(home) && page.wrong.push(`foreign request: ${request.url()}`));
  page.on("response", (response) => response.status() >= 400 && page.wrong.push(`${response.status()}: ${response.url()}`));
  return page;
}

async function fits(page, what) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert(over <= 0, `${what}: ${over} px wider than the screen`);
  assert.deepEqual(page.wrong, [], what);
}

/** A call whose caller says something hostile; gives its sid once it has a turn. */
async function hostileCall() {
  const page = await (await browser.newContext()).newPage();
  const sid = "CAhostile0000000000000000000000000";
  // Only a page of the server's own origin may open its socket.
  await page.goto(new URL("/healthz", relay.replace(/^ws/, "http")).href);
  await page.evaluate(async ([url, sid, words]) => {
    const socket = new WebSocket(url);
    await new Promise((open, fail) => Object.assign(socket, { onopen: open, onerror: fail }));
    const answered = new Promise((heard) => { socket.onmessage = heard; });
    socket.send(JSON.stringify({ type: "setup", callSid: sid, sessionId: "VX1", from: "+1", to: "+2" }));
    socket.send(JSON.stringify({ type: "prompt", voicePrompt: words, last: true }));
    await answered;
    window.socket = socket;
  }, [relay, sid, HOSTILE]);
  return sid;
}

const json = async (path) => (await fetch(live + path)).json();

/** Some turns are there, one of them slow, and a call has ended. */
async function isUnderWay() {
  const [{ figures }, { outlines }] = [await json("stats"), await json("calls.json")];
  return figures.answered > (pictures ? 180 : 60) && figures.over_budget > 0 && outlines.some((call) => call.ended && call.turns > 1);
}

async function overview(size) {
  const page = await watched({ viewport: size }, live);
  await page.goto(live);
  await page.waitForFunction(() => document.getElementById("state").textContent === "live");
  await page.waitForSelector(".turns tbody tr");
  const text = (name) => page.evaluate((label) => document.querySelector(`section[aria-label="${label}"] .value`).textContent, name);
  const before = await text("Turns ended");
  await page.waitForFunction((old) => document.querySelector('section[aria-label="Turns ended"] .value').textContent !== old, before, { timeout: 15_000 });
  const after = await text("Turns ended");
  assert(Number(after.replace(/\D/g, "")) > Number(before.replace(/\D/g, "")), `turns went from ${before} to ${after}`);
  assert.match(await text("Time to first chunk, p95"), /^\d+(\.\d+)? ms$/);
  assert.match(await text("Turns in budget"), /^\d+(\.\d)? %$/);
  assert.equal(await page.locator(".uplot canvas").count(), 2, "two plots are drawn");
  const inked = await page.evaluate(() => {
    const canvas = document.querySelector("canvas.heat");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, place) => place % 4 === 3 && value > 0).length;
  });
  assert(inked > 500, `the heatmap has ${inked} pixels of ink`);
  for (const summary of await page.locator("details summary").all()) await summary.click();
  await page.waitForFunction(() => document.querySelectorAll("details table").length === 3, undefined, { timeout: 5_000 });
  assert(await page.locator("details table tbody tr").count() >= 12, "each chart is there as a table too");
  for (const summary of await page.locator("details summary").all()) await summary.click();
  await fits(page, `overview at ${size.width}`);
  await picture(page, `live-${size.width}`);
  say(`overview at ${size.width} px: turns went from ${before} to ${after}`);
  return page;
}

async function picture(page, name) {
  const path = join(out, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  if (!pictures || !name.startsWith("live-")) return;
  assert(statSync(path).size < PICTURE_BYTES_MAX, `${name} is too large for the README`);
  mkdirSync(pictures, { recursive: true });
  copyFileSync(path, join(pictures, `${name}.png`));
}

async function keyboard() {
  const page = await watched({ viewport: SIZES[0] }, live);
  await page.goto(live);
  await page.waitForSelector(".turns tbody tr");
  const seen = [];
  for (let step = 0; step < 6; step++) {
    await page.keyboard.press("Tab");
    seen.push(await page.evaluate(() => document.activeElement.textContent.trim()));
  }
  assert.deepEqual(seen, ["Skip to content", "Firstword", "Overview", "Calls", "Save report", ".hgrm"]);
  const marks = await page.evaluate(() => ["header", "nav", "main"].map((name) => document.querySelectorAll(name).length));
  assert.deepEqual(marks, [1, 1, 1], "landmarks");
  say("the keyboard reaches everything in order");
}

async function calls(page, size) {
  await page.getByRole("link", { name: "Calls" }).click();
  await page.waitForSelector(".card tbody tr");
  const all = await page.locator(".card tbody tr").count();
  await page.getByLabel("over budget only").check();
  await page.waitForFunction(() => [...document.querySelectorAll(".card tbody tr")].every((row) => row.textContent.includes("over")));
  const over = await page.locator(".card tbody tr").count();
  assert(over < all, `${over} of ${all} calls are over the budget`);
  await page.getByLabel("over budget only").uncheck();
  await fits(page, `calls at ${size.width}`);
  await picture(page, `calls-${size.width}`);
  say(`calls at ${size.width} px: ${all}, ${over} over the budget`);
}

async function timeline(page, size) {
  // The oldest call on the list has ended, and has turns.
  await page.locator('.card tbody a[aria-label^="Timeline"]').last().click();
  await page.waitForSelector(".lanes svg .chunk");
  for (const kind of [".asked", ".stream", ".chunk", ".heard, .played"]) {
    assert(await page.locator(`.scroll ${kind}`).count() > 0, `${kind} is on the timeline`);
  }
  assert(await page.locator(".chunks li").count() > 2, "the chunks are listed");
  assert.match(await page.locator(".chunks li .why").first().textContent(), /words|clause|sentence|reply/);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await fits(page, `timeline at ${size.width}`);
  await page.getByRole("button", { name: "Fit" }).click();
  await picture(page, `call-${size.width}`);
  say(`a timeline opens at ${size.width} px: ${await page.locator(".turn").count()} turns`);
}

async function hostile(sid) {
  const page = await watched({ viewport: SIZES[0] }, live);
  await page.goto(`${live}calls/${sid}`);
  await page.waitForSelector(".turn b.quote");
  assert.equal(await page.locator(".turn b.quote").first().textContent(), HOSTILE);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.locator("main img").count(), 0);
  await fits(page, "a hostile call");
  say("hostile words stay words");
}

/** The way that a board takes: by rank, without the id of a call. */
async function slowest() {
  const page = await watched({ viewport: SIZES[0] }, live);
  await page.goto(`${live}slowest/1`);
  await page.waitForSelector(".turn .tag.bad");
  const { pathname, hash } = new URL(page.url());
  assert.match(pathname, /^\/calls\/\d+$/, "the slowest turn's call");
  assert.match(await page.locator(hash).textContent(), /over budget/, "its turn is the slowest of all");
  await fits(page, "the slowest turn");
  say(`the slowest turn is found: ${hash}`);
}

/** No peer of the demo reads slowly, so a real timeline is told to have had chunks taken back. */
async function stale() {
  const page = await watched({ viewport: SIZES[0], colorScheme: "dark" }, live);
  const { outlines } = await json("calls.json");
  const { sid } = outlines.find((call) => call.ended && call.turns > 1);
  const call = await json(`calls/${sid}.json`);
  const chunks = call.marks.filter((mark) => mark.mark === "chunk" && mark.source === "model" && mark.number >= 2);
  const { turn } = chunks[0];
  call.marks = call.marks.filter((mark) => !(mark.mark === "written" && mark.turn === turn && mark.number >= 2));
  call.marks.push({ mark: "aborted", turn, cause: "interrupt", retracted: 1, t: call.lasted_us });
  await page.route(`**/${sid}.json`, (route) => route.fulfill({ json: call }));
  await page.goto(`${live}calls/${sid}#turn-${turn}`);
  await page.waitForSelector(".scroll .chunk.stale");
  const hatched = await page.locator(".scroll .chunk.stale").first().evaluate((chunk) => getComputedStyle(chunk).fill);
  assert.match(hatched, /#hatch/, "stale chunks are hatched");
  assert.match(await page.locator(".chunks li.stale .why").first().textContent(), /taken back/);
  await picture(page, "stale");
  await fits(page, "stale chunks");
  say("chunks that were taken back are hatched");
}

/** What belongs to which turn: a late interrupt to the turn that it tells of, keys to no words. */
async function whose() {
  const page = await watched({ viewport: SIZES[0] }, live);
  const { outlines } = await json("calls.json");
  const { sid } = outlines.find((call) => call.ended && call.turns > 1);
  const call = await json(`calls/${sid}.json`);
  const spoken = (turn, t) => [
    { mark: "chunk", turn, number: 0, end: "reply", source: "model", upto: 20, t, text: "It is half past ten." },
    { mark: "written", turn, number: 0, t: t + 100 },
    { mark: "turn_ended", turn, outcome: "completed", t: t + 200 }];
  call.marks = [
    { mark: "prompt", text: "What time is it?", t: 1_000 }, { mark: "asked", turn: 1, t: 1_070 }, ...spoken(1, 200_000),
    { mark: "prompt", text: "And now?", t: 2_000_000 }, { mark: "asked", turn: 2, t: 2_000_100 },
    { mark: "interrupt", text: "It is", t: 2_050_000 }, { mark: "heard", turn: 1, by: "exact", bytes: 5, t: 2_050_100 }, ...spoken(2, 2_300_000),
    { mark: "prompt", text: "And now, ignored?", t: 4_900_000 }, { mark: "digit", t: 5_000_000 }, { mark: "merged", t: 7_000_000 }, { mark: "asked", turn: 3, t: 7_000_100 }, ...spoken(3, 7_200_000),
    { mark: "asked", turn: 4, t: 9_000_000 }, ...spoken(4, 9_100_000),
    { mark: "prompt", text: "Oh.", t: 9_500_000 }, { mark: "asked", turn: 5, t: 9_500_100 }, { mark: "stream_ended", turn: 5, how: "unsent", t: 9_500_200 },
    { mark: "turn_ended", turn: 5, outcome: "superseded", t: 9_500_200 }];
  await page.route(`**/${sid}.json`, (route) => route.fulfill({ json: call }));
  await page.goto(`${live}calls/${sid}`);
  await page.waitForSelector("#turn-5");
  const [one, two, three, four] = await Promise.all([1, 2, 3, 4].map((turn) => page.locator(`#turn-${turn}`).textContent()));
  assert.match(one, /heard in part.*interrupt.*heard 5 bytes/, "the first turn was interrupted");
  assert.doesNotMatch(two, /heard|interrupt/, "the second was not");
  assert.match(three, /at 7\.00 s.*keys.*merged/, "the third answers keys");
  assert.match(four, /at 9\.00 s.*asked again/, "the fourth was asked for once more");
  assert.doesNotMatch(three + four, /And now/, "no words are shown twice");
  assert.equal(await page.locator(".scroll .asked").count(), 4, "nobody was asked for the fifth");
  assert.equal(await page.locator(".scroll .failed").count(), 0, "and no model failed");
  await fits(page, "turns and what belongs to them");
  say("a late interrupt is shown at its turn, and keys as keys");
}

/** Above the 500 newest, live calls are counted but not listed; one that has a timeline is neither left out nor told as over. */
async function many() {
  const page = await watched({ viewport: SIZES[0] }, live);
  const { now_ms, budget_us } = await json("stats");
  const call = (number) => ({ call: number, sid: `CA${number}`, began_ms: now_ms, phase: "listening", turn: 1, event_s: 1 });
  const outline = { ...call(1), turns: 1, interrupts: 0, over: 0, last_us: 9, slowest_us: 9, lasted_us: null, ended: null, missed: 0 };
  await page.route("**/calls.json", (route) => route.fulfill({ json: {
    now_ms, budget_us, timelines: "times", live: [call(3), call(2), call(1)], live_count: 5, outlines: [outline] } }));
  await page.goto(`${live}calls`);
  await page.waitForSelector(".card tbody tr");
  assert.match(await page.locator(".filters").textContent(), /5 up, 2 of them not listed, 0 ended/);
  assert.equal(await page.locator(".card tbody .tag.good").count(), 3, "all are up");
  await fits(page, "many calls");
  say("calls that are not listed are counted");
}

/** A server that turns readers away, then serves them: the page says that it is not live, and comes back by itself. */
async function comesBack() {
  const page = await (await browser.newContext()).newPage();
  let refusals = 2;
  await page.route("**/events", (route) => (refusals-- > 0 ? route.fulfill({ status: 503, body: "no" }) : route.continue()));
  await page.goto(live);
  const says = (text) => page.waitForFunction((start) => document.getElementById("state").textContent.startsWith(start), text, { timeout: 15_000 });
  await says("not live");
  await says("live");
  await page.waitForSelector(".turns tbody tr");
  say("after an answer that is no stream, the page comes back");
}

/** A call that is up, of a server that is started again: its number is that of another call then. */
async function restarted() {
  const page = await watched({ viewport: SIZES[0] }, live);
  const stats = await json("stats");
  const [{ call: number, sid }] = (await json("calls.json")).outlines.filter((call) => !call.ended);
  const call = await json(`calls/${number}.json`);
  // The first turns have made room for newer ones; nothing was said for a minute.
  const marks = call.marks.slice(0, 1).concat({ mark: "prompt", text: "Hello?", t: 1_000 }, { mark: "asked", turn: 40, t: 1_100 });
  const told = { ...call, marks, missed: 900, turns: 40, began_ms: stats.now_ms - 60_000, ended: null, lasted_us: null };
  let [server, asked] = [stats.started_ms, 0];
  const now = () => ({ ...stats, started_ms: server });
  await page.route("**/stats", (route) => route.fulfill({ json: now() }));
  await page.route(`**/calls/${number}.json`, (route) => { asked++; return route.fulfill({ json: server === stats.started_ms ? told : { ...told, sid: "CAother" } }); });
  await page.addInitScript(() => { window.EventSource = class extends EventTarget { constructor() { super(); window.source = this; } close() {} }; });
  const tick = () => page.evaluate((data) => window.source.dispatchEvent(new MessageEvent("tick", { data })), JSON.stringify(now()));
  await page.goto(`${live}calls/${number}`);
  await tick();
  await page.waitForSelector("#turn-40 .tag");
  assert.match(await page.locator(".facts").textContent(), /1 min 0 s so far.*40 turns.*up.*39 first turns are left out/);
  assert.match(await page.locator("#turn-40").textContent(), /live/);
  server += 1;
  const before = asked;
  for (let ticks = 0; ticks < 3; ticks++) await tick();
  await page.waitForFunction(() => document.querySelector(".facts").textContent.includes("the server was started again"));
  assert.match(await page.locator("h1").textContent(), new RegExp(sid), "no other call is shown in its place");
  assert.match(await page.locator("#turn-40").textContent(), /end unknown/);
  assert.equal(asked, before, "nothing more is asked about it");
  say("a call of a server that was started again is told as gone");
}

/** A browser has six connections to a server: tabs that are not seen leave them to the others. */
async function tabs() {
  const context = await browser.newContext();
  const says = (page, text) => page.waitForFunction((start) => document.getElementById("state").textContent.startsWith(start), text, { timeout: 15_000 });
  const turn = (page, hidden) => page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
  const pages = [];
  for (let tab = 0; tab < 8; tab++) {
    const page = await context.newPage();
    await page.goto(live);
    await says(page, "live");
    await turn(page, true);
    await says(page, "paused");
    pages.push(page);
  }
  await turn(pages[0], false);
  await says(pages[0], "live");
  await context.close();
  say("eight tabs share six connections");
}

async function report() {
  const page = await watched({ viewport: SIZES[0], colorScheme: "dark" }, live);
  await page.goto(live);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Save report" }).click()]);
  const file = join(out, "report.html");
  await download.saveAs(file);
  const home = pathToFileURL(file).href;
  const offline = await watched({ viewport: SIZES[0], colorScheme: "dark", offline: true }, home);
  await offline.goto(home);
  await offline.waitForSelector(".turns tbody tr");
  assert.match(await offline.locator("#state").textContent(), /^report of /);
  assert.equal(await offline.locator(".uplot canvas").count(), 2);
  await picture(offline, "report");
  await offline.getByRole("button", { name: "slowest" }).click();
  await offline.locator('.turns a[href^="#/calls/"]').first().click();
  await offline.waitForSelector(".lanes svg .chunk");
  await offline.getByRole("link", { name: "Calls" }).click();
  await offline.waitForSelector(".card tbody tr");
  for (const link of await offline.locator('.card tbody a').all()) {
    const sid = (await link.getAttribute("href")).split("/").pop();
    assert(await offline.evaluate((name) => name in JSON.parse(document.getElementById("report").textContent).timelines, sid), `${sid} leads nowhere`);
  }
  for (const nowhere of ["constructor", "%zz"]) {
    await offline.goto(`${home}#/calls/${nowhere}`);
    await offline.waitForFunction((name) => document.querySelector("h1").textContent.includes(name)
      && document.querySelector(".facts").textContent.startsWith("There is no timeline"), nowhere);
  }
  await fits(offline, "the report");
  say(`the report opens from disk: ${Math.round(statSync(file).size / 1024)} KB`);
}

try {
  const sid = await hostileCall();
  // Some turns must be there, the slow ones among them.
  for (let tries = 0; !(await isUnderWay()); tries++) {
    assert(tries < 320, "the demo has too few turns after 160 s");
    await new Promise((wait) => setTimeout(wait, 500));
  }
  for (const size of SIZES) {
    const page = await overview(size);
    await calls(page, size);
    await timeline(page, size);
    await page.context().close();
  }
  await keyboard();
  await hostile(sid);
  await slowest();
  await stale();
  await whose();
  await many();
  await comesBack();
  await restarted();
  await tabs();
  await report();
} catch (error) {
  console.error(`page: ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
