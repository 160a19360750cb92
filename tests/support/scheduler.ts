// A Cloud Scheduler on this machine: signs with keys of its own, publishes them as Google does, and calls as it calls. Tokens
// are made by hand, so that what is wrong with one is exactly what the test says.
import { createHmac, createSign, generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import { type Answer, answerOf } from "./program-client.ts";
import { listen } from "./listen.ts";

export type Job = "morning-alert" | "tick";

export interface TokenOverrides {
  /** Over Google's own; undefined leaves a claim out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** "none" leaves the signature empty; "HS256" signs with the public key as if it were a shared secret. */
  readonly algorithm?: "RS256" | "RS512" | "HS256" | "none";
  /** Signs with a key that was never published. */
  readonly strangeKey?: boolean;
  /** Names this key, whichever signs. */
  readonly keyId?: string;
}

export interface Call {
  /** The instant the job was due at; the same over all attempts. */
  readonly scheduleTime: string;
  /** Instead of a right one; null sends none. */
  readonly token?: string | null;
}

export interface Execution extends Call {
  /** `retry_count` of the job. */
  readonly retries: number;
  /** Called between attempts with how long Cloud Scheduler waits: 30 s, then twice as long each time. */
  readonly wait: (backoff: Temporal.Duration) => Promise<unknown>;
}

export interface Scheduler {
  readonly jwksUrl: string;
  /** For the program: whose tokens it takes. */
  readonly env: Readonly<Record<"CRON_AUDIENCE" | "CRON_SERVICE_ACCOUNT" | "OIDC_JWKS_URL", string>>;
  token(overrides?: TokenOverrides): string;
  /** One attempt of `job` at the program at `url`. */
  call(url: string, job: Job, call: Call): Promise<Answer>;
  /** Attempts until one is answered 2xx or the retries are used up; every answer, in order. */
  execute(url: string, job: Job, execution: Execution): Promise<readonly Answer[]>;
  /** From now on another key signs. `published`: whether it can be fetched; those before it always can. */
  rotateKey(published: boolean): void;
  /** How the keys are answered from now on; null as they should be. "hold" never answers. */
  trouble(kind: 500 | "nonsense" | "drop" | "hold" | null): void;
  /** How often the keys were fetched. */
  fetches(): number;
}

interface Key {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface SchedulerSettings {
  readonly serviceAccount: string;
  readonly audience: string;
  /** Google's clock, in milliseconds; where the program's machine lives in another time, so does it. */
  readonly now?: () => number;
}

export async function startScheduler(settings: SchedulerSettings): Promise<Scheduler> {
  const now = settings.now ?? Date.now;
  const stranger = keyAt(0);
  let rotations = 1;
  let current = keyAt(rotations);
  const published: Key[] = [current];
  let trouble: Parameters<Scheduler["trouble"]>[0] = null;
  let fetches = 0;

  function answerKeys(response: ServerResponse): void {
    fetches += 1;
    if (trouble === "hold") return;
    if (trouble === "drop") return void response.destroy();
    if (trouble === 500) return void response.writeHead(500).end("Internal Server Error");
    const keys = published.map(({ id, publicKey }) => ({
      ...publicKey.export({ format: "jwk" }),
      kid: id,
      alg: "RS256",
      use: "sig",
    }));
    response
      .writeHead(200, { "content-type": "application/json; charset=UTF-8", "cache-control": "public, max-age=21600" })
      .end(trouble === "nonsense" ? "<html>" : JSON.stringify({ keys }));
  }

  const server = createServer((request, response) => {
    if (request.method === "GET" && request.url === "/oauth2/v3/certs") return answerKeys(response);
    response.writeHead(404).end();
  });
  const port = await listen(server);
  const jwksUrl = `http://127.0.0.1:${port}/oauth2/v3/certs`;

  function token(overrides: TokenOverrides = {}): string {
    const { algorithm = "RS256", claims = {}, strangeKey = false } = overrides;
    const key = strangeKey ? stranger : current;
    const issuedAt = Math.floor(now() / 1000);
    const header = { alg: algorithm, kid: overrides.keyId ?? current.id, typ: "JWT" };
    const payload = {
      aud: settings.audience,
      azp: "112233445566778899001",
      email: settings.serviceAccount,
      email_verified: true,
      exp: issuedAt + 3600,
      iat: issuedAt,
      iss: "https://accounts.google.com",
      sub: "112233445566778899001",
      ...claims,
    };
    const signed = `${encode(header)}.${encode(payload)}`;
    return `${signed}.${sign(algorithm, key, signed)}`;
  }

  async function call(url: string, job: Job, { scheduleTime, token: given = token() }: Call): Promise<Answer> {
    const response = await fetch(`${url}/cron/${job}`, {
      method: "POST",
      redirect: "manual",
      headers: {
        "user-agent": "Google-Cloud-Scheduler",
        "content-type": "application/octet-stream",
        "x-cloudscheduler": "true",
        "x-cloudscheduler-jobname": job,
        "x-cloudscheduler-scheduletime": scheduleTime,
        ...(given === null ? {} : { authorization: `Bearer ${given}` }),
      },
    });
    return answerOf(response);
  }

  return {
    jwksUrl,
    env: {
      CRON_AUDIENCE: settings.audience,
      CRON_SERVICE_ACCOUNT: settings.serviceAccount,
      OIDC_JWKS_URL: jwksUrl,
    },
    token,
    call,
    async execute(url, job, { retries, wait, ...each }) {
      const answers: Answer[] = [];
      let backoff = Temporal.Duration.from({ seconds: 30 });
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
        const answer = await call(url, job, each);
        answers.push(answer);
        if (answer.status >= 200 && answer.status < 300) return answers;
        if (answers.length > retries) return answers;
        // oxlint-disable-next-line no-await-in-loop
        await wait(backoff);
        backoff = Temporal.Duration.from({ seconds: backoff.total("seconds") * 2 });
      }
    },
    rotateKey(isPublished) {
      rotations += 1;
      current = keyAt(rotations);
      if (isPublished) published.push(current);
    },
    trouble(kind) {
      trouble = kind;
    },
    fetches: () => fetches,
  };
}

/** What Cloud Run hands on where it has checked the token itself. */
export function withoutSignature(token: string): string {
  return token.replace(/[^.]*$/, "SIGNATURE_REMOVED_BY_GOOGLE");
}

/** The same signature under claims that it was not made for. */
export function tampered(token: string, claims: object): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const original: object = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  return `${header}.${encode({ ...original, ...claims })}.${signature}`;
}

const keys: Key[] = [];

/** Made once for all schedulers of a file: an RSA key takes a while to find. */
function keyAt(index: number): Key {
  return (keys[index] ??= {
    id: randomUUID().replaceAll("-", ""),
    ...generateKeyPairSync("rsa", { modulusLength: 2048 }),
  });
}

function sign(algorithm: NonNullable<TokenOverrides["algorithm"]>, key: Key, text: string): string {
  switch (algorithm) {
    case "none":
      return "";
    case "HS256":
      return createHmac("sha256", key.publicKey.export({ type: "spki", format: "pem" }))
        .update(text)
        .digest("base64url");
    case "RS256":
    case "RS512":
      return createSign(`RSA-SHA${algorithm.slice(2)}`)
        .update(text)
        .sign(key.privateKey)
        .toString("base64url");
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
