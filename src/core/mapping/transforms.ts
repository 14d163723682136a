/** The transforms an admin can name in a mapping, each with its inverse. */
import { assertNever } from "../errors.ts";
import type { Transform } from "../model/mapping.ts";
import { booleanTransform, picklistTransform, setTransform } from "./choice-transforms.ts";
import { countryTransform } from "./country-transform.ts";
import { dateTransform, datetimeTransform } from "./date-transforms.ts";
import { integerTransform, numberTransform } from "./number-transforms.ts";
import { ownerTransform } from "./owner-transform.ts";
import { phoneTransform } from "./phone-transform.ts";
import { emailTransform, textTransform, urlTransform } from "./text-transforms.ts";
import type { TransformOptions } from "./transform-options.ts";

export type { OwnerDirectory, TransformOptions } from "./transform-options.ts";

export const TRANSFORM_NAMES = [
  "text",
  "email",
  "phone",
  "integer",
  "number",
  "boolean",
  "date",
  "datetime",
  "set",
  "picklist",
  "country",
  "owner",
  "url",
] as const;
export type TransformName = (typeof TRANSFORM_NAMES)[number];

/**
 * The transform of that name. All of them obey the laws L1-L8 (test/laws/transform.laws.test.ts): storing twice changes nothing, the two sides never
 * fight, a side that already means the same is left exactly as it is, and what cannot be converted is refused with a reason.
 */
export function transformNamed(name: TransformName, options: TransformOptions): Transform {
  switch (name) {
    case "text":
      return textTransform(options);
    case "email":
      return emailTransform(options);
    case "phone":
      return phoneTransform(options);
    case "integer":
      return integerTransform();
    case "number":
      return numberTransform(options);
    case "boolean":
      return booleanTransform();
    case "date":
      return dateTransform(options);
    case "datetime":
      return datetimeTransform(options);
    case "set":
      return setTransform(options);
    case "picklist":
      return picklistTransform(options);
    case "country":
      return countryTransform(options);
    case "owner":
      return ownerTransform(options);
    case "url":
      return urlTransform(options);
    default:
      return assertNever(name);
  }
}
