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
      span: 8,
    },
    [["{{instance}}", rate("process_cpu_seconds_total", ["instance"])]],
  ),
  lines(
    {
      title: "Memory",
      unit: "bytes",
      description: "Resident memory. It grows with calls and falls when they end.",
      span: 8,
    },
    [["{{instance}}", `sum by (instance) (process_resident_memory_bytes${SELECTED})`]],
  ),
  lines(
    {
      title: "How late the serving threads are",
      unit: "s",
      description: "Lateness of a 10 ms tick. Up to 1 ms is the timer's own; more is waited for by every call of the thread.",
      span: 8,
    },
    [
      ["p50", quantile(0.5, "firstword_runtime_lag_seconds")],
      ["p99", quantile(0.99, "firstword_runtime_lag_seconds")],
    ],
  ),
  lines(
    {
      title: "Descriptors",
      unit: "none",
      description: "Open file descriptors against the limit. A call has one, a model connection one.",
      span: 8,
    },
    [
      ["open", `sum(process_open_fds${SELECTED})`],
      ["limit", `sum(process_max_fds${SELECTED})`],
    ],
  ),
  lines(
    {
      title: "Lost records",
      unit: "none",
      description: "Samples and journal lines a second that a full queue dropped, and journal writes that failed. Calls never wait for either.",
      span: 8,
    },
    [
      ["{{queue}} dropped", rate("firstword_queue_dropped_total", ["queue"])],
      ["journal writes failed", rate("firstword_journal_errors_total")],
    ],
  ),
  stat(
    { title: "Up since", unit: "dateTimeFromNow", description: "The newest start of a process.", span: 4 },
    `max(process_start_time_seconds${SELECTED}) * 1000`,
    neutral(),
  ),
  stat(
    { title: "Instances", unit: "none", description: "Instances that are up, by version.", span: 4 },
    `count by (version) (firstword_build_info${SELECTED})`,
    neutral(),
  ),
];
