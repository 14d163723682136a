/** Where a reader of the digest finds the report: an address that a mail programme opens, which `s3://` is not. */

/** Consoles of AWS outside of its common partition (https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html). */
const CONSOLES: readonly (readonly [string, string])[] = [
  ["cn-", "console.amazonaws.cn"],
  ["us-gov-", "console.amazonaws-us-gov.com"],
];

export interface ReportPlace {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
  /** What stands in front of the bucket, such as a CloudFront distribution behind a login; "" where nothing does. */
  readonly base: string;
}

/** Under `base` where there is one; else the object in the AWS console, which asks the reader to log in: the bucket is private. */
export function reportAddress({ bucket, key, region, base }: ReportPlace): string {
  const path = key.split("/").map(encodeURIComponent).join("/");
  if (base !== "") return `${base.replace(/\/+$/, "")}/${path}`;
  const console = CONSOLES.find(([begin]) => region.startsWith(begin))?.[1] ?? "console.aws.amazon.com";
  return `https://${region}.${console}/s3/object/${encodeURIComponent(bucket)}?region=${region}&prefix=${path}`;
}
