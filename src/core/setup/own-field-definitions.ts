/** How the fields that carry LeadLoop's own marks have to be made in each system. */
import type { ObjectMapping, OwnFields } from "../model/mapping.ts";
import type { NewField, NewFieldType } from "../model/new-field.ts";
import type { System } from "../model/record.ts";
import type { Lifecycle } from "../model/rulebook.ts";

/** Tasks are activities: a field of Task is made on Activity (https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm). */
const TASK = "Task";

interface Definition {
  readonly name: string;
  readonly label: string;
  readonly type: NewFieldType;
  readonly unique?: boolean;
  readonly description: string;
}

const KEY_LENGTH = 64;
const WHOLE_NUMBER: NewFieldType = { kind: "number", precision: 4, scale: 0 };
const LINE: NewFieldType = { kind: "text", length: 255 };

/** Every own field that LeadLoop needs, on every object of the mappings. HubSpot's lifecycle stage is its own and never made. */
export function ownFieldDefinitions(
  mappings: readonly ObjectMapping[],
  own: OwnFields,
  lifecycle: Lifecycle,
): readonly NewField[] {
  const hubspot = onEach("hubspot", new Set(mappings.map((mapping) => mapping.hubspot)), [
    ...shared("hubspot", own),
    { name: own.outcome, label: "LeadLoop outcome", type: LINE, description: "What became of the person in sales." },
    { name: own.outcomeAt, label: "LeadLoop outcome at", type: { kind: "datetime" }, description: "When that was." },
    {
      name: own.outcomeAmount,
      label: "LeadLoop outcome amount",
      type: { kind: "number", precision: 18, scale: 2 },
      description: "What it was worth.",
    },
    ...(own.outcomeCurrency === null
      ? []
      : [
          {
            name: own.outcomeCurrency,
            label: "LeadLoop outcome currency",
            type: LINE,
            description: "In which currency that is.",
          },
        ]),
    {
      name: own.recycleReason,
      label: "LeadLoop recycle reason",
      type: LINE,
      description: "Why sales sent the person back to marketing.",
    },
    {
      name: own.nextStep,
      label: "LeadLoop next step",
      type: LINE,
      description: "The e-mail step that a HubSpot workflow listens to.",
    },
  ]);
  const stages = [...new Set(lifecycle.names.map((names) => names.salesforce))].filter((value) => value !== "");
  const salesforce = onEach("salesforce", new Set(mappings.map((mapping) => mapping.salesforce)), [
    ...shared("salesforce", own),
    {
      name: own.stage.salesforce,
      label: "LeadLoop Stage",
      type: { kind: "choice", values: stages, restricted: true },
      description: "The person's lifecycle stage, equal to HubSpot's.",
    },
    { name: own.epoch, label: "LeadLoop Epoch", type: WHOLE_NUMBER, description: "Which trip through the funnel." },
  ]);
  const cause: Definition = {
    name: own.cause,
    label: "LeadLoop Cause",
    type: LINE,
    unique: true,
    description: "Why LeadLoop made this task: one cause, one task.",
  };
  return [...hubspot, ...salesforce, ...onEach("salesforce", new Set([TASK]), [cause])];
}

function shared(system: System, own: OwnFields): Definition[] {
  return [
    {
      name: own.key[system],
      label: "LeadLoop Key",
      type: { kind: "text", length: KEY_LENGTH },
      unique: true,
      description: "Tells LeadLoop who this is in the other system. A create can never happen twice.",
    },
    {
      name: own.score[system],
      label: "LeadLoop Score",
      type: WHOLE_NUMBER,
      description: "0 to 100: fit and engagement.",
    },
    {
      name: own.band[system],
      label: "LeadLoop Band",
      type: { kind: "text", length: 8 },
      description: "A1 to C3: the letter is fit, the number engagement.",
    },
    { name: own.reasons[system], label: "LeadLoop Reasons", type: LINE, description: "What the score is made of." },
    ...Object.entries(own.entered).map(
      ([stage, names]): Definition => ({
        name: names[system],
        label: `LeadLoop ${stage} at`,
        type: { kind: "datetime" },
        description: `When the person last became ${stage}.`,
      }),
    ),
    ...(own.deleted === null
      ? []
      : [
          {
            name: own.deleted[system],
            label: "LeadLoop Deleted",
            type: LINE,
            description: "That the record in the other system was deleted, and when that was noticed.",
          },
        ]),
    ...(own.segments === null
      ? []
      : [
          {
            name: own.segments[system],
            label: "LeadLoop Segments",
            type: LINE,
            description: "The segments that the person is in.",
          },
        ]),
  ];
}

function onEach(system: System, objects: ReadonlySet<string>, definitions: readonly Definition[]): NewField[] {
  return [...objects].flatMap((object) =>
    definitions.map((definition) => ({ unique: false, ...definition, system, object })),
  );
}
