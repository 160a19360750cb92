// The words between Telegram and the renewal. No broker is named before somebody proved who they are.
export const handOverWords = {
  title: "Go on with the renewal",
  offer: "You opened this from Telegram. The link is good once, for two minutes.",
  goOn: "Continue",
  numberTitle: "Tap this number in the chat",
  numberHint: "Your bot just sent you three numbers in Telegram. Tap this one, then come back here.",
  waiting: "Waiting for your tap",
  passkeyTitle: "Show that it is you",
  passkeyHint: "Your device asks for your face, your finger or its code.",
  usePasskey: "Use your passkey",
  late: "Too late: the number was good for two minutes.",
  overTitle: "Not signed in",
  over: "To try again, go back to Telegram and tap Renew in the chat.",
  whose: (person: string, label: string) => `${label}, for ${person}`,
};
