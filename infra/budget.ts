// A budget warns and stops nothing; what stops a runaway are the limits on instances.
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config.ts";

export function makeBudget(
  settings: Settings,
  channel: gcp.monitoring.NotificationChannel,
  dependsOn: pulumi.Resource[],
): void {
  const { billingAccount, project } = settings;
  if (billingAccount === null) {
    void pulumi.log.warn("No budget is set: pulumi config set prebell:billingAccount 012345-6789AB-CDEF01");
    return;
  }
  // Budgets belong to the billing account; their API wants to know which project's quota a person's call counts against.
  const provider = new gcp.Provider("billing", { project, billingProject: project, userProjectOverride: true });
  const { number } = gcp.organizations.getProjectOutput({ projectId: project });
  new gcp.billing.Budget(
    "budget",
    {
      billingAccount,
      displayName: "Prebell",
      budgetFilter: { projects: [pulumi.interpolate`projects/${number}`] },
      // In the billing account's own currency, which is the only one it takes.
      amount: { specifiedAmount: { units: String(settings.monthlyBudgetUsd) } },
      thresholdRules: [
        { thresholdPercent: 0.5 },
        { thresholdPercent: 0.9 },
        { thresholdPercent: 1 },
        { thresholdPercent: 1, spendBasis: "FORECASTED_SPEND" },
      ],
      allUpdatesRule: { monitoringNotificationChannels: [channel.id], disableDefaultIamRecipients: false },
    },
    { provider, dependsOn },
  );
}
