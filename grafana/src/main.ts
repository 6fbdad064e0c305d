// Writes the board that Grafana imports. Run by `npm run build`.

import { writeFileSync } from "node:fs";

import { board } from "./board.js";

writeFileSync("dashboards/firstword.json", `${JSON.stringify(board(), null, 2)}\n`);
