// Draws the board with Grafana's own panel components, from the board's JSON and answers of a real
// Prometheus that `shoot.mjs` has put into the page. Grafana's library has no heatmap, so that one
// is drawn here. Nothing in here fetches anything.

import { ThemeContext, FieldType, createDataFrame, createTheme, dateTime, getDisplayProcessor } from "@grafana/data";
import { initPluginTranslations } from "@grafana/i18n";
import { BarGauge, BigValue, GlobalStyles, PanelChrome, PortalContainer, TimeSeries, VizRepeater } from "@grafana/ui";
import { useEffect, useRef } from "react";
import { createRoot } from "react-dom/client";
import "uplot/dist/uPlot.min.css";

const { board, answers, from, to } = window.picture;
const theme = createTheme({ colors: { mode: "dark" } });
const range = { from: dateTime(from), to: dateTime(to), raw: { from: dateTime(from), to: dateTime(to) } };

/** A row of Grafana's grid, and the room between two panels. */
const [ROW, GAP, WIDTH] = [28, 8, 1400];

const LINE = {
  drawStyle: "line", lineInterpolation: "linear", lineWidth: 1, fillOpacity: 0, showPoints: "never", spanNulls: false,
  axisPlacement: "auto", scaleDistribution: { type: "linear" }, stacking: { mode: "none", group: "A" },
};

/** What a series is called: its legend with the labels filled in. */
function nameOf(legend, labels) {
  return legend.replace(/\{\{(\w+)\}\}/g, (_, label) => labels[label] ?? "");
}

/** A panel's settings for the series of that name, as Grafana puts them together. */
function config(panel, name, colour) {
  const { defaults, overrides } = panel.fieldConfig;
  const steps = defaults.thresholds?.steps.map((step) => ({ ...step, value: step.value ?? -Infinity }));
  const config = {
    ...defaults, displayName: name, color: defaults.color ?? { mode: colour }, custom: { ...LINE, ...defaults.custom },
    ...(steps ? { thresholds: { ...defaults.thresholds, steps } } : {}),
  };
  for (const { matcher, properties } of overrides) {
    if (matcher.options !== name) continue;
    for (const { id, value } of properties) {
      const [part, key] = id.split(".");
      if (key) config[part] = { ...config[part], [key]: value };
      else config[part] = value;
    }
  }
  return config;
}

/** One frame a series, of all targets of a panel. */
function frames(panel, colour) {
  const found = panel.targets.flatMap((target) =>
    answers[`${panel.id}/${target.refId}`].map((series) => {
      const name = nameOf(target.legendFormat, series.labels);
      const value = { name, type: FieldType.number, values: series.values, labels: series.labels, config: config(panel, name, colour) };
      return { fields: [{ name: "Time", type: FieldType.time, values: series.times, config: {} }, value] };
    }));
  return found.map((one, place) => {
    const frame = createDataFrame({ ...one, refId: String(place) });
    for (const field of frame.fields) {
      field.state = { seriesIndex: place, displayName: field.config.displayName, ...(field.type === FieldType.number ? { range: bounds(field.values) } : {}) };
      field.display = getDisplayProcessor({ field, theme });
    }
    return frame;
  });
}

function bounds(values) {
  const known = values.filter((value) => value !== null);
  const [min, max] = [Math.min(...known), Math.max(...known)];
  return { min, max, delta: max - min };
}

const last = (values) => values.findLast((value) => value !== null) ?? null;

function Stat({ panel, width, height }) {
  const values = frames(panel, "thresholds").map(({ fields: [time, value] }) => ({
    value: { ...value.display(last(value.values)), title: value.config.displayName },
    sparkline: { x: time, y: value, timeRange: range },
  }));
  return (
    <VizRepeater orientation="auto" width={width} height={height} source={values} autoGrid getValues={() => values} renderCounter={0}
      renderValue={({ value: one, width, height, count }) => (
        <BigValue theme={theme} width={width} height={height} count={count} value={one.value} colorMode="value" graphMode="area"
          justifyMode="auto" textMode={count > 1 ? "auto" : "value"} sparkline={one.sparkline} />
      )} />
  );
}

function Bars({ panel, width, height }) {
  const all = frames(panel, "thresholds");
  const highest = Math.max(...all.map(({ fields: [, value] }) => last(value.values) ?? 0));
  const values = all.map(({ fields: [, value] }) => {
    const field = { ...value.config, min: 0, max: highest };
    return { field, value: { ...value.display(last(value.values)), title: value.config.displayName } };
  });
  return (
    <VizRepeater orientation="horizontal" width={width} height={height} source={values} itemSpacing={6} getValues={() => values} renderCounter={0}
      renderValue={({ value: one, width, height, orientation }) => (
        <BarGauge theme={theme} width={width} height={height} orientation={orientation} field={one.field} value={one.value}
          displayMode={panel.options.displayMode} namePlacement="left" showUnfilled />
      )} />
  );
}

