/** Metrics as log lines in CloudWatch's embedded format: no call, no permission, no wait; the log group turns them into metrics. */

export type MetricUnit = "Count" | "Seconds" | "Milliseconds" | "Percent";

export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly unit: MetricUnit;
}

const METRICS_NAMESPACE = "LeadLoop";

/**
 * One line for all of them, for the stage as a whole and for the connection.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function embeddedMetrics(connection: string, metrics: readonly Metric[], nowMs: number): string {
  return JSON.stringify({
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [["Stage"], ["Stage", "Connection"]],
          Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    Stage: process.env["LEADLOOP_STAGE"] ?? "prod",
    Connection: connection,
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
  });
}

/** To standard output, which Lambda sends to the log group. */
export function emitMetrics(connection: string, metrics: readonly Metric[], nowMs: number = Date.now()): void {
  process.stdout.write(`${embeddedMetrics(connection, metrics, nowMs)}\n`);
}
