/** Lambda: one run of the sync, every few minutes. */
import type { ScheduledHandler } from "aws-lambda";
import { runSync } from "../jobs/sync-job.ts";
import { runConnected } from "./lambda-connection.ts";

export const handler: ScheduledHandler = async (_event, context) => {
  await runConnected(context, (dependencies) => runSync(dependencies));
};
