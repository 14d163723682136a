/** Serves the two calls of the SOAP partner API that have no REST resource: convertLead and merge. */
import type { SandboxRequest, SandboxResponse } from "../exchange.ts";
import type { ApiUsage } from "./api-usage.ts";
import type { WriteContext } from "./input-resolving.ts";
import { convertLead, type LeadConversion } from "./lead-conversion.ts";
import type { OrgState } from "./org-state.ts";
import { mergeRecords } from "./record-merging.ts";
import { itemError, SalesforceFault } from "./salesforce-fault.ts";
import { requireId } from "./salesforce-id.ts";
import type { SalesforceSessions } from "./salesforce-sessions.ts";
import { childText, escapeXml, findElement, parseXml, type XmlElement } from "./soap-envelope.ts";

/** POST /services/Soap/u/{version}. Failed records answer in the result; failed requests answer 500 with a fault. */
export function serveSoap(
  state: OrgState,
  sessions: SalesforceSessions,
  usage: ApiUsage,
  request: SandboxRequest,
): SandboxResponse {
  const envelope = parseXml(request.body);
  if (envelope === undefined) return fault("soapenv:Client", "The request is not well-formed XML");
  const userId = sessions.userOf(findElement(envelope, "sessionId")?.text ?? "");
  if (userId === undefined) {
    return fault(
      "sf:INVALID_SESSION_ID",
      "INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session",
    );
  }
  if (!usage.take()) return fault("sf:REQUEST_LIMIT_EXCEEDED", "REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded.");
  const duplicates = findElement(envelope, "DuplicateRuleHeader");
  const context: WriteContext = {
    by: userId,
    api: true,
    autoAssign: false,
    allowDuplicates: duplicates !== undefined && childText(duplicates, "allowSave") === "true",
  };
  const operation = findElement(envelope, "Body")?.children[0];
  try {
    if (operation?.name === "convertLead") return answer(usage, "convertLead", convertAll(state, operation, context));
    if (operation?.name === "merge") return answer(usage, "merge", mergeAll(state, operation, context));
  } catch (error) {
    if (!(error instanceof SalesforceFault)) throw error;
    return fault(`sf:${error.code}`, `${error.code}: ${error.message}`);
  }
  return fault("soapenv:Client", `No operation available for request ${operation?.name ?? ""}`);
}

function convertAll(state: OrgState, operation: XmlElement, context: WriteContext): string {
  const requests = operation.children.filter((child) => child.name === "leadConverts");
  if (requests.length > 100) {
    throw new SalesforceFault(
      "EXCEEDED_ID_LIMIT",
      "record limit reached. cannot submit more than 100 records into this call",
    );
  }
  return requests
    .map((request) => {
      const leadId = childText(request, "leadId") ?? "";
      try {
        const made = convertLead(state, conversionOf(request), context);
        return `<result>${idElement("accountId", made.accountId)}${idElement("contactId", made.contactId)}${idElement("leadId", requireId(leadId))}${idElement("opportunityId", made.opportunityId)}<success>true</success></result>`;
      } catch (error) {
        return `<result><accountId xsi:nil="true"/><contactId xsi:nil="true"/>${errorElement(error)}<leadId xsi:nil="true"/><opportunityId xsi:nil="true"/><success>false</success></result>`;
      }
    })
    .join("");
}

function conversionOf(request: XmlElement): LeadConversion {
  const id = (name: "accountId" | "contactId" | "ownerId"): { [key in typeof name]?: string } => {
    const text = childText(request, name);
    return text === undefined ? {} : { [name]: requireId(text, name) };
  };
  const opportunityName = childText(request, "opportunityName");
  return {
    leadId: requireId(childText(request, "leadId") ?? "", "leadId"),
    convertedStatus: childText(request, "convertedStatus") ?? "",
    doNotCreateOpportunity: childText(request, "doNotCreateOpportunity") === "true",
    overwriteLeadSource: childText(request, "overwriteLeadSource") === "true",
    ...(opportunityName === undefined ? {} : { opportunityName }),
    ...id("accountId"),
    ...id("contactId"),
    ...id("ownerId"),
  };
}

function mergeAll(state: OrgState, operation: XmlElement, context: WriteContext): string {
  // The WSDL calls the element `request`; jsforce sends `mergeRequests`.
  return operation.children
    .filter((child) => child.name === "request" || child.name === "mergeRequests")
    .map((request) => {
      try {
        return mergeOne(state, request, context);
      } catch (error) {
        return `<result>${errorElement(error)}<id xsi:nil="true"/><success>false</success></result>`;
      }
    })
    .join("");
}

function mergeOne(state: OrgState, request: XmlElement, context: WriteContext): string {
  const master = request.children.find((child) => child.name === "masterRecord");
  const masterId = requireId((master === undefined ? undefined : childText(master, "Id")) ?? "");
  const object = state.catalog.objectOfId(masterId);
  if (master === undefined || object === undefined)
    throw new SalesforceFault("INVALID_TYPE", "masterRecord is required");
  const loserIds = request.children
    .filter((child) => child.name === "recordToMergeIds")
    .map((child) => requireId(child.text));
  const values = master.children.filter((child) => !["Id", "type", "fieldsToNull", "attributes"].includes(child.name));
  const changes = Object.fromEntries(values.map((child) => [child.name, child.isNil ? null : child.text]));
  const { mergedIds, movedIds } = mergeRecords(state, object, masterId, loserIds, changes, context);
  const merged = mergedIds.map((id) => `<mergedRecordIds>${id}</mergedRecordIds>`).join("");
  const moved = movedIds.map((id) => `<updatedRelatedIds>${id}</updatedRelatedIds>`).join("");
  return `<result><id>${masterId}</id>${merged}<success>true</success>${moved}</result>`;
}

function idElement(name: string, id: string | null): string {
  return id === null ? `<${name} xsi:nil="true"/>` : `<${name}>${id}</${name}>`;
}

function errorElement(error: unknown): string {
  const { statusCode, message, fields } = itemError(error);
  const names = fields.map((field) => `<fields>${escapeXml(field)}</fields>`).join("");
  return `<errors>${names}<message>${escapeXml(message)}</message><statusCode>${statusCode}</statusCode></errors>`;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
const namespaces =
  'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

function answer(usage: ApiUsage, operation: string, results: string): SandboxResponse {
  const limitInfo = `<limitInfo><current>${usage.used()}</current><limit>${usage.limit}</limit><type>API REQUESTS</type></limitInfo>`;
  const body = `${declaration}<soapenv:Envelope ${namespaces}><soapenv:Header><LimitInfoHeader>${limitInfo}</LimitInfoHeader></soapenv:Header><soapenv:Body><${operation}Response>${results}</${operation}Response></soapenv:Body></soapenv:Envelope>`;
  return xml(200, body);
}

function fault(code: string, message: string): SandboxResponse {
  const body = `${declaration}<soapenv:Envelope ${namespaces}><soapenv:Body><soapenv:Fault><faultcode>${code}</faultcode><faultstring>${escapeXml(message)}</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>`;
  return xml(500, body);
}

function xml(status: number, body: string): SandboxResponse {
  return { status, headers: { "Content-Type": "text/xml; charset=utf-8" }, body };
}
