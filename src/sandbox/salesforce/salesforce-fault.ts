/** The error a Salesforce org answers: a status code, a message and the fields it is about. */

interface SalesforceFaultDetail {
  /** Names of the fields at fault; an empty list when the error is about the whole record. */
  readonly fields?: readonly string[];
  /** HTTP status when the error answers a whole request; 400 by default. */
  readonly httpStatus?: number;
  /** Further keys of the REST error body, such as `duplicateResult`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** The error this one was made from, where there was one. */
  readonly cause?: unknown;
}

/**
 * Thrown by every rule of the org that refuses a request or a record.
 * `code` is the vendor's: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
 */
export class SalesforceFault extends Error {
  readonly code: string;
  readonly fields: readonly string[];
  readonly httpStatus: number;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, detail: SalesforceFaultDetail = {}) {
    super(message, detail.cause === undefined ? {} : { cause: detail.cause });
    this.name = "SalesforceFault";
    this.code = code;
    this.fields = detail.fields ?? [];
    this.httpStatus = detail.httpStatus ?? 400;
    this.extra = detail.extra ?? {};
  }
}

/** One element of `errors` in a collection result. */
export interface ItemError {
  readonly statusCode: string;
  readonly message: string;
  readonly fields: readonly string[];
}

/** The fault as one element of a collection result's `errors`. Anything else thrown is a bug and is thrown on. */
export function itemError(error: unknown): ItemError {
  if (!(error instanceof SalesforceFault)) throw error;
  return { statusCode: error.code, message: error.message, fields: error.fields };
}
