// The one message of a fire drill, as it has to read at this moment: built like a real morning's, and never to be taken for it.
import { type Drill, drillConnectionId, isOpenDrill } from "../domain/drill.ts";
import { reportOf } from "../domain/drill-report.ts";
import type { Notice } from "../domain/notice.ts";
import { newYorkTime } from "../domain/time-words.ts";
import type { ChatButton, ChatMessage } from "../ports.ts";
import type { WordingContext } from "../use-cases/dependencies.ts";
import { callbackData } from "./callback-data.ts";
import { type Part, richText } from "./rich-text.ts";

const banner: readonly Part[] = [{ bold: "🧪 FIRE DRILL – nothing is at stake" }];

/** `pageUrl`: where the page is opened. The link carries no authority: whoever opens it has to be signed in. */
export function drillMessage(
  notice: Extract<Notice, { kind: "drill" }>,
  { drill = null }: Pick<WordingContext, "drill">,
  pageUrl: string,
): ChatMessage {
  if (drill?.id !== notice.drill) return { ...richText([banner]), action: null, silent: false };
  const needed = drill.state === "running" && drill.steps.renewedAt === null;
  return {
    ...richText([banner, ...(isOpenDrill(drill) ? runningLines(drill) : endedLines(drill))]),
    action: needed ? { label: "Renew", url: pageUrl } : null,
    ...(needed ? { buttons: buttonsFor(drill) } : {}),
    silent: false,
  };
}

function runningLines({ steps, rangAt }: Drill): (readonly Part[])[] {
  const { renewedAt, publishedAt, begunAt, acknowledgedAt } = steps;
  if (renewedAt === null)
    return [
      ["Renew “Fire drill” as on a real morning: on the page or in this chat. The login page is Prebell's own."],
      ...(rangAt === null ? [] : [[`It rang at ${newYorkTime(rangAt, "seconds")} and waits for 15 minutes.`]]),
      ...(begunAt === null
        ? acknowledgedAt === null
          ? []
          : [["🙋 You are on it."]]
        : [["⏳ Login begun at the drill's broker."]]),
    ];
  return [
    [`✅ Renewed ${newYorkTime(renewedAt, "seconds")}, proven and stored.`],
    [publishedAt === null ? "⏳ The event is on its way." : "⏳ The trading system knows; waiting for it to confirm."],
  ];
}

function endedLines(drill: Drill): (readonly Part[])[] {
  if (drill.state === "cancelled")
    return [["It was called off.", ...(drill.reason === null ? [] : [` ${drill.reason}`])]];
  const { score, advice } = reportOf(drill);
  const heads = {
    done: `✅ The loop closed: ${score} of 100.`,
    missed: `❌ Nobody answered: ${score} of 100.`,
    failed: `❌ The loop did not close: ${score} of 100.`,
  } as const;
  const head = drill.state === "done" || drill.state === "missed" ? heads[drill.state] : heads.failed;
  return [[{ bold: head }], ...advice.map((sentence) => [`• ${sentence}`])];
}

function buttonsFor({ id, steps }: Drill): readonly (readonly ChatButton[])[] {
  const answered = steps.acknowledgedAt !== null;
  return [
    [{ label: "Renew in this chat", data: callbackData({ kind: "renew", connection: drillConnectionId }) }],
    [
      {
        label: answered ? "✓ On it" : "I'm on it",
        data: callbackData({ kind: "on-drill", id }),
        ...(answered ? { style: "success" as const } : {}),
      },
    ],
  ];
}
