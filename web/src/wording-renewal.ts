// Every word of a renewal, from the tap to its end.
export const renewalWords = {
  asking: "Asking the broker for a fresh request …",
  approve: "Log in at the broker and accept.",
  bringBack: "Then bring the code back here.",
  redirect: "Log in at the broker and accept. It sends you back here by itself.",
  codeInstead: "It shows a code instead",
  notBack: "It did not come back by itself",
  unopenable: "Log in at the broker, choose the accounts and accept. It then sends you to a page that can’t be opened:",
  unopenableIsRight: "that is right. Everything needed is in the address of that page.",
  copyAddress:
    "Copy the whole address of that page, from https:// to the end, and paste it here. There are 30 seconds from accepting.",
  pasteAddress: "Paste address",
  address: "Address of the page that can’t be opened",
  addressHint: "Begins with https:// and has code= in it. The code alone, up to its %40 or @, will do as well.",
  submitAddress: "Submit address",
  openAgain: "Open the broker page again",
  open: "Open broker page",
  paste: "Paste code",
  code: "Code from the broker",
  codeHint: "Letters and digits, usually five.",
  submit: "Submit code",
  startAgain: "Start again",
  cancel: "Cancel renewal",
  back: "Back to the overview",
  accountsTitle: "Are these your accounts?",
  accountsWhy: "The new token works and opens the accounts below. It is stored only if they are the right ones.",
  offered: "This login opened",
  pinned: "Expected here",
  mineNow: "These are mine now …",
  mineNowWhy: "Only if you opened or closed an account yourself. It takes your passkey, and then a new login.",
  unpinned: "Forgotten which accounts are expected. Start again: that login asks you whose accounts they are.",
  accept: "Yes, these are my accounts",
  discard: "No, discard",
  replaces: "A new login replaces the old one for every program that uses it.",
  exchanging: "The broker has the code.",
  verifying: "The broker issued a token. Trying it with a real call before it is stored.",
  lapsed: "This request ran out of time. It was good for a few minutes.",
  untouched: "Your current token is untouched.",
};

export function renewalTitle(label: string): string {
  return `Renew ${label}`;
}

export function triesLeft(count: number): string {
  return `${count} ${count === 1 ? "try" : "tries"} left with this request.`;
}

export const timeLeft = (text: string): string => `${text} left for this request`;

/** `seconds`: at most, counted from the return to this page. */
export function addressTimeLeft(seconds: number): string {
  return seconds > 0
    ? `At most ${seconds} s left for this address.`
    : "The 30 seconds are probably over. If the address is refused, open the broker page again for a new one.";
}
