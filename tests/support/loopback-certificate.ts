// A certificate for 127.0.0.1, however it is written, that lives as long as the test, made by openssl in a folder of its own.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clearAfterwards } from "./program-leftovers.ts";

export interface LoopbackCertificate {
  readonly certificate: string;
  readonly privateKey: string;
  /** The certificate's file: GRPC_DEFAULT_SSL_ROOTS_FILE_PATH is set to it, before grpc is loaded. */
  readonly rootsFile: string;
}

export function makeLoopbackCertificate(): LoopbackCertificate {
  const folder = mkdtempSync(join(tmpdir(), "prebell-tls-"));
  clearAfterwards(() => rmSync(folder, { recursive: true, force: true }));
  const rootsFile = join(folder, "certificate.pem");
  const keyFile = join(folder, "key.pem");
  execFileSync(
    "openssl",
    [
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
      ["-subj", "/CN=loopback", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost,IP:::ffff:7f00:1"],
      ["-keyout", keyFile, "-out", rootsFile],
    ].flat(),
    { stdio: "ignore" },
  );
  return {
    certificate: readFileSync(rootsFile, "utf8"),
    privateKey: readFileSync(keyFile, "utf8"),
    rootsFile,
  };
}
