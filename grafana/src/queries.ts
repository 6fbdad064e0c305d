// PromQL in small pieces, so that every panel selects, rates and divides in the same way.
// Nothing here knows a panel.

/** What the variables at the top of the board select. */
export const SELECTED = '{job=~"$job",instance=~"$instance"}';

/** A selector with more label matchers. */
export function selected(more: string): string {
  return SELECTED.replace("}", `,${more}}`);
}

/** Per second, summed over all instances, by labels if any are given. */
export function rate(metric: string, by: string[] = [], window = "$__rate_interval"): string {
  return `sum${grouping(by)}(rate(${metric}${SELECTED}[${window}]))`;
}

/** A quantile of a histogram, estimated from its buckets. */
export function quantile(q: number, histogram: string, by: string[] = [], more = ""): string {
  const selector = more === "" ? SELECTED : selected(more);
  const buckets = `rate(${histogram}_bucket${selector}[$__rate_interval])`;
  return `histogram_quantile(${q}, sum${grouping(["le", ...by])}(${buckets}))`;
}

/** The mean of a histogram. */
export function mean(histogram: string, by: string[] = []): string {
  return `${rate(`${histogram}_sum`, by)} / ${rate(`${histogram}_count`, by)}`;
}

export const TTFC = "firstword_time_to_first_chunk_seconds";
export const STAGES = "firstword_turn_stage_duration_seconds";

/** Turns that count: with a first chunk, or without any answer. */
export function turns(window: string): string {
  const answered = rate("firstword_turns_first_chunk_total", [], window);
  return `(${answered} + ${rate("firstword_turns_no_answer_total", [], window)})`;
}

/** The share of turns that missed the budget or had no answer, from exact counters. */
export function missed(window: string): string {
  const late = rate("firstword_turns_over_budget_total", [], window);
  const never = rate("firstword_turns_no_answer_total", [], window);
  return `(${late} + ${never}) / ${turns(window)}`;
}

/** The objective: this share of turns may miss. The rules in `prometheus/` have the same. */
export const MAY_MISS = 0.01;

function grouping(by: string[]): string {
  return by.length === 0 ? "" : ` by (${by.join(", ")}) `;
}
