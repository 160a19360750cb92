// Heartbeat over the healthchecks.io pinging protocol, which other watchdogs speak too. The address is a capability: whoever
// knows it can keep the watchdog quiet, so it stands in no message.
import { randomUUID } from "node:crypto";
import type { Heartbeat } from "../ports.ts";

const timeoutMs = 5_000;

/** One run's heartbeat: its start and its end carry the same run id, so that runs side by side are told apart. */
export function httpHeartbeat(url: string): Heartbeat {
  const runId = randomUUID();

  /** Resolves with whether the watchdog took it. */
  async function ping(signal: string): Promise<boolean> {
    try {
      const response = await fetch(pingUrl(url, signal, runId), {
        method: "POST",
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  return {
    async started() {
      // Without it only the duration is missing; the end is what keeps the watchdog quiet.
      await ping("start");
    },
    async ended(status) {
      const signal = status === null ? "fail" : String(status);
      if (!(await ping(signal))) await ping(signal);
    },
  };
}

/** `https://host/id?create=1` → `https://host/id/start?create=1&rid=…` */
function pingUrl(url: string, signal: string, runId: string): URL {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/+$/, "")}/${signal}`;
  address.searchParams.set("rid", runId);
  return address;
}
