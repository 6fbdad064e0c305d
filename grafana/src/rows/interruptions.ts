// Row 3: interruptions, and whether we stop in time.

import { atMost, lines, stat } from "../panels.js";
import { SELECTED, quantile, rate, selected } from "../queries.js";

export const INTERRUPTIONS = "Interruptions";

const CANCEL = "firstword_cancel_duration_seconds";

export const interruptions = () => [
  lines(
    {
      title: "Share of turns",
      unit: "percentunit",
      description: "Turns that the caller spoke over (barge_in) or replaced with a new prompt.",
      span: 6,
    },
    [
      [
        "{{kind}}",
        `${rate("firstword_interruptions_total", ["kind"])} / ignoring(kind) group_left ${rate("firstword_turns_total")}`,
      ],
    ],
  ),
  lines(
    {
      title: "Time to stop",
      unit: "s",
      description: "Interrupt or prompt read, to the model's stream dropped and waiting chunks taken back.",
      span: 6,
    },
    [
      ["p50", quantile(0.5, CANCEL)],
      ["p99", quantile(0.99, CANCEL)],
    ],
  ),
  stat(
    {
      title: "Stale chunks sent",
      unit: "none",
      description: "Chunks begun after their turn had died. Must stay 0; anything else is a bug of ours.",
      span: 4,
      height: 8,
    },
    `sum(firstword_stale_chunks_sent_total${SELECTED})`,
    atMost(1, 1),
  ),
  lines(
    {
      title: "Stopped in time",
      unit: "none",
      description: "Pieces and chunks of dead turns a second that were stopped, by where. At \"write\" it must stay 0.",
      span: 8,
    },
    [
      ["{{point}}", rate("firstword_stale_chunks_dropped_total", ["point"])],
      ["pieces wasted", rate("firstword_llm_pieces_wasted_total")],
    ],
  ),
  lines(
    {
      title: "What was heard, and what was changed",
      unit: "none",
      description: "Replies cut a second, by how it was found what the caller had heard; prompts merged or cut to the budget, hang-ups that the caller stopped, and replies that were cut for their length.",
      span: 12,
    },
    [
      ["heard: {{by}}", rate("firstword_heard_total", ["by"])],
      ["prompts merged", rate("firstword_prompts_merged_total")],
      ["prompts cut", rate("firstword_prompts_cut_total")],
      ["hang-ups cancelled", rate("firstword_hang_ups_cancelled_total")],
      ["replies too long", rate("firstword_replies_too_long_total")],
    ],
  ),
  lines(
    {
      title: "Chunks",
      unit: "none",
      description: "Chunks written a second, by what closed them, and pieces read.",
      span: 12,
    },
    [
      ["{{boundary}}", rate("firstword_chunks_sent_total", ["boundary"])],
      ["pieces", rate("firstword_pieces_total")],
    ],
  ),
  lines(
    {
      title: "Whose words",
      unit: "none",
      description:
        "Chunks written a second that were not the model's, by why we spoke; and end-of-call markers in the wrong mouth, which are refused.",
      span: 8,
    },
    [
      [
        "{{source}}",
        `sum by (source) (rate(firstword_phrases_total${selected('source!="model"')}[$__rate_interval]))`,
      ],
      ["marker refused: {{seen}}", rate("firstword_markers_refused_total", ["seen"])],
    ],
  ),
  lines(
    {
      title: "Guesses",
      unit: "none",
      description:
        "Replies a second that were begun before the prompt was final, and pieces made for nothing; none while turn.speculate is off.",
      span: 8,
    },
    [
      ["{{result}}", rate("firstword_guesses_total", ["result"])],
      ["pieces wasted", rate("firstword_guess_pieces_wasted_total")],
    ],
  ),
  lines(
    {
      title: "Head start of right guesses",
      unit: "s",
      description: "How much earlier the first chunk was ready than without the guess.",
      span: 8,
    },
    [
      ["p50", quantile(0.5, "firstword_guess_saved_seconds")],
      ["p95", quantile(0.95, "firstword_guess_saved_seconds")],
    ],
  ),
];
