/** The one table of Salesforce's API version, its paths and the limits that go with them. */

/** Spring '26; supported until its retirement is announced (https://developer.salesforce.com/docs/platform/api/guide/api-eol-soap.html). */
export const API_VERSION = "66.0";

/** Sizes Salesforce allows, from the pages of each resource (developer.salesforce.com, REST API Developer Guide). */
export const SIZES = {
  /** Rows of one query answer. */
  page: 2_000,
  /** Pages below this are not asked for when a query is too large for the org: then the query itself is at fault. */
  smallestPage: 100,
  /** Records of one sObject Collections request. */
  collection: 200,
  /** Subrequests of one Composite request. */
  composite: 25,
  /** Of these, how many may be queries. */
  compositeQueries: 5,
  /** Ids in one IN list: with a long field list the address still stays below `uriBytes`. */
  idsPerQuery: 400,
  /** The vendor's limit for address and headers together is 16,384 bytes; the rest is left to the headers. */
  uriBytes: 13_000,
  /** Characters of one string literal in a WHERE clause. */
  literal: 4_000,
} as const;

export interface SalesforcePaths {
  readonly token: string;
  readonly composite: string;
  readonly collections: string;
  readonly limits: string;
  /** About the org itself, of the Connect REST API. */
  readonly organization: string;
  /** Bulk API 2.0 jobs that write. */
  readonly ingestJobs: string;
  /** Bulk API 2.0 jobs that read. */
  readonly queryJobs: string;
  /** About how many records there are of each object. */
  recordCount(objects: readonly string[]): string;
  query(soql: string, includeDeleted: boolean): string;
  /** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_delete.htm */
  deletion(ids: readonly string[]): string;
  record(object: string, id: string): string;
  describe(object: string): string;
  readonly customField: string;
}

/** Paths below the org's own address. */
export function salesforcePaths(version: string): SalesforcePaths {
  const base = `/services/data/v${version}`;
  return {
    token: "/services/oauth2/token",
    composite: `${base}/composite`,
    collections: `${base}/composite/sobjects`,
    limits: `${base}/limits`,
    organization: `${base}/connect/organization`,
    ingestJobs: `${base}/jobs/ingest`,
    queryJobs: `${base}/jobs/query`,
    recordCount: (objects) => `${base}/limits/recordCount?sObjects=${objects.join(",")}`,
    query: (soql, includeDeleted) => `${base}/${includeDeleted ? "queryAll" : "query"}?q=${encodeSoql(soql)}`,
    deletion: (ids) => `${base}/composite/sobjects?ids=${ids.join(",")}&allOrNone=false`,
    record: (object, id) => `${base}/sobjects/${object}/${id}`,
    customField: `${base}/tooling/sobjects/CustomField`,
    describe: (object) => `${base}/sobjects/${object}/describe`,
  };
}

/** Commas and colons may stand in a query string as they are (RFC 3986, 3.4); long IN lists are a third shorter for it. */
function encodeSoql(soql: string): string {
  return encodeURIComponent(soql).replaceAll("%2C", ",").replaceAll("%3A", ":");
}
