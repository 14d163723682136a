/** Decides whether one more call may be spent: by the run's own budget and by the daily quota that others live on too. */
import { StopRun } from "../core/errors.ts";
import type { System } from "../core/model/record.ts";

const NAMES: Readonly<Record<System, string>> = { hubspot: "HubSpot", salesforce: "Salesforce" };

/** The account's daily quota as the system last told it. */
export interface DailyQuota {
  readonly limit: number;
  readonly remaining: number;
}

/** `perRun`: calls one run may spend. `dailyReserveShare`: part of the daily quota (0 to 1) that is left for others. */
export interface CallBudgetOptions {
  readonly system: System;
  readonly perRun: number;
  readonly dailyReserveShare: number;
}

/** Counts every HTTP request of one client, retries included, and says when to stop. */
export class CallBudget {
  readonly #options: CallBudgetOptions;
  #used = 0;
  #daily: DailyQuota | null = null;

  constructor(options: CallBudgetOptions) {
    this.#options = options;
  }

  get used(): number {
    return this.#used;
  }

  /** `null` until the system has told it. */
  get daily(): DailyQuota | null {
    return this.#daily;
  }

  /** Spends one call. Throws StopRun `paused` instead when the run's budget is spent or the daily quota is down to the reserve. */
  take(): void {
    const { system, perRun, dailyReserveShare } = this.#options;
    if (this.#used >= perRun) {
      throw new StopRun(
        `This run's budget of ${perRun} ${NAMES[system]} calls is spent; the next run goes on from here. Raise calls.${system}.perRun in config/connector.yml if runs never catch up.`,
        { kind: "paused" },
      );
    }
    if (this.#daily !== null && this.#daily.remaining <= this.#daily.limit * dailyReserveShare) {
      throw new StopRun(
        `${NAMES[system]} has ${this.#daily.remaining} of ${this.#daily.limit} calls left today, which is the reserve kept for others (calls.${system}.dailyReserveShare in config/connector.yml); a run goes on when the quota is renewed.`,
        { kind: "paused" },
      );
    }
    this.#used += 1;
  }

  /** What the system's last answer said of the daily quota. Figures that are no quota (a limit of 0) are passed over. */
  observeDaily(limit: number, remaining: number): void {
    if (!(limit > 0) || !Number.isFinite(remaining)) return;
    this.#daily = { limit, remaining };
  }
}
