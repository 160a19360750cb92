// Keeps the page itself for the time without a network. It never touches an answer of the server: what is not listed
// here goes to the network as if this file did not exist, above all every address that may carry a broker's reply.
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
