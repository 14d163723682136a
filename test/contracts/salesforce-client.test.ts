/** The Salesforce client over HTTP against the stand-in. */

import { runCrmClientContract } from "./crm-client.contract.ts";
import { salesforceHarness } from "./salesforce-harness.ts";

runCrmClientContract({ name: "Salesforce", setUp: () => salesforceHarness(), skip: [] });
