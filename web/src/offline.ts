// Lets the page open without a network. Only after everything has loaded, so that it never delays the first screen.

declare global {
  interface Window {
    trustedTypes?: {
      createPolicy(
        name: string,
        rules: { createScriptURL: (url: string) => string },
      ): { createScriptURL(url: string): string };
    };
  }
}

const workerUrl = "/sw.js";

export function installOffline(): void {
  // Absent on plain HTTP. Under `vite web` the file still has its placeholders, so the browser refuses it, which is right.
  if (!("serviceWorker" in navigator)) return;
  // The policy vouches for one address whatever it is asked.
  const url = window.trustedTypes
    ?.createPolicy("prebell", { createScriptURL: () => workerUrl })
    .createScriptURL(workerUrl);
  void navigator.serviceWorker
    .register(url ?? workerUrl)
    // A version that waits takes over now; this page has all its parts already, the next start gets the new ones.
    .then((registration) => registration.waiting?.postMessage("take-over"))
    // Private modes refuse workers; the page works online all the same.
    .catch(() => {});
}