function Lines({ panel, width, height }) {
  const all = frames(panel, "palette-classic");
  if (all.length === 0) return "No data";
  return (
    <TimeSeries frames={all} width={width} height={height} timeRange={range} timeZone="utc"
      legend={panel.options.legend} options={{}} />
  );
}

/** Buckets as rows, time as columns; Prometheus counts each turn in every bucket above it. */
function Heatmap({ panel, width, height }) {
  const canvas = useRef(null);
  useEffect(() => {
    const rows = answers[`${panel.id}/A`]
      .map(({ labels, times, values }) => ({ le: Number(labels.le === "+Inf" ? Infinity : labels.le), at: new Map(times.map((time, place) => [time, values[place]])) }))
      .sort((a, b) => a.le - b.le);
    const times = [...new Set(rows.flatMap(({ at }) => [...at.keys()]))].sort((a, b) => a - b);
    const cells = rows.map(({ at }, row) => times.map((time) => Math.max(0, (at.get(time) ?? 0) - (rows[row - 1]?.at.get(time) ?? 0))));
    const filled = cells.map((row) => row.some((count) => count > 0.01));
    const [low, high] = [Math.max(0, filled.indexOf(true) - 1), Math.min(rows.length - 1, filled.lastIndexOf(true) + 1)];
    const most = Math.max(...cells.flat());
    const ctx = canvas.current.getContext("2d");
    ctx.scale(devicePixelRatio, devicePixelRatio);
    ctx.font = "12px Inter, sans-serif";
    ctx.fillStyle = theme.colors.text.secondary;
    const [left, foot] = [52, 22];
    const [w, h] = [(width - left) / times.length, (height - foot) / (high - low + 1)];
    const unit = getDisplayProcessor({ field: { type: FieldType.number, config: { unit: panel.options.yAxis?.unit ?? "s" } }, theme });
    for (let row = low; row <= high; row++) {
      const top = (high - row) * h;
      const { text, suffix } = unit(rows[row].le);
      if ((row - low) % 2 === 1) {
        ctx.fillStyle = theme.colors.text.secondary;
        ctx.fillText(Number.isFinite(rows[row].le) ? `${text}${suffix ?? ""}` : "more", 0, top + 4);
      }
      times.forEach((_, column) => {
        const share = Math.sqrt(cells[row][column] / most);
        if (share < 0.02) return;
        ctx.fillStyle = `hsl(${40 - 22 * share}deg 95% ${12 + 58 * share}%)`;
        ctx.fillRect(left + column * w, top, w + 0.4, h - 1);
      });
    }
    ctx.fillStyle = theme.colors.text.secondary;
    for (let column = 0; column < times.length; column += Math.ceil(times.length / 6)) {
      ctx.fillText(new Date(times[column]).toISOString().slice(11, 19), left + column * w, height - 5);
    }
  }, []);
  return <canvas ref={canvas} width={width * devicePixelRatio} height={height * devicePixelRatio} style={{ width, height, display: "block" }} />;
}

const KINDS = { stat: Stat, bargauge: Bars, timeseries: Lines, heatmap: Heatmap };

function Place({ panel }) {
  const column = (WIDTH + GAP) / 24;
  const { x, y, w, h } = panel.gridPos;
  const [width, height] = [Math.floor(w * column - GAP), h * (ROW + GAP) - GAP];
  const style = { position: "absolute", left: Math.round(x * column) + 16, top: y * (ROW + GAP) + 52, width, height };
  if (panel.type === "row") {
    return <div style={{ ...style, font: `500 ${theme.typography.h5.fontSize} Inter, sans-serif`, color: theme.colors.text.primary, lineHeight: `${ROW}px` }}>⌄ {panel.title}</div>;
  }
  const Kind = KINDS[panel.type];
  return (
    <div style={style} data-panel={panel.title}>
      <PanelChrome title={panel.title} description={panel.description} width={width} height={height} padding="md">
        {(width, height) => <Kind panel={panel} width={width} height={height} />}
      </PanelChrome>
    </div>
  );
}

function Board() {
  const bottom = Math.max(...board.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <main style={{ position: "relative", width: WIDTH + 32, height: bottom * (ROW + GAP) + 68, background: theme.colors.background.canvas }}>
        <h1 style={{ position: "absolute", left: 16, top: 14, fontSize: 18, margin: 0 }}>{board.title}</h1>
        {board.panels.map((panel) => <Place key={panel.id ?? panel.title} panel={panel} />)}
      </main>
      <PortalContainer />
    </ThemeContext.Provider>
  );
}

await initPluginTranslations("firstword");
createRoot(document.getElementById("root")).render(<Board />);
