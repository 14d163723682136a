/** Lambda: the time-driven pass over decay, deadlines and pending checks. */
import type { ScheduledHandler } from "aws-lambda";
import { runFollowUp } from "../jobs/follow-up-job.ts";
import { runConnected } from "./lambda-connection.ts";

export const handler: ScheduledHandler = async (_event, context) => {
  await runConnected(context, async (dependencies) => (await runFollowUp(dependencies)).sync);
};
