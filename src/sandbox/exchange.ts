/** One HTTP exchange as plain data, so that a stand-in is a function from request to response. */

export interface SandboxRequest {
  readonly method: string;
  /** As sent: without the query and not percent-decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Header names are lower-case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SandboxResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers one request. Synchronous, so that every request is atomic. */
export type SandboxHandler = (request: SandboxRequest) => SandboxResponse;

/** A JSON answer. Header names given replace the default content type when they repeat it. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): SandboxResponse {
  return {
    status,
    headers: { "Content-Type": "application/json;charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}
