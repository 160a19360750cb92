// `prebell journal`: what happened, whether it is as it was written, and all of it as JSON lines.
import { once } from "node:events";
import { faultSentence } from "../domain/journal-check.ts";
import type { JournalLine } from "../domain/journal-chain.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { exportJournal } from "../use-cases/export-journal.ts";
import { type NotedLine, verifyJournal } from "../use-cases/verify-journal.ts";
import { complain, print } from "./commands.ts";

const shown = 30;
/** Of the hash: enough that nobody finds another line with it. */
const notedDigits = 16;

export async function journalCommand(
  deps: Dependencies,
  action: string | undefined,
  noted: string | undefined,
): Promise<number> {
  switch (action) {
    case undefined:
      for (const line of (await deps.records.journal(shown)).toReversed()) print(lineText(line));
      return 0;
    case "verify":
      return verify(deps, noted);
    case "export":
      return exportLines(deps);
    default:
      complain("journal: say nothing more, or verify, or export.");
      return 2;
  }
}

async function verify(deps: Dependencies, text: string | undefined): Promise<number> {
  const noted = text === undefined ? null : parseNoted(text);
  if (noted === undefined) {
    complain("--noted takes what verify printed earlier, for example 1234:0123456789abcdef.");
    return 2;
  }
  const { entries, fromBeforeChain, fault, newest } = await verifyJournal(deps, { noted });
  const older = fromBeforeChain === 0 ? "" : ` Nothing vouches for the ${fromBeforeChain} from before the chain.`;
  if (fault !== null) {
    complain(`${faultSentence(fault)} It is the oldest such place in ${entries} lines.${older}`);
    return 1;
  }
  print(`${entries - fromBeforeChain} lines, each as it was written, and none is missing.${older}`);
  if (newest !== null)
    complain(
      `To find out later whether everything was put back to an older state, note this elsewhere: --noted ${newest.id}:${newest.hash.slice(0, notedDigits)}`,
    );
  return 0;
}

/** Undefined if it is none. */
function parseNoted(text: string): NotedLine | undefined {
  const [, id, hash] = /^(\d{1,15}):([0-9a-f]{16,64})$/.exec(text) ?? [];
  return id === undefined || hash === undefined ? undefined : { id: Number(id), hash };
}

/** As fast as the reader takes them. */
async function exportLines(deps: Dependencies): Promise<number> {
  // oxlint-disable-next-line no-await-in-loop -- one line after the other
  for await (const line of exportJournal(deps)) if (!process.stdout.write(line)) await once(process.stdout, "drain");
  return 0;
}

function lineText({ at, text, by }: JournalLine): string {
  const time = at.toZonedDateTimeISO("America/New_York").toString({
    smallestUnit: "second",
    offset: "never",
    timeZoneName: "never",
  });
  const who = by === undefined ? "" : ` (${by.name}, ${by.door})`;
  // Names are chosen by others, and a terminal obeys what it is shown.
  return `${time.replace("T", " ")} ET  ${`${text}${who}`.replaceAll(/\p{Cc}/gu, "\uFFFD")}`;
}
