// Pure. What the API token of a program may be allowed to do.

export const apiScopes = ["status", "keepalive", "cron", "confirm", "events", "token"] as const;
export type ApiScope = (typeof apiScopes)[number];
