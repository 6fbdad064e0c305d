// Panels of the four kinds that the board has. Each wants a title, a unit and a description: a panel
// without them cannot be written.

import { PanelBuilder as BarGauge } from "@grafana/grafana-foundation-sdk/bargauge";
import {
  BarGaugeDisplayMode,
  BigValueGraphMode,
  HeatmapCellLayout,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as Heatmap,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeSeries } from "@grafana/grafana-foundation-sdk/timeseries";

/** What every panel has. Units are Grafana's own ids. */
export interface Head {
  title: string;
  unit: string;
  description: string;
  /** Columns of 24. */
  span: number;
  /** Rows, where it is not the kind's own. */
  height?: number;
}

/** Series names and their queries. */
export type Series = [legend: string, expr: string][];

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
const HEIGHT = 8;
const STAT_HEIGHT = 4;

function query([legend, expr]: [string, string], index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .datasource(DATASOURCE)
    .refId(String.fromCharCode("A".charCodeAt(0) + index))
    .expr(expr)
    .legendFormat(legend)
    .range();
}

/** Green below the first limit, yellow up to the second, red above. */
function limits(yellow: number, red: number): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: "green" },
    { value: yellow, color: "yellow" },
    { value: red, color: "red" },
  ]);
}

/** Red below the first limit, yellow up to the second, green above. */
export function atLeast(yellow: number, green: number): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: "red" },
    { value: yellow, color: "yellow" },
    { value: green, color: "green" },
  ]);
}

export const atMost = limits;

/** A number that is nothing to worry about, whatever it is. */
export function neutral(): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: "blue" }]);
}

export function stat(head: Head, expr: string, colours: ThresholdsConfigBuilder): Stat {
  return new Stat()
    .title(head.title)
    .description(head.description)
    .unit(head.unit)
    .datasource(DATASOURCE)
    .span(head.span)
    .height(head.height ?? STAT_HEIGHT)
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .thresholds(colours)
    .withTarget(query([head.title, expr], 0));
}

export function lines(head: Head, series: Series): TimeSeries {
  return new TimeSeries()
    .title(head.title)
    .description(head.description)
    .unit(head.unit)
    .datasource(DATASOURCE)
    .span(head.span)
    .height(HEIGHT)
    .min(0)
    .lineWidth(1)
    .fillOpacity(8)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    )
    .targets(series.map(query));
}

/** Lines on top of each other: what they stand for must add up. */
export function stacked(head: Head, series: Series): TimeSeries {
  return lines(head, series)
    .fillOpacity(40)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A"));
}

/** Draws one series as a red dashed limit. */
export function limitLine(panel: TimeSeries, name: string): TimeSeries {
  return panel.overrideByName(name, [
    { id: "color", value: { mode: "fixed", fixedColor: "red" } },
    { id: "custom.lineStyle", value: { fill: "dash", dash: [8, 8] } },
    { id: "custom.fillOpacity", value: 0 },
  ]);
}

export function bars(head: Head, series: Series): BarGauge {
  return new BarGauge()
    .title(head.title)
    .description(head.description)
    .unit(head.unit)
    .datasource(DATASOURCE)
    .span(head.span)
    .height(HEIGHT)
    .min(0)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .thresholds(neutral())
    .targets(series.map(query));
}

/**
 * The timeline of a slow turn on the page in the binary; the instance's address is that of its
 * private port. The turn is found by its own time, since a rank may have passed to another.
 */
export function slowTurn(title: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Link)
    .url("http://${__field.labels.instance}/slowest/${__field.labels.rank}?seconds=${__value.raw}")
    .targetBlank(true);
}

/** Bars of what is there now: a series that has gone has no bar. */
export function barsOfNow(head: Head, series: Series): BarGauge {
  return bars(head, series).targets(series.map((one, index) => query(one, index).instant()));
}

export function heatmap(head: Head, expr: string): Heatmap {
  return new Heatmap()
    .title(head.title)
    .description(head.description)
    .unit("short")
    .datasource(DATASOURCE)
    .span(head.span)
    .height(HEIGHT)
    .rowsFrame({ build: () => ({ layout: HeatmapCellLayout.Auto }) })
    .yAxis(new YAxisConfigBuilder().unit(head.unit))
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme("Oranges")
        .steps(64)
        .exponent(0.5)
        .fill("dark-orange")
        .reverse(false),
    )
    .scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Linear))
    .withTarget(query(["{{le}}", expr], 0).format(PromQueryFormat.Heatmap));
}
