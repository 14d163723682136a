/** Keeps the Bulk API 2.0 jobs of an org and moves them through the vendor's states. */
import type { OrgState } from "./org-state.ts";
import { stampOf } from "./vendor-time.ts";

type JobState = "Open" | "UploadComplete" | "InProgress" | "JobComplete" | "Failed" | "Aborted";

export interface BulkJob {
  readonly id: string;
  readonly kind: "ingest" | "query";
  /** What the job's own JSON shows, besides state and times. */
  readonly info: Readonly<Record<string, unknown>>;
  readonly createdDate: string;
  systemModstamp: string;
  state: JobState;
  errorMessage: string | undefined;
  /** Ingest: the CSV as uploaded, and what became of its rows. Query: the CSV of the result. */
  upload: string;
  successful: string;
  failed: string;
  unprocessed: string;
  rows: readonly string[];
  processedCount: number;
  failedCount: number;
}

/** The jobs of one org by id. */
export class BulkJobs {
  readonly #jobs = new Map<string, BulkJob>();

  create(state: OrgState, kind: BulkJob["kind"], info: Readonly<Record<string, unknown>>, first: JobState): BulkJob {
    const now = stampOf(state.clock.now());
    const job: BulkJob = {
      id: state.mint.next("750"),
      kind,
      info,
      createdDate: now,
      systemModstamp: now,
      state: first,
      errorMessage: undefined,
      upload: "",
      successful: "",
      failed: "",
      unprocessed: "",
      rows: [],
      processedCount: 0,
      failedCount: 0,
    };
    this.#jobs.set(job.id, job);
    return job;
  }

  find(kind: BulkJob["kind"], id: string): BulkJob | undefined {
    const job = this.#jobs.get(id);
    return job?.kind === kind ? job : undefined;
  }

  all(kind: BulkJob["kind"]): BulkJob[] {
    return [...this.#jobs.values()].filter((job) => job.kind === kind);
  }

  remove(id: string): void {
    this.#jobs.delete(id);
  }
}

/** Moves a job on as its client polls: it is seen uploaded, then in progress, then complete. */
export function advance(state: OrgState, job: BulkJob): void {
  if (job.state === "UploadComplete") job.state = "InProgress";
  else if (job.state === "InProgress") job.state = job.errorMessage === undefined ? "JobComplete" : "Failed";
  else return;
  job.systemModstamp = stampOf(state.clock.now());
}
