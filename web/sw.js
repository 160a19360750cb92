// Keeps the page itself for the time without a network, and shows what comes while it is closed. It never touches an answer
// of the server: what is not listed here goes to the network as if this file did not exist, above all every address that may
// carry a broker's reply.
const version = "prebell-__BUILD__";
const page = "/";
const kept = [page, ...__FILES__];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(version).then((cache) => cache.addAll(kept.map((url) => new Request(url, { cache: "reload" })))),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== version).map((name) => caches.delete(name)))),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (
    request.method !== "GET" ||
    url.origin !== self.location.origin ||
    url.search !== "" ||
    !kept.includes(url.pathname)
  )
    return;
  event.respondWith(
    caches
      .open(version)
      .then((cache) => cache.match(url.pathname))
      .then((cached) => cached ?? fetch(request)),
  );
});

// A message for this device: its text came encrypted for this browser alone. Shown whatever is in it, as was promised to the
// browser; a tap opens this page, and never another one.
self.addEventListener("push", (event) => {
  const { title = "Prebell", body = "", navigate = page, silent = false } = read(event.data);
  const about = { body, silent, lang: "en", icon: "/icon-192.png", data: ownPath(navigate) };
  event.waitUntil(self.registration.showNotification(title, { ...about, requireInteraction: !silent }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(bringUp(ownPath(event.notification.data ?? page)));
});

// The browser gave up the old subscription. The page sees at its next start that there is another one, and says so.
self.addEventListener("pushsubscriptionchange", (event) => {
  const options = event.oldSubscription?.options;
  if (options) event.waitUntil(self.registration.pushManager.subscribe(options).catch(() => {}));
});

function read(data) {
  try {
    return data.json().notification ?? {};
  } catch {
    return {};
  }
}

function ownPath(address) {
  const { origin } = self.location;
  const url = URL.canParse(address, origin) ? new URL(address, origin) : new URL(page, origin);
  return url.origin === origin ? url.pathname + url.hash : page;
}

async function bringUp(path) {
  const [first] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return first ? first.focus() : self.clients.openWindow(path);
}
