/** What the functions tell each other through queues: a connection's name, a job, ids. Never a value of a person. */

export const RUN_JOBS = ["sync", "follow-up"] as const;
export type RunJob = (typeof RUN_JOBS)[number];

/** Run this job for this connection. */
export interface RunMessage {
  readonly connection: string;
  readonly job: RunJob;
}

/** A record that may have changed. */
export interface ChangedRecord {
  readonly object: string;
  readonly id: string;
}

/** Look at these records of this connection. */
export interface ChangesMessage {
  readonly connection: string;
  readonly system: "hubspot" | "salesforce";
  readonly records: readonly ChangedRecord[];
}

/** Null for a message that nobody of us wrote. */
export function parseRunMessage(body: string): RunMessage | null {
  const message = parseObject(body);
  const { connection, job } = message ?? {};
  const known = RUN_JOBS.find((name) => name === job);
  return typeof connection === "string" && known !== undefined ? { connection, job: known } : null;
}

/** Null for a message that nobody of us wrote. */
export function parseChangesMessage(body: string): ChangesMessage | null {
  const { connection, system, records } = parseObject(body) ?? {};
  if (typeof connection !== "string" || (system !== "hubspot" && system !== "salesforce") || !Array.isArray(records))
    return null;
  return records.every(isRecord) ? { connection, system, records } : null;
}

function isRecord(value: unknown): value is ChangedRecord {
  if (typeof value !== "object" || value === null) return false;
  const { object, id } = value as Readonly<Record<string, unknown>>;
  return typeof object === "string" && typeof id === "string" && /^[A-Za-z0-9]{1,20}$/.test(id);
}

/** Null for what is no JSON object. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}
