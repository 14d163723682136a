/** The task properties a rep's to-do list needs; names and options as the vendor documents them. */
import type { PropertyDefinition, PropertyOption } from "./hubspot-model.ts";

const groupName = "task";

/** https://developers.hubspot.com/docs/api-reference/crm-tasks-v3/guide */
export const taskProperties: readonly PropertyDefinition[] = [
  { name: "hs_timestamp", label: "Due date", type: "datetime", fieldType: "date", groupName },
  { name: "hs_task_subject", label: "Task Title", type: "string", fieldType: "text", groupName },
  { name: "hs_task_body", label: "Notes", type: "string", fieldType: "textarea", groupName },
  choice("hs_task_status", ["NOT_STARTED", "IN_PROGRESS", "WAITING", "COMPLETED", "DEFERRED"]),
  choice("hs_task_priority", ["NONE", "LOW", "MEDIUM", "HIGH"]),
  choice("hs_task_type", ["TODO", "CALL", "EMAIL", "LINKED_IN", "MEETING"]),
  { name: "hs_task_reminders", label: "Reminders", type: "datetime", fieldType: "date", groupName },
  { name: "hs_queue_membership_ids", label: "Queues", type: "string", fieldType: "text", groupName },
  {
    name: "hubspot_owner_id",
    label: "Assigned to",
    type: "enumeration",
    fieldType: "select",
    groupName,
    externalOptions: true,
  },
  readOnly("hs_createdate", "datetime"),
  readOnly("hs_lastmodifieddate", "datetime"),
  readOnly("hs_object_id", "number"),
  readOnly("hs_object_source", "string"),
  readOnly("hs_object_source_id", "string"),
  readOnly("hs_task_is_overdue", "bool"),
  readOnly("hs_task_completion_count", "number"),
];

function choice(name: string, values: readonly string[]): PropertyDefinition {
  const options: PropertyOption[] = values.map((value, displayOrder) => ({ label: value, value, displayOrder }));
  return { name, label: name, type: "enumeration", fieldType: "select", groupName, options };
}

function readOnly(name: string, type: PropertyDefinition["type"]): PropertyDefinition {
  return { name, label: name, type, fieldType: "text", groupName, readOnlyValue: true, readOnlyDefinition: true };
}
