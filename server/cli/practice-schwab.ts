// `prebell practice schwab …`: what a rehearsal can do to the practice Schwab alone.
import type { SchwabControl } from "../practice/schwab-control.ts";

export const schwabUsage = `  schwab kill-login                 as if the broker ended the login before its seven days
  schwab lapse-access               as if the access token's half hour were over
  schwab rotation on|off            each refresh brings a new refresh token, or the same
  schwab wording 2024|2026          how a dead refresh token is refused
  schwab redirect URI               register one more redirect URI
  schwab accept AUTHORIZE-URL [somebody] [ACCOUNT-NUMBER …]
                                    log in and tick (all) accounts; prints the address it leads to`;

/** What was done, in a sentence; null if the words were not understood. */
export async function actOnSchwab(schwab: SchwabControl, words: readonly string[]): Promise<string | null> {
  const [action = "", first, ...more] = words;
  switch (action) {
    case "kill-login": {
      const count = await schwab.killLogin();
      return `${count} ${count === 1 ? "login is" : "logins are"} over.`;
    }
    case "lapse-access": {
      const count = await schwab.lapseAccess();
      return `${count} access ${count === 1 ? "token has" : "tokens have"} lapsed.`;
    }
    case "rotation":
      if (first !== "on" && first !== "off") return null;
      await schwab.rotation(first === "on");
      return first === "on" ? "Each refresh brings a new refresh token." : "The refresh token stays the same.";
    case "wording":
      if (first !== "2024" && first !== "2026") return null;
      await schwab.wording(first);
      return `A dead refresh token is refused in the words of ${first}.`;
    case "redirect":
      if (first === undefined) return null;
      await schwab.redirectUri(first);
      return `Logins may lead to ${first}.`;
    case "accept": {
      if (first === undefined) return null;
      const accounts = more.filter((word) => word !== "somebody");
      return schwab.accept(first, {
        ...(more.includes("somebody") && { as: "somebody else" }),
        ...(accounts.length > 0 && { accounts }),
      });
    }
    default:
      return null;
  }
}
