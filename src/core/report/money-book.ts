/** All money of a report, summed up by table, row and currency. */
import type { CountRecording } from "./count-recording.ts";
import type { Sums } from "./money.ts";

export class MoneyBook {
  readonly #recording: CountRecording | null;
  /** By table and row, as plain data, to be added to those of another thread. */
  readonly tally = new Map<string, Map<string, Sums>>();

  constructor(recording: CountRecording | null) {
    this.#recording = recording;
  }

  /** Adds hundredths under a `moneyKey`. */
  add(table: string, row: string, key: string, hundredths: number): void {
    if (this.#recording !== null) {
      this.#recording.earned(table, row, key, hundredths);
      return;
    }
    const rows = this.tally.get(table) ?? new Map<string, Sums>();
    this.tally.set(table, rows);
    const sums = rows.get(row) ?? new Map<string, number>();
    rows.set(row, sums);
    sums.set(key, (sums.get(key) ?? 0) + hundredths);
  }

  /** The sums of a row; undefined where nobody has money. */
  sums(table: string, row: string): Sums | undefined {
    return this.tally.get(table)?.get(row);
  }
}
