/** Three ways to fail, one per way to recover. What happens to one record is data (WriteOutcome), not an error; anything else that is thrown is a bug. */

/** The other side asks for patience (429, 5xx, time-out, row lock): wait and repeat within the budget, else leave it to the next run. */
export class RetryLater extends Error {
  override readonly name = "RetryLater";
  readonly waitMs: number;
  /** True when the request may have taken effect although no answer came: nothing may be assumed before it is read back. */
  readonly outcomeUnknown: boolean;
  /** Too many calls, not too heavy ones: the place in the queue comes, however often one was turned away. */
  readonly crowded: boolean;

  constructor(
    message: string,
    options: { waitMs?: number; outcomeUnknown?: boolean; crowded?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.waitMs = options.waitMs ?? 0;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
    this.crowded = options.crowded ?? false;
  }
}

/** Why nothing can work now. `paused` means it will work again by itself (quota, lease, time); `stopped` needs a person. */
export type StopKind = "paused" | "stopped";

/** Nothing can work: login, missing permission, unknown field, daily quota gone. Commit what is in hand and end the run. */
export class StopRun extends Error {
  override readonly name = "StopRun";
  readonly kind: StopKind;
  /** Paused only because its time was up: another run may go on at once. */
  readonly outOfTime: boolean;
  /** Only this object is refused, because our user is shown none of that name: whoever can do without it goes on. Null for anything else. */
  readonly hiddenObject: string | null;

  constructor(
    message: string,
    options: { kind?: StopKind; outOfTime?: boolean; hiddenObject?: string | null; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = options.kind ?? "stopped";
    this.outOfTime = options.outOfTime ?? false;
    this.hiddenObject = options.hiddenObject ?? null;
  }
}

/** One mistake in an admin's file: where it is, what is wrong and what to write instead. */
export interface ConfigIssue {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}

/** An admin's files are wrong. Carries every issue of every file, in file order. */
export class ConfigInvalid extends Error {
  override readonly name = "ConfigInvalid";
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    super(`${issues.length} problem${issues.length === 1 ? "" : "s"} in the configuration`);
    this.issues = issues;
  }
}

/** Makes the compiler point at the case that was forgotten. */
export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${JSON.stringify(value)}`);
}
