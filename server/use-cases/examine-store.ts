// The doctor at what is kept: does it open, are the tokens in it readable.
import type { Dependencies } from "./dependencies.ts";
import { type Finding, found, lookedAt } from "./finding.ts";

type Kept = Pick<Dependencies, "providers" | "records" | "tokens">;

const signIn = "Sign in (gcloud auth application-default login) as somebody who may read this project";

/** On one machine records and tokens open or fail together; in the cloud each has its own place and its own rights. */
export async function examineStore(deps: Kept, place: { readonly inCloud: boolean }): Promise<Finding[]> {
  if (!place.inCloud)
    return [
      await lookedAt(
        "store",
        readTokens(deps, "store"),
        "Put the key file and the database of the same backup in place.",
      ),
    ];
  return Promise.all([
    lookedAt("records", readRecords(deps), `${signIn}; if the database is missing, pulumi up in infra/ makes it.`),
    lookedAt(
      "secrets",
      readTokens(deps, "secrets"),
      `${signIn}; reading tokens takes Secret Manager Secret Accessor on the connections' secrets.`,
    ),
  ]);
}

async function readRecords({ records }: Kept): Promise<Finding> {
  const { length } = await records.connections();
  return found(
    "records",
    "ok",
    `Firestore answers; it knows ${length} ${length === 1 ? "connection" : "connections"}.`,
  );
}

async function readTokens({ providers, tokens }: Kept, subject: string): Promise<Finding> {
  const versions = await Promise.all(
    [...providers.keys()].map(async (id) => {
      const version = await tokens.latestVersion(id);
      if (version !== null) await tokens.read(id, version);
      return version;
    }),
  );
  const stored = versions.filter((version) => version !== null).length;
  return found(
    subject,
    "ok",
    `${subject === "store" ? "Opens" : "Secret Manager answers"}; ${stored} of ${versions.length} connections have a stored token.`,
  );
}
