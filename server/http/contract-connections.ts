// Types only: connections with keys of their own, as the server answers and the page reads. Keys go in and never come out:
// all that is ever shown of one is its end.

/** `GET /api/connections`: those the person may see, and who holds their keys. */
export interface ConnectionsReply {
  connections: OwnConnectionView[];
  /** Whether this person may add one. */
  mayAdd: boolean;
}

export interface OwnConnectionView {
  id: string;
  provider: "etrade" | "schwab";
  environment: "prod" | "sandbox";
  /** "E*TRADE production · Anna" */
  label: string;
  /** Null where it is the configuration's. */
  name: string | null;
  mine: boolean;
  /** The name of the person it belongs to. */
  owner: string;
  /** "configured": they stand on the server and are changed there. "unreadable": its owner has to enter them again. */
  keys: "entered" | "configured" | "unreadable";
  /** "••••1234", to its owner alone; null where none was entered. */
  key: string | null;
  keysStoredAt: string | null;
}

/** `POST /api/connections` `{provider, environment, name, consumerKey, consumerSecret, redirectUri?}` */
export interface AddConnectionReply {
  connection: OwnConnectionView;
  /** Whether the broker was asked and took the keys; some look at them only at the first login. */
  proven: boolean;
}

/** `POST /api/connections/:id/keys` `{consumerKey, consumerSecret, redirectUri?}` */
export interface ReplaceKeysReply {
  connection: OwnConnectionView;
  proven: boolean;
  /** False: the token belonged to the old key and is over; it needs a renewal. */
  tokenKept: boolean;
}

/** `DELETE /api/connections/:id` */
export interface RemoveConnectionReply {
  /** What became of the living token, in a sentence; null if there was none. */
  token: string | null;
}
