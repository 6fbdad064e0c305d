// What the schema is made from: the type of a board in @grafana/schema.
import { Dashboard } from "@grafana/schema";
export type Board = Dashboard;
