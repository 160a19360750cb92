// The broker's answers in the shapes E*TRADE gives them: Tomcat pages, JSON, XML, and the wrong one of these now and then.

const html = { "content-type": "text/html;charset=utf-8", "cache-control": "no-store" };
const xml = { "content-type": "application/xml;charset=utf-8", "cache-control": "no-store" };

/** How the OAuth endpoints fail, whatever the client accepts. */
export function tomcatError(status: number, message: string): Response {
  const headline = `HTTP Status ${status} - ${escapeMarkup(message)}`;
  const body = `<html><head><title>Apache Tomcat - Error report</title></head><body><h1>${headline}</h1><hr><p><b>type</b> Status report</p><p><b>message</b> <u>${escapeMarkup(message)}</u></p><hr></body></html>`;
  return new Response(body, { status, headers: html });
}

/** What an OAuth request with parameters in its query gets. */
export function bareBadRequest(): Response {
  return new Response("<b>Http/1.1 400 Bad Request</b>", { status: 400, headers: html });
}

/** A limit is answered with 400, not 429, and never in JSON. */
export function rateLimitPage(): Response {
  const body = "<html><body><h1>Number of requests exceeded the rate limit set</h1></body></html>";
  return new Response(body, { status: 400, headers: html });
}

/** A splash page that some machine in between put in the place of the answer. */
export function garbagePage(): Response {
  const body = "<!doctype html><html><head><title>One moment</title></head><body><p>We'll be right back.</body></html>";
  return new Response(body, { status: 200, headers: html });
}

export function formAnswer(text: string): Response {
  return new Response(text, { headers: { "content-type": "application/x-www-form-urlencoded;charset=utf-8" } });
}

export function textAnswer(text: string): Response {
  return new Response(text, { headers: { "content-type": "text/plain;charset=utf-8" } });
}

export function apiAnswer(name: string, content: object, json: boolean): Response {
  return json ? Response.json({ [name]: content }) : xmlAnswer(200, name, content);
}

export function apiError(status: number, error: { code?: number; message: string }, json: boolean): Response {
  return json ? Response.json({ Error: error }, { status }) : xmlAnswer(status, "Error", error);
}

function xmlAnswer(status: number, name: string, content: object): Response {
  const body = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${toXml(name, content)}`;
  return new Response(body, { status, headers: xml });
}

function toXml(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => toXml(name, item)).join("");
  const inner =
    typeof value === "object" && value !== null
      ? Object.entries(value)
          .map(([key, child]) => toXml(key, child))
          .join("")
      : escapeMarkup(String(value));
  return `<${name}>${inner}</${name}>`;
}

export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
