// Every event in BigQuery, for those who want to look back over years. Off unless prebell:bigQueryHistory is true.
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config.ts";
import { type Events, subscribe } from "./events.ts";

const column = (name: string, type: string, mode = "NULLABLE") => ({ name, type, mode });

export function makeHistory(settings: Settings, events: Events, dependsOn: pulumi.Resource[]): void {
  if (!settings.bigQueryHistory) return;
  const dataset = new gcp.bigquery.Dataset(
    "history",
    { datasetId: "prebell", location: settings.region, description: "Prebell's token events" },
    { dependsOn },
  );
  const table = new gcp.bigquery.Table("history", {
    datasetId: dataset.datasetId,
    tableId: "token_events",
    deletionProtection: true,
    timePartitioning: { type: "MONTH", field: "publish_time" },
    // The columns that Pub/Sub fills when it is asked to write its metadata too.
    schema: JSON.stringify([
      column("subscription_name", "STRING"),
      column("message_id", "STRING"),
      column("publish_time", "TIMESTAMP"),
      column("data", "JSON"),
      column("attributes", "JSON"),
    ]),
  });
  const grants = ["roles/bigquery.dataEditor", "roles/bigquery.metadataViewer"].map(
    (role) =>
      new gcp.bigquery.IamMember(`history-${role.slice("roles/bigquery.".length)}`, {
        datasetId: dataset.datasetId,
        tableId: table.tableId,
        role,
        member: events.agent.member,
      }),
  );
  const tableName = table.tableId.apply((tableId) => `${settings.project}.prebell.${tableId}`);
  // Pub/Sub checks at once whether it may write there.
  subscribe("history", events, { bigqueryConfig: { table: tableName, writeMetadata: true } }, grants);
}
