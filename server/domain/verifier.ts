// Pure. Reads what a person or a broker's redirect brings back.

/**
 * E*TRADE's code: five capitals and digits in practice, four to ten accepted; spaces and dashes of a paste are forgiven.
 * Null if it can't be one.
 */
export function parseVerifier(text: string): { verifier: string; requestToken: null } | null {
  const verifier = text.replace(/[\s-]/g, "").toUpperCase();
  return /^[A-Z0-9]{4,10}$/.test(verifier) ? { verifier, requestToken: null } : null;
}

/** The address a registered callback was called with. `oauth_token` is documented to be absent, but binds if it is there. */
export function parseCallbackUrl(url: string): { verifier: string; requestToken: string | null } | null {
  if (!URL.canParse(url)) return null;
  const query = new URL(url).searchParams;
  const verifier = query.get("oauth_verifier");
  if (verifier === null || !/^[A-Za-z0-9]{4,64}$/.test(verifier)) return null;
  return { verifier, requestToken: query.get("oauth_token") };
}
