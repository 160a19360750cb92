// Where images and sources of builds lie, each only as long as somebody may want them back.
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config.ts";
import type { Identities } from "./identities.ts";
import { names } from "./names.ts";

export interface Registry {
  readonly repository: gcp.artifactregistry.Repository;
  readonly sources: gcp.storage.Bucket;
}

export function makeRegistry(settings: Settings, identities: Identities, dependsOn: pulumi.Resource[]): Registry {
  const repository = new gcp.artifactregistry.Repository(
    names.repository,
    {
      repositoryId: names.repository,
      location: settings.region,
      format: "DOCKER",
      description: "Prebell's images",
      // The first half gigabyte is free; ten images are two weeks of daily deploys to go back to.
      cleanupPolicies: [
        { id: "keep-newest", action: "KEEP", mostRecentVersions: { keepCount: 10 } },
        { id: "delete-older", action: "DELETE", condition: { tagState: "ANY", olderThan: "604800s" } },
      ],
    },
    { dependsOn },
  );
  new gcp.artifactregistry.RepositoryIamMember("build-pushes", {
    repository: repository.name,
    location: settings.region,
    role: "roles/artifactregistry.writer",
    member: identities.build.member,
  });
  // `gcloud builds submit` uploads here; the build reads only this bucket and not every bucket of the project.
  const sources = new gcp.storage.Bucket(
    "build-sources",
    {
      name: `${settings.project}-prebell-builds`,
      location: settings.region,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      lifecycleRules: [{ action: { type: "Delete" }, condition: { age: 7 } }],
    },
    { dependsOn },
  );
  new gcp.storage.BucketIAMMember("build-reads-sources", {
    bucket: sources.name,
    role: "roles/storage.objectViewer",
    member: identities.build.member,
  });
  return { repository, sources };
}
