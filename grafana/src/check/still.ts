// What can be checked of the board without a server: the schema of @grafana/schema, PromQL that
// parses, and the rules that every panel obeys. Run by `.ci/board` with the board and its schema.

import { readFileSync } from "node:fs";

import { Ajv } from "ajv";

import { Board, expressions, filled, panels, parses } from "./expressions.js";

const [boardFile = "", schemaFile = ""] = process.argv.slice(2);
const board = JSON.parse(readFileSync(boardFile, "utf8")) as Board;
const schema = JSON.parse(readFileSync(schemaFile, "utf8")) as object;
const faults: string[] = [];

const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
if (!validate(board)) {
  faults.push(...(validate.errors ?? []).map((error) => `schema: ${error.instancePath} ${error.message}`));
}

for (const panel of panels(board)) {
  for (const [what, value] of Object.entries({
    title: panel.title,
    description: panel.description,
    unit: panel.fieldConfig?.defaults?.unit,
    query: panel.targets?.[0]?.expr,
  })) {
    if (!value) {
      faults.push(`panel "${panel.title}" has no ${what}`);
    }
  }
}

for (const { place, expr } of expressions(board)) {
  if (!parses(filled(expr, "30s"))) {
    faults.push(`${place}: not PromQL: ${expr}`);
  }
  if (/or\s+vector/.test(expr)) {
    faults.push(`${place}: "or vector" hides that there is no data: ${expr}`);
  }
  // Each metric is followed by what the variables select.
  const selectors = expr.match(/[a-z_]+\{[^}]*\}/g) ?? [];
  if (selectors.some((selector) => !selector.includes('job=~"$job",instance=~"$instance"'))) {
    faults.push(`${place}: a metric without job and instance: ${expr}`);
  }
  if (selectors.length === 0) {
    faults.push(`${place}: no metric at all: ${expr}`);
  }
}

if (!board.templating.list.some((variable) => variable.type === "datasource")) {
  faults.push("the board has no variable for the data source");
}

faults.forEach((fault) => console.error(`board: ${fault}`));
console.log(`board: ${panels(board).length} panels, ${expressions(board).length} expressions, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
