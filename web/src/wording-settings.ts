// Every word of the settings.

export const settingsWords = {
  open: "Settings",
  title: "Settings",
  back: "Back",
  loading: "Opening the settings…",
  missing: "The settings did not load. Go back and open them again.",
};
