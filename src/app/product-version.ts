/** Which LeadLoop this is: what a log line, a bug report and an upgrade need to say. */
import about from "../../package.json" with { type: "json" };

/** As in package.json, such as 0.1.0; the Lambda bundle has it inside. */
export const PRODUCT_VERSION: string = about.version;
