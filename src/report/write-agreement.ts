/** Writes the agreement between marketing and sales into a folder, as Markdown and as HTML. */
import { join } from "node:path";
import type { FigureWords } from "../core/report/agreement-page.ts";
import type { AgreementPage } from "../core/report/agreement-shape.ts";
import { agreementHtml } from "./agreement-html.ts";
import { agreementMarkdown } from "./agreement-markdown.ts";
import { makeFolder, writeWhole } from "./draft-file.ts";
import { countText, exactPercentText, hoursText, moneyText } from "./figure-format.ts";

export interface AgreementFiles {
  readonly html: string;
  readonly markdown: string;
}

/** Each file appears whole or not at all; a failed write is a StopRun. */
export async function writeAgreement(folder: string, page: AgreementPage): Promise<AgreementFiles> {
  await makeFolder(folder);
  const files = { html: join(folder, "agreement.html"), markdown: join(folder, "agreement.md") };
  await writeWhole(files.markdown, [agreementMarkdown(page)]);
  await writeWhole(files.html, [agreementHtml(page)]);
  return files;
}

/** How the figures of goals are written, in the report's own way. */
export function figureWords(currency: string): FigureWords {
  return ({ unit }, figure) => {
    if (unit === "percent") return exactPercentText(figure);
    if (unit === "hours") return `${hoursText(figure)} h`;
    return unit === "money" ? moneyText(figure, currency) : countText(figure);
  };
}
