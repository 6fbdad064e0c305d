// Row 2: where do the milliseconds go?

import { bars, lines, stacked } from "../panels.js";
import { STAGES, mean, quantile, rate } from "../queries.js";

export const MILLISECONDS = "Where do the milliseconds go?";

const PIECE_GAP = "gen_ai_client_operation_time_per_output_chunk_seconds";

export const milliseconds = () => [
  stacked(
    {
      title: "Mean per stage",
      unit: "s",
      description: "The six stages follow each other without a gap, so their means add up to the mean time to the first chunk. Percentiles would not.",
      span: 12,
    },
    [["{{stage}}", mean(STAGES, ["stage"])]],
  ),
  bars(
    {
      title: "p99 per stage",
      unit: "s",
      description: "The slow end of each stage. These do not add up: the slowest connect and the slowest write are rarely of one turn.",
      span: 6,
    },
    [["{{stage}}", quantile(0.99, STAGES, ["stage"])]],
  ),
  stacked(
    {
      title: "Who blew the budget",
      unit: "none",
      description: "Turns a second that missed the budget, by the stage that took longest; \"no answer\" are those without a first chunk.",
      span: 6,
    },
    [
      ["{{stage}}", rate("firstword_turns_over_budget_total", ["stage"])],
      ["no answer", rate("firstword_turns_no_answer_total")],
    ],
  ),
  lines(
    {
      title: "Our own overhead",
      unit: "s",
      description: "Piece that let a chunk go read, to the chunk's last byte taken by the kernel; and the stages that are not the model's.",
      span: 12,
    },
    [
      ["overhead p50", quantile(0.5, "firstword_chunk_overhead_seconds")],
      ["overhead p99", quantile(0.99, "firstword_chunk_overhead_seconds")],
      ["{{stage}} p99", quantile(0.99, STAGES, ["stage"], 'stage!~"llm_.*|chunk_hold"')],
    ],
  ),
  lines(
    {
      title: "The model's first piece and its pace",
      unit: "s",
      description: "Request sent to first piece, and the gaps between pieces: an eager first chunk waits for one such gap.",
      span: 12,
    },
    [
      ["first piece p50", quantile(0.5, "firstword_llm_time_to_first_piece_seconds")],
      ["first piece p95", quantile(0.95, "firstword_llm_time_to_first_piece_seconds")],
      ["first piece p95, all requests", quantile(0.95, "gen_ai_client_operation_time_to_first_chunk_seconds")],
      ["gap p95", quantile(0.95, PIECE_GAP)],
    ],
  ),
];
