/** Lambda: every quarter of an hour, asks for the time-driven pass of every connection. */
import type { ScheduledHandler } from "aws-lambda";
import { openDeployment } from "./deployment.ts";
import { scheduleRuns } from "./schedule-runs.ts";

const deployment = openDeployment();

export const handler: ScheduledHandler = (event) => scheduleRuns(deployment, "follow-up", event.id);
