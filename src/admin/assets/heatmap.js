// The heatmap: every turn of the last minutes, by time and by how long its first chunk took.

const ROWS_A_DOUBLING = 8;

/** The height of a row's lower edge, in doublings of a millisecond. */
const doublings = (us) => Math.log2(Math.max(us, 1000) / 1000);

function drawHeatmap(canvas, state) {
  const { stats, columns } = state;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width) return;
  const ratio = devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  const room = { left: 56, right: width - 6, top: 6, bottom: height - 22 };
  const [from, to] = bounds(state);
  const rows = columns.flatMap((column) => column.rows.map(([row]) => row));
  const budget = doublings(stats.budget_us);
  const low = Math.min(budget - 1, ...rows.map((row) => row / ROWS_A_DOUBLING)) - 0.2;
  const high = Math.max(budget + 1, ...rows.map((row) => (row + 1) / ROWS_A_DOUBLING)) + 0.2;
  const x = (seconds) => room.left + ((seconds - from) / (to - from)) * (room.right - room.left);
  const y = (doubling) => room.bottom - ((doubling - low) / (high - low)) * (room.bottom - room.top);
  const scales = { x, y, low, high, room, from, to };
  drawScales(ctx, scales);
  drawCells(ctx, scales, state);
  ctx.strokeStyle = colour("bad");
  ctx.lineWidth = 1.2;
  ctx.setLineDash([5, 4]);
  ctx.beginPath();
  ctx.moveTo(room.left, y(budget));
  ctx.lineTo(room.right, y(budget));
  ctx.stroke();
  ctx.setLineDash([]);
}

function drawScales(ctx, { x, y, low, high, room, from, to }) {
  ctx.font = "11px system-ui, sans-serif";
  ctx.fillStyle = colour("dim");
  ctx.strokeStyle = colour("line");
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  for (const ms of [1, 3, 10, 30, 100, 200, 300, 500, 1000, 2000, 5000, 10000]) {
    const at = doublings(ms * 1000);
    if (at < low || at > high) continue;
    ctx.fillText(ms < 1000 ? `${ms} ms` : `${ms / 1000} s`, room.left - 7, y(at));
    ctx.beginPath();
    ctx.moveTo(room.left, y(at));
    ctx.lineTo(room.right, y(at));
    ctx.stroke();
  }
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  const step = [15, 30, 60, 120, 180, 300].find((one) => ((to - from) / one) * 64 <= room.right - room.left) || 600;
  for (let at = Math.ceil(from / step) * step; at < to; at += step) {
    // One that would be cut off at the edge, or moved over its neighbour, is left out.
    if (x(at) <= room.right - 24) ctx.fillText(clock(at * 1000).slice(0, step < 60 ? 8 : 5), x(at), room.bottom + 6);
  }
}

function drawCells(ctx, { x, y, room, from }, { stats, columns }) {
  const most = Math.max(1, ...columns.flatMap((column) => column.rows.map(([, turns]) => turns)));
  const seconds = stats.column_ms / 1000;
  for (const column of columns) {
    const left = Math.max(room.left, x(column.at * seconds));
    const right = Math.min(room.right, x((column.at + 1) * seconds));
    if (right <= left || (column.at + 1) * seconds < from) continue;
    for (const [row, turns] of column.rows) {
      // The root keeps a single turn visible beside hundreds.
      ctx.fillStyle = `rgba(${colour("heat")}, ${0.18 + 0.82 * Math.sqrt(turns / most)})`;
      const [bottom, top] = [y(row / ROWS_A_DOUBLING), y((row + 1) / ROWS_A_DOUBLING)];
      ctx.fillRect(left, top + 0.5, Math.max(1, right - left - 0.8), Math.max(1, bottom - top - 0.8));
    }
    if (column.no_answer) {
      ctx.fillStyle = colour("bad");
      ctx.fillRect(left, room.top, Math.max(1, right - left - 0.8), 4);
    }
  }
}
