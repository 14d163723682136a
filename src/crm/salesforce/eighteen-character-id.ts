/** Decides what is a Salesforce record id, and gives each its one spelling of 18 characters. */

const ID = /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/;
const SUFFIX_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/**
 * The 18-character form of a 15- or 18-character id, or `null` for what is no id. The suffix is made anew from the first 15 characters:
 * each block of five gives one letter whose bits say which of the five are capitals
 * (https://help.salesforce.com/s/articleView?id=000385585, recomputed for recorded ids).
 */
export function toEighteen(id: string): string | null {
  if (!ID.test(id)) return null;
  let suffix = "";
  for (let block = 0; block < 15; block += 5) {
    let bits = 0;
    for (let position = 0; position < 5; position += 1) {
      const code = id.charCodeAt(block + position);
      if (code >= 65 && code <= 90) bits |= 1 << position;
    }
    suffix += SUFFIX_LETTERS.charAt(bits);
  }
  return id.slice(0, 15) + suffix;
}
