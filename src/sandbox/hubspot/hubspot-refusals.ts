/** Every way the HubSpot stand-in says no, in the vendor's words. */

/** A refusal of one request or of one input of a batch. The handler turns it into the answer. */
export class HubSpotRefusal extends Error {
  readonly status: number;
  readonly category: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  /** `details` are further keys of the body, such as `context` or `subCategory`. */
  constructor(
    status: number,
    category: string | undefined,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "HubSpotRefusal";
    this.status = status;
    this.category = category;
    this.details = details;
  }

  /** The body of the answer; refusals of limits and of authentication add their own keys through `details`. */
  body(correlationId: string): Record<string, unknown> {
    return {
      status: "error",
      message: this.message,
      correlationId,
      ...(this.category === undefined ? {} : { category: this.category }),
      ...this.details,
    };
  }
}

/** What is wrong with one property of a write. */
export interface PropertyProblem {
  readonly isValid: false;
  readonly message: string;
  readonly error: string;
  readonly name: string;
}

/** 400 for a request that is not understood or exceeds a documented maximum. */
export function invalidRequest(message: string): HubSpotRefusal {
  return new HubSpotRefusal(400, "VALIDATION_ERROR", message);
}

/** 400 with the problems as JSON inside the message, as recorded. */
export function invalidProperties(problems: readonly PropertyProblem[]): HubSpotRefusal {
  return invalidRequest(`Property values were not valid: ${JSON.stringify(problems)}`);
}

/** 409 for a contact whose e-mail is taken; the existing id is only in the message. */
export function contactExists(existingId: string | undefined): HubSpotRefusal {
  const message =
    existingId === undefined ? "Contact already exists." : `Contact already exists. Existing ID: ${existingId}`;
  return new HubSpotRefusal(409, "CONFLICT", message);
}

/** 404 of a single record; the recorded body has no category. */
export function resourceNotFound(): HubSpotRefusal {
  return new HubSpotRefusal(404, undefined, "resource not found");
}

/** 404 (or a 207 entry) for ids of a batch that name no record. */
export function objectsNotFound(singular: string, ids: readonly string[]): HubSpotRefusal {
  const message = `Could not get some ${singular} objects, they may be deleted or not exist. Check that ids are valid.`;
  return new HubSpotRefusal(404, "OBJECT_NOT_FOUND", message, { context: { ids } });
}
