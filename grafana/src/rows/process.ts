// Row 5: the process.

import { lines, neutral, stat } from "../panels.js";
import { SELECTED, quantile, rate } from "../queries.js";

export const PROCESS = "Process";

export const process = () => [
  lines(
    {
      title: "CPU",
      unit: "none",
      description: "Cores in use, user and system.",
      span: 6,
    },
    [["{{instance}}", rate("process_cpu_seconds_total", ["instance"])]],
  ),
  lines(
    {
      title: "Memory",
      unit: "bytes",
      description: "Resident memory. It grows with calls and falls when they end.",
      span: 6,
    },
    [["{{instance}}", `sum by (instance) (process_resident_memory_bytes${SELECTED})`]],
  ),
  lines(
    {
      title: "How late the serving threads are",
      unit: "s",
      description: "Lateness of a 10 ms tick. Up to 1 ms is the timer's own; more is waited for by every call of the thread.",
      span: 6,
    },
    [
      ["p50", quantile(0.5, "firstword_runtime_lag_seconds")],
      ["p99", quantile(0.99, "firstword_runtime_lag_seconds")],
    ],
  ),
  lines(
    {
      title: "Descriptors",
      unit: "percentunit",
      description: "Open file descriptors, of those that may be open. A call has one, a model connection one.",
      span: 6,
    },
    [["in use", `sum(process_open_fds${SELECTED}) / sum(process_max_fds${SELECTED})`]],
  ),
  lines(
    {
      title: "Lost records",
      unit: "none",
      description: "Samples and journal lines a second that a full queue dropped, journal writes that failed, journal lines that the disk did not take or that somebody removed while their call was up, spans that never reached the trace collector, and what bugs of ours ended or made start again. Calls never wait for any of them.",
      span: 8,
    },
    [
      ["{{queue}} dropped", rate("firstword_queue_dropped_total", ["queue"])],
      ["journal writes failed", rate("firstword_journal_errors_total")],
      ["journal lines lost: {{why}}", rate("firstword_journal_lines_lost_total", ["why"])],
      ["spans dropped: {{reason}}", rate("firstword_spans_dropped_total", ["reason"])],
      ["panics: {{part}}", rate("firstword_panics_total", ["part"])],
    ],
  ),
  lines(
    {
      title: "Traces",
      unit: "none",
      description: "Spans a second that the trace collector has taken, and posts to it that failed; nothing while otel.endpoint is not set.",
      span: 8,
    },
    [
      ["spans", rate("firstword_spans_exported_total")],
      ["posts failed", rate("firstword_span_exports_failed_total")],
    ],
  ),
  stat(
    { title: "Up since", unit: "dateTimeFromNow", description: "The newest start of a process.", span: 4, height: 8 },
    `max(process_start_time_seconds${SELECTED}) * 1000`,
    neutral(),
  ),
  stat(
    { title: "Instances", unit: "none", description: "Instances that are up, by version.", span: 4, height: 8 },
    `count by (version) (firstword_build_info${SELECTED})`,
    neutral(),
  ),
];
