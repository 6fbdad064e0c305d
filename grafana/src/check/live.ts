// Asks a real Prometheus, which scrapes the real server under load, every question of the board and
// of the rules. Run by `.ci/board` with the addresses of both; waits until all is answered, and fails
// when that does not happen in time. With `zero-is-data`, for a demo in which nothing goes wrong, an
// answer that is always 0 is one too (`npm run ask`).

import { readFileSync } from "node:fs";

import { Board, Expression, compared, expressions, filled, panels } from "./expressions.js";

const [boardFile = "", reasonsFile = "", prometheus = "", metrics = "", seconds = "60", zero = ""] =
  process.argv.slice(2);
const board = JSON.parse(readFileSync(boardFile, "utf8")) as Board;
/** Reasons by place for what may be zero or without data, and by name for metrics on no panel. */
const reasons = JSON.parse(readFileSync(reasonsFile, "utf8")) as {
  zero: Record<string, string>;
  none: Record<string, string>;
  offBoard: Record<string, string>;
};
const begun = Date.now();

type Answer = "data" | "zero" | "none";

async function get<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
  const response = await fetch(`${prometheus}${path}?${new URLSearchParams(parameters)}`);
  const body = (await response.json()) as { status: string; error?: string; data: T };
  if (body.status !== "success") {
    throw new Error(`${JSON.stringify(parameters)}: ${body.error}`);
  }
  return body.data;
}

/** What an expression came to, in all the time since the server was started. */
async function ask(expr: string): Promise<Answer> {
  const now = Date.now() / 1000;
  const { result } = await get<{ result: { values: [number, string][] }[] }>("/api/v1/query_range", {
    query: expr,
    start: String(Math.min(begun / 1000, now - 60)),
    end: String(now),
    step: "2",
  });
  const values = result.flatMap((series) => series.values.map(([, value]) => Number(value)));
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? "none" : finite.some((value) => value !== 0) ? "data" : "zero";
}

interface Rule {
  name: string;
  query: string;
  type: string;
  health: string;
}

async function rules(): Promise<Expression[]> {
  const { groups } = await get<{ groups: { rules: Rule[] }[] }>("/api/v1/rules");
  const all = groups.flatMap((group) => group.rules);
  if (all.length === 0 || all.some((rule) => rule.health === "err")) {
    throw new Error("Prometheus has no rules, or cannot evaluate one");
  }
  return all.flatMap(({ name, query }) =>
    compared(query).map((expr) => ({ place: `rule ${name}`, expr })),
  );
}

/** What is not answered as it should be. */
async function unanswered(questions: Expression[]): Promise<string[]> {
  const faults: string[] = [];
  for (const { place, expr } of questions) {
    const answer = await ask(expr);
    const isFine =
      answer === "data" ||
      place in reasons.none ||
      (answer === "zero" && (zero === "zero-is-data" || place in reasons.zero));
    if (!isFine) {
      faults.push(`${place}: ${answer === "zero" ? "always 0" : "no finite data"}: ${expr}`);
    }
  }
  return faults;
}

/** Metrics on no panel and without a reason, and reasons that fit nothing. */
async function offBoard(): Promise<string[]> {
  const page = await (await fetch(metrics)).text();
  const names = [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? "");
  const asked = ofBoard.map(({ expr }) => expr).join("\n");
  const isShown = (name: string) => new RegExp(`\\b${name}(_bucket|_sum|_count)?\\b`).test(asked);
  const hidden = names.filter((name) => !isShown(name) && !(name in reasons.offBoard));
  const places = new Set(questions.map(({ place }) => place));
  const listed = [...Object.keys(reasons.zero), ...Object.keys(reasons.none)];
  return [
    ...hidden.map((name) => `${name} is on no panel`),
    ...listed.filter((place) => !places.has(place)).map((place) => `a reason for nothing: ${place}`),
    ...Object.keys(reasons.offBoard)
      .filter((name) => !names.includes(name) || isShown(name))
      .map((name) => `a reason for nothing: ${name}`),
  ];
}

interface Sample {
  metric: Record<string, string>;
  value: [number, string];
}

/** The address of a data link for one sample, as Grafana fills it in. */
function address(link: string, { metric, value: [, value] }: Sample): string {
  return link
    .replace(/\$\{__field\.labels\.(\w+)\}/g, (_, label: string) => metric[label] ?? "")
    .replaceAll("${__value.raw}", String(Number(value)));
}

/** Samples whose link does not lead to the timeline of the very turn that they stand for. */
async function brokenLinks(): Promise<string[]> {
  const faults: string[] = [];
  let followed = 0;
  for (const panel of panels(board)) {
    const expr = filled(panel.targets?.[0]?.expr ?? "", "30s");
    for (const { url } of panel.fieldConfig?.defaults?.links ?? []) {
      const { result } = await get<{ result: Sample[] }>("/api/v1/query", { query: expr });
      for (const sample of result) {
        followed += 1;
        const fault = await follow(address(url ?? "", sample), Number(sample.value[1]));
        faults.push(...(fault === undefined ? [] : [`a link of "${panel.title}": ${fault}`]));
      }
    }
  }
  console.log(`board: ${followed} links followed`);
  return followed === 0 ? [...faults, "there was no link to follow"] : faults;
}

async function follow(link: string, seconds: number): Promise<string | undefined> {
  const way = (await fetch(link, { redirect: "manual" })).headers.get("location");
  const turn = /#turn-(\d+)$/.exec(way ?? "")?.[1];
  if (way === null || turn === undefined) {
    return `${link} leads nowhere`;
  }
  const timeline = new URL(way, link);
  const answer = await fetch(`${timeline.origin}${timeline.pathname}.json`);
  const { marks } = (await answer.json()) as {
    marks: { mark: string; turn: number; first_chunk: number }[];
  };
  const isIt = marks.some(
    (mark) =>
      mark.mark === "stages" &&
      mark.turn === Number(turn) &&
      mark.first_chunk === Math.round(seconds * 1e6),
  );
  return isIt ? undefined : `${link} leads to ${way}, which took another time`;
}

const ofBoard = expressions(board).flatMap(({ place, expr }) =>
  compared(filled(expr, "30s")).map((part) => ({ place, expr: part })),
);
const questions = [...ofBoard, ...(await rules())];
let faults = await unanswered(questions);
while (faults.length > 0 && Date.now() - begun < Number(seconds) * 1000) {
  await new Promise((resolve) => setTimeout(resolve, 2000));
  faults = await unanswered(questions);
}
faults.push(...(await offBoard()), ...(await brokenLinks()));
faults.forEach((fault) => console.error(`board: ${fault}`));
console.log(`board: ${questions.length} questions to Prometheus, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
