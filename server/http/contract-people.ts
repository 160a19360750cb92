// Types only, part of contract.ts: people, what is shared with whom, and programs' tokens.

export type RoleName = "owner" | "renewer" | "viewer";

/** `GET /api/me` */
export interface MeReply {
  id: string;
  name: string;
  role: RoleName;
  /** How many there are. */
  passkeys: number;
  /** By /lock in the chat: nothing of theirs is renewed until a passkey unlocks it. */
  locked: boolean;
  /** Whether they have a chat with the bot. */
  telegram: boolean;
  session: {
    door: "link" | "passkey" | "telegram";
    /** At the latest; half an hour without a sign of life ends it earlier. */
    expiresAt: string;
    /** The connection whose renewal it was handed over for; null: the whole page. */
    onlyFor: string | null;
  };
  /** Whether they proved this moment that they are there, as what widens access needs. */
  proven: boolean;
}

export interface PersonView {
  id: string;
  name: string;
  role: RoleName;
  me: boolean;
  /** Came with the installation, and stays an owner. */
  first: boolean;
  passkeys: number;
  telegram: boolean;
  locked: boolean;
  /** Those of the reader's own connections that are shared with this person. */
  shared: string[];
}

/** `GET /api/people`: everybody for an owner, else the reader alone */
export interface PeopleReply {
  people: PersonView[];
}

/** `POST /api/people` `{name, role}` */
export interface InvitationReply {
  /** Good once, by a tap on the page it opens. Shown once. */
  link: string;
  expiresAt: string;
}

export type ScopeName = "status" | "keepalive" | "cron" | "confirm" | "events" | "token";

export interface ApiTokenView {
  name: string;
  scopes: ScopeName[];
  /** Null: all that its maker may see, now and later. */
  connections: string[] | null;
  /** Null where it stands in the configuration, which is where it is changed. */
  createdAt: string | null;
  /** Null: until it is revoked. */
  expiresAt: string | null;
}

/** `GET /api/tokens`: those the reader made, oldest first, after those of the configuration */
export interface ApiTokensReply {
  tokens: ApiTokenView[];
}

/** `POST /api/tokens` `{name, scopes, connections?, expiresInDays?}`, `POST /api/tokens/:name/rotate` `{overlapHours?}` */
export interface MadeTokenReply {
  /** Shown once, kept nowhere. */
  token: string;
  made: ApiTokenView;
}
