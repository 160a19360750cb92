// What is said when the server did not say it. Apart, because the callback page needs these few words only.

/** `status` 0: no answer; -1: our own mistake. */
export function failureSentence(status: number): string {
  if (status === 0) return "No answer from the server. Check the connection and try again.";
  if (status === 401) return "Your sign-in on this device has ended.";
  return "That did not work, and the server did not say why. Try again.";
}

export const callbackWords = {
  notFinished: "Not finished",
  notGranted: "Access was not granted",
  denied:
    "The broker sent you back without it: it was declined, or the login broke off. What was in place before is untouched; start again whenever you like.",
  nothingWaiting:
    "No renewal is waiting in this browser. Go back and start it again; what was in place before is untouched.",
  copied: "Copied. Paste it in the chat at once",
};
