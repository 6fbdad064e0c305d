// Row 1: can callers feel it?

import { atLeast, atMost, barsOfNow, heatmap, limitLine, lines, neutral, slowTurn, stat } from "../panels.js";
import { MAY_MISS, SELECTED, TTFC, missed, quantile } from "../queries.js";

export const CALLERS = "Can callers feel it?";

export const callers = () => [
  stat(
    {
      title: "First chunk, p95",
      unit: "s",
      description: "Final prompt read to the first chunk taken by the kernel; 19 of 20 turns are faster.",
      span: 5,
    },
    quantile(0.95, TTFC),
    atMost(0.25, 0.3),
  ),
  stat(
    {
      title: "Turns within budget",
      unit: "percentunit",
      description:
        "Exact counters, compared when the turn was recorded. Turns without an answer count as missed, so a dead model scores 0 %.",
      span: 5,
    },
    `1 - ${missed("5m")}`,
    atLeast(0.95, 0.99),
  ),
  stat(
    {
      title: "Burn rate, 1 h",
      unit: "none",
      description: "How fast the error budget of 1 % is spent: at 1 it lasts exactly 30 days, at 14.4 two days.",
      span: 5,
    },
    `(${missed("1h")}) / ${MAY_MISS}`,
    atMost(1, 6),
  ),
  stat(
    {
      title: "Error budget left, 30 d",
      unit: "percentunit",
      description: "What is left of the 1 % of turns that may miss the budget in 30 days. Below 0 it is overspent.",
      span: 5,
    },
    `1 - (${missed("30d")}) / ${MAY_MISS}`,
    atLeast(0, 0.5),
  ),
  stat(
    { title: "Calls", unit: "none", description: "Calls that are up now.", span: 4 },
    `sum(firstword_calls_active${SELECTED})`,
    neutral(),
  ),
  limitLine(
    lines(
      {
        title: "Time to first chunk",
        unit: "s",
        description:
          "What Twilio calls application latency, against the configured budget. Percentiles are interpolated between buckets 25 ms apart; the true ones are on the live page.",
        span: 12,
      },
      [
        ["p50", quantile(0.5, TTFC)],
        ["p95", quantile(0.95, TTFC)],
        ["p99", quantile(0.99, TTFC)],
        ["budget", `max(${TTFC.replace("_seconds", "_budget_seconds")}${SELECTED})`],
      ],
    ),
    "budget",
  ),
  heatmap(
    {
      title: "Every turn",
      unit: "s",
      description: "Turns by their time to the first chunk. The budget is always an edge between two rows.",
      span: 12,
    },
    `sum by (le) (increase(${TTFC}_bucket${SELECTED}[$__rate_interval]))`,
  ),
  barsOfNow(
    {
      title: "Slowest turns",
      unit: "s",
      description:
        "The slowest turns of the last 15 minutes, to the microsecond. A click on one opens its call's timeline on the live page; no id is a label.",
      span: 12,
    },
    [["{{instance}} {{rank}}", `sort_desc(firstword_slowest_turn_seconds${SELECTED} > 0)`]],
  ).dataLinks([slowTurn("Timeline of this turn")]),
  lines(
    {
      title: "What the caller perceives",
      unit: "s",
      description:
        "As Twilio tells it: the caller's last sound to ours, and the way to us and back. Needs relay.attributes with events = \"speaker-events\".",
      span: 12,
    },
    [
      ["gap p50", quantile(0.5, "firstword_caller_perceived_gap_seconds")],
      ["gap p95", quantile(0.95, "firstword_caller_perceived_gap_seconds")],
      ["round trip p50", quantile(0.5, "firstword_relay_round_trip_seconds")],
    ],
  ),
];
