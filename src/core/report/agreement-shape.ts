/** What the agreement between marketing and sales consists of, whichever way it is printed. */

/** Words, or something that stands as it is written in a file. */
export type Phrase = string | { readonly code: string };

export type Block =
  /** With a blank between two phrases. */
  | { readonly kind: "text"; readonly phrases: readonly Phrase[] }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | {
      readonly kind: "table";
      readonly caption: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly Phrase[])[];
      /** Columns of figures. */
      readonly right: readonly number[];
    };

export interface AgreementSection {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface AgreementPage {
  readonly title: string;
  readonly lead: string;
  readonly sections: readonly AgreementSection[];
}
