// `prebell doctor`: the findings of every link, faults last so that they are what remains on the screen.
import { hasBrokerKeys } from "../brokers.ts";
import { connectBot } from "../cloud-setup.ts";
import type { Config } from "../config.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { examine, type ExaminationSettings } from "../use-cases/examine.ts";
import type { Finding } from "../use-cases/finding.ts";
import { print } from "./commands.ts";

const marks: Record<Finding["verdict"], string> = { ok: "✓", warning: "!", fault: "✗" };
const order: readonly Finding["verdict"][] = ["ok", "warning", "fault"];

export async function examineCommand(deps: Dependencies, config: Config): Promise<number> {
  const findings = await examine(deps, settingsOf(config));
  const sorted = findings.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  for (const { subject, verdict, sentence, remedy } of sorted) {
    print(`${marks[verdict]} ${subject.padEnd(20)} ${sentence}`);
    if (remedy !== null) print(`${" ".repeat(23)}→ ${remedy}`);
  }
  return findings.some(({ verdict }) => verdict === "fault") ? 1 : 0;
}

function settingsOf(config: Config): ExaminationSettings {
  const { publicUrl, apiAccess, google, heartbeatUrl, telegram } = config;
  const bot = telegram === null ? null : connectBot(telegram.botToken, telegram.apiRoot);
  return {
    practice: !hasBrokerKeys(config) && google === null,
    publicUrl,
    chatId: telegram?.chatId ?? null,
    hasApiToken: apiAccess !== null,
    cloud:
      google === null
        ? null
        : { hasHeartbeat: heartbeatUrl !== null, chatWebhook: bot === null ? null : () => bot.webhook() },
  };
}
