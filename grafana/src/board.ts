// The board: variables, annotations, and five rows of panels.

import {
  AnnotationQueryBuilder,
  Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";

import { SELECTED } from "./queries.js";
import { CALLERS, callers } from "./rows/callers.js";
import { CALLS, calls } from "./rows/calls.js";
import { INTERRUPTIONS, interruptions } from "./rows/interruptions.js";
import { MILLISECONDS, milliseconds } from "./rows/milliseconds.js";
import { PROCESS, process } from "./rows/process.js";

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

export function board(): Dashboard {
  const builder = new DashboardBuilder("Firstword")
    .uid("firstword")
    .description("Latency of phone voice agents, every millisecond of it")
    .tags(["firstword"])
    .time({ from: "now-15m", to: "now" })
    .refresh("5s")
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withVariable(variable("job", "Job", "label_values(firstword_build_info, job)"))
    .withVariable(variable("instance", "Instance", 'label_values(firstword_build_info{job=~"$job"}, instance)'))
    .annotation(annotation("Restarts", "red", `changes(process_start_time_seconds${SELECTED}[1m]) > 0`))
    .annotation(annotation("Drains", "orange", `firstword_draining${SELECTED} == 1`));
  const rows = [
    [CALLERS, callers()],
    [MILLISECONDS, milliseconds()],
    [INTERRUPTIONS, interruptions()],
    [CALLS, calls()],
    [PROCESS, process()],
  ] as const;
  for (const [title, panels] of rows) {
    builder.withRow(new RowBuilder(title));
    panels.forEach((panel) => builder.withPanel(panel));
  }
  return builder.build();
}

function variable(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query({ query, refId: name })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue(".+")
    .current({ text: ["All"], value: ["$__all"] });
}

function annotation(name: string, colour: string, expr: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(colour)
    .expr(expr)
    .titleFormat(`${name}: {{instance}}`);
}
