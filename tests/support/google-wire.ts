// One gRPC service on this machine, spoken by Google's protos: counts what is asked of it and fails as it is told to.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";
import { fromJSON, type ServiceDefinition } from "@grpc/proto-loader";
import { clearAfterwards } from "./program-leftovers.ts";

export type Code = Exclude<keyof typeof grpc.status, number>;

/** What the next call of a method meets instead of an orderly answer. */
export type Fault =
  /** Refused before anything happened. */
  | { readonly refuse: Code }
  /** Done, but the caller is told this: the acknowledgement got lost. */
  | { readonly loseAnswer: Code }
  /** Nothing happens and nothing is answered: the caller's own deadline ends it. */
  | "hold"
  /** Done, and never answered. */
  | "do-and-hold";

export interface Wire {
  /** `127.0.0.1:port`; with TLS `localhost:port`, because Node refuses an address as a server's name. */
  readonly host: string;
  /** Calls that arrived, by method, refused ones included. */
  counts(): Readonly<Record<string, number>>;
  /** The next calls of that method meet these, one each. */
  failNext(method: string, ...faults: readonly Fault[]): void;
  /** Every call of every method meets this until null is set. */
  failAll(fault: Fault | null): void;
  close(): Promise<void>;
}

/** With TLS, callers have to bring `authorization: Bearer <bearer>`. */
export interface TlsSettings {
  readonly certificate: string;
  readonly privateKey: string;
  readonly bearer: string | RegExp;
}

/** A refusal that a method throws. */
export class Refused extends Error {
  readonly code: Code;

  constructor(code: Code, details: string) {
    super(details);
    this.code = code;
  }
}

/** Wraps what one method does: answers the response or throws `Refused`. */
export type Method = <Request>(run: (request: Request) => object) => grpc.handleUnaryCall<Request, object>;

export interface WireSettings {
  /** The JSON of the protos, as a module specifier. */
  readonly protos: string;
  /** The service's full name in them. */
  readonly service: string;
  readonly tls?: TlsSettings | undefined;
  readonly methods: (method: (name: string) => Method) => grpc.UntypedServiceImplementation;
}

export async function startGoogleWire({ protos, service, tls, methods }: WireSettings): Promise<Wire> {
  const counts: Record<string, number> = {};
  const faults = new Map<string, Fault[]>();
  let standing: Fault | null = null;

  const method =
    (name: string): Method =>
    (run) => {
      counts[name] = 0;
      faults.set(name, []);
      return (call, callback) => {
        counts[name] = (counts[name] ?? 0) + 1;
        const refuse = (code: Code, details: string) => callback({ code: grpc.status[code], details });
        if (tls !== undefined && !isBearer(String(call.metadata.get("authorization")[0]), tls.bearer))
          return refuse("UNAUTHENTICATED", "Request had invalid authentication credentials.");
        const fault = faults.get(name)?.shift() ?? standing;
        if (fault === "hold") return;
        if (fault !== null && typeof fault === "object" && "refuse" in fault)
          return refuse(fault.refuse, "Told to refuse.");
        let answer: object;
        try {
          answer = run(call.request);
        } catch (error) {
          if (error instanceof Refused) return refuse(error.code, error.message);
          return refuse("INTERNAL", String(error));
        }
        if (fault === "do-and-hold") return;
        if (fault !== null) return refuse(fault.loseAnswer, "Told to lose the answer.");
        callback(null, answer);
      };
    };

  const server = new grpc.Server();
  server.addService(definitionOf(protos, service), methods(method));
  const credentials =
    tls === undefined
      ? grpc.ServerCredentials.createInsecure()
      : grpc.ServerCredentials.createSsl(null, [
          { cert_chain: Buffer.from(tls.certificate), private_key: Buffer.from(tls.privateKey) },
        ]);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
  const host = `${tls === undefined ? "127.0.0.1" : "localhost"}:${await promise}`;
  // Callers that wait in vain would hold an orderly shutdown up.
  const close = async () => server.forceShutdown();
  clearAfterwards(close);

  return {
    host,
    counts: () => ({ ...counts }),
    failNext(name, ...next) {
      const waiting = faults.get(name);
      if (waiting === undefined) throw new Error(`${service} has no method ${name} here.`);
      waiting.push(...next);
    },
    failAll(fault) {
      standing = fault;
    },
    close,
  };
}

function isBearer(header: string, expected: string | RegExp): boolean {
  const [, bearer = ""] = /^Bearer (\S+)$/.exec(header) ?? [];
  return typeof expected === "string" ? bearer === expected : expected.test(bearer);
}

function definitionOf(protos: string, service: string): ServiceDefinition {
  const path = createRequire(import.meta.url).resolve(protos);
  // With oneofs an optional field shows its presence as `_field`; without defaults an absent one could not be told from "".
  const options = { longs: String, enums: String, defaults: true, oneofs: true };
  const definition = fromJSON(JSON.parse(readFileSync(path, "utf8")), options)[service];
  if (definition === undefined || !isService(definition)) throw new Error(`${protos} holds no service ${service}.`);
  return definition;
}

function isService(definition: object): definition is ServiceDefinition {
  return !("format" in definition);
}
