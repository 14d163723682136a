/** How LeadLoop talks to the two systems: timing, limits, pace, and what is too much. */
import type { System } from "./record.ts";

/** `perDay`: calls that LeadLoop itself may spend in 24 hours; without it, only the reserve for others counts. `dailyReserveShare`: 0 to 1. */
export interface CallLimits {
  readonly perRun: number;
  readonly perDay?: number | null;
  readonly dailyReserveShare: number;
}

/** Time constants and limits; every one is a setting so that a test, a demo or an impatient admin can shorten it. */
export interface ConnectorSettings {
  readonly overlapSeconds: number;
  readonly settledLagSeconds: Readonly<Record<System, number>>;
  readonly quarantineSeconds: number;
  readonly verifyAfterSeconds: number;
  readonly leaseSeconds: number;
  readonly timeBudgetSeconds: number;
  readonly requestTimeoutSeconds: number;
  readonly archivedSweepHours: number;
  /** How often everybody is read and compared; 0 for never. */
  readonly reconcileDays: number;
  readonly schemaMaxAgeHours: number;
  readonly tieSide: System;
  readonly chunkSize: number;
  readonly calls: Readonly<Record<System, CallLimits>>;
  readonly hubspot: {
    readonly burst: number;
    readonly burstSeconds: number;
    readonly searchPerSecond: number;
    readonly concurrency: number;
  };
  readonly salesforce: { readonly concurrency: number };
  /** Salesforce's Bulk API 2.0, for what many people at once have to be told. */
  readonly bulk: BulkSettings;
}

/** `fromRecords`: so many waiting people, and so many records in a job, make a job worth its calls; 0 for never. */
export interface BulkSettings {
  readonly fromRecords: number;
  /** An object of so many records is read as a whole by a query job; 0 for never. */
  readonly readFromRecords: number;
  readonly jobRecords: number;
  readonly pollSeconds: number;
  /** How long a run that has nothing else to do waits for a job. */
  readonly waitSeconds: number;
  readonly lostAfterSeconds: number;
}

/** So many are never too many, nor is this share (0 to 1) of all linked people: the larger counts. */
export interface SafetyLimit {
  readonly atMost: number;
  readonly share: number;
}

/** What one run may do before a person has to look; config/safety.yml says what each danger is. */
export interface SafetyLimits {
  readonly blank: SafetyLimit;
  readonly delete: SafetyLimit;
  readonly regress: SafetyLimit;
  readonly change: SafetyLimit;
  readonly create: SafetyLimit;
}
