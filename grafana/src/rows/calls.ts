// Row 4: calls and the model.

import { lines } from "../panels.js";
import { SELECTED, quantile, rate } from "../queries.js";

export const CALLS = "Calls and the model";

const DURATION = "gen_ai_client_operation_duration_seconds";

export const calls = () => [
  lines(
    {
      title: "Calls begun and ended",
      unit: "none",
      description: "Calls a second, by what ended them.",
      span: 6,
    },
    [
      ["begun", rate("firstword_calls_started_total")],
      ["{{reason}}", rate("firstword_calls_ended_total", ["reason"])],
    ],
  ),
  lines(
    {
      title: "Calls and streams",
      unit: "none",
      description: "Calls that are up, and model streams that are open.",
      span: 6,
    },
    [
      ["calls", `sum(firstword_calls_active${SELECTED})`],
      ["streams", `sum(firstword_llm_streams_active${SELECTED})`],
    ],
  ),
  lines(
    {
      title: "Turns by outcome",
      unit: "none",
      description: "Turns a second, by how they ended.",
      span: 6,
    },
    [["{{outcome}}", rate("firstword_turns_total", ["outcome"])]],
  ),
  lines(
    {
      title: "Call duration",
      unit: "s",
      description: "From the socket's start to its end, of calls that ended.",
      span: 6,
    },
    [
      ["p50", quantile(0.5, "firstword_call_duration_seconds")],
      ["p95", quantile(0.95, "firstword_call_duration_seconds")],
    ],
  ),
  lines(
    {
      title: "Model errors",
      unit: "none",
      description: "Failed requests a second, by kind. The caller hears an apology for each.",
      span: 6,
    },
    [["{{kind}}", rate("firstword_llm_errors_total", ["kind"])]],
  ),
  lines(
    {
      title: "Model requests",
      unit: "percentunit",
      description: "Share of requests, by outcome; \"cut\" are those that we dropped because the caller went on.",
      span: 6,
    },
    [
      [
        "{{outcome}}",
        `${rate("firstword_llm_requests_total", ["outcome"])} / ignoring(outcome) group_left ${rate("firstword_llm_requests_total")}`,
      ],
    ],
  ),
  lines(
    {
      title: "Tokens",
      unit: "none",
      description: "Tokens a second as the provider counts them; requests that were cut get no count.",
      span: 6,
    },
    [
      ["{{type}}", rate("firstword_llm_tokens_total", ["type"])],
      ["p95 of a request", quantile(0.95, "gen_ai_client_token_usage")],
    ],
  ),
  lines(
    {
      title: "Whole requests",
      unit: "s",
      description: "Request sent to the end of its reply, failures and cuts included.",
      span: 6,
    },
    [
      ["p50", quantile(0.5, DURATION)],
      ["p95", quantile(0.95, DURATION)],
    ],
  ),
  lines(
    {
      title: "Messages",
      unit: "none",
      description: "Messages of the relay a second, by type, and ours to it.",
      span: 12,
    },
    [
      ["in: {{type}}", rate("firstword_ws_messages_received_total", ["type"])],
      ["out: {{type}}", rate("firstword_ws_messages_sent_total", ["type"])],
    ],
  ),
  lines(
    {
      title: "Refused and ignored",
      unit: "none",
      description:
        "Messages that were not understood, events without effect, signatures checked, requests refused for other reasons, and connections cut, a second.",
      span: 12,
    },
    [
      ["rejected: {{reason}}", rate("firstword_ws_messages_rejected_total", ["reason"])],
      ["ignored: {{reason}}", rate("firstword_events_ignored_total", ["reason"])],
      ["signature {{result}}", rate("firstword_signatures_total", ["result"])],
      ["request refused: {{reason}}", rate("firstword_requests_refused_total", ["reason"])],
      ["connection cut: {{reason}}", rate("firstword_connections_cut_total", ["reason"])],
    ],
  ),
  lines(
    {
      title: "Sockets lost and found",
      unit: "none",
      description:
        "Sockets a second that were lost, that brought a call back, or that took the place of an open one; and the calls that wait for one now.",
      span: 12,
    },
    [
      ["lost: {{how}}", rate("firstword_sockets_parted_total", ["how"])],
      ["back by {{by}}", rate("firstword_sockets_resumed_total", ["by"])],
      ["replaced", rate("firstword_sockets_replaced_total")],
      ["waiting", `sum(firstword_calls_parked${SELECTED})`],
    ],
  ),
  lines(
    {
      title: "Time without a socket",
      unit: "s",
      description: "Of calls that came back. Up to 3 s the caller hears the rest of the reply, later a new one.",
      span: 12,
    },
    [
      ["p50", quantile(0.5, "firstword_resume_gap_seconds")],
      ["p95", quantile(0.95, "firstword_resume_gap_seconds")],
    ],
  ),
];
