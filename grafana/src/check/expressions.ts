// All expressions of the board, and PromQL as a tree.

import { parser } from "@prometheus-io/lezer-promql";

export interface Expression {
  /** Where it stands: panel and legend, or rule. */
  place: string;
  expr: string;
}

export interface Target {
  expr?: string;
  legendFormat?: string;
}

export interface Panel {
  type: string;
  title?: string;
  description?: string;
  fieldConfig?: { defaults?: { unit?: string; links?: { url?: string }[] } };
  targets?: Target[];
  panels?: Panel[];
}

export interface Board {
  panels: Panel[];
  annotations: { list: { name: string; expr?: string }[] };
  templating: { list: { name: string; type: string }[] };
}

/** All panels but rows. */
export function panels(board: Board): Panel[] {
  return board.panels
    .flatMap((panel) => [panel, ...(panel.panels ?? [])])
    .filter((panel) => panel.type !== "row");
}

export function expressions(board: Board): Expression[] {
  const ofPanels = panels(board).flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({
      place: `${panel.title}: ${target.legendFormat}`,
      expr: target.expr ?? "",
    })),
  );
  const ofAnnotations = board.annotations.list
    .filter((annotation) => annotation.expr !== undefined)
    .map(({ name, expr }) => ({ place: `annotation: ${name}`, expr: expr ?? "" }));
  return [...ofPanels, ...ofAnnotations];
}

/** The expression with Grafana's variables filled in, as Grafana does before it asks. */
export function filled(expr: string, interval: string): string {
  return expr
    .replaceAll("$__rate_interval", interval)
    .replaceAll("$job", ".+")
    .replaceAll("$instance", ".+");
}

/** Whether Prometheus could read it. */
export function parses(expr: string): boolean {
  let sound = true;
  parser.parse(expr).iterate({
    enter: (node) => {
      sound &&= !node.type.isError;
    },
  });
  return sound;
}

const COMPARISONS = ["Eql", "Neq", "Gtr", "Lss", "Gte", "Lte"];

/**
 * What an expression compares. A comparison that is not true gives nothing, so an alert's data is
 * that of its left sides; without a comparison it is the expression itself.
 */
export function compared(expr: string): string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: (node) => {
      const isComparison =
        node.name === "BinaryExpr" && COMPARISONS.some((name) => node.node.getChild(name));
      const left = isComparison ? node.node.firstChild : null;
      if (left === null) {
        return true;
      }
      found.push(expr.slice(left.from, left.to));
      return false;
    },
  });
  return found.length === 0 ? [expr] : found;
}
