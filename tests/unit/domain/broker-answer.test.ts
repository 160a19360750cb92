import { describe, expect, it } from "vitest";
import { failed, type FailureKind, type FailureReason, succeeded } from "../../../server/domain/broker-answer.ts";

describe("failed", () => {
  it.each<[FailureReason, FailureKind]>([
    ["token-expired", "needs-person"],
    ["token-rejected", "needs-person"],
    ["refresh-token-rejected", "needs-person"],
    ["code-rejected", "needs-person"],
    ["signature-invalid", "misconfigured"],
    ["consumer-key-rejected", "misconfigured"],
    ["clock-skew", "misconfigured"],
    ["callback-rejected", "misconfigured"],
    ["refresh-token-missing", "misconfigured"],
    ["rate-limited", "rate-limited"],
    ["maintenance", "transient"],
    ["server-error", "transient"],
    ["gateway-refused", "transient"],
    ["nonce-used", "transient"],
    ["unreachable", "transient"],
    ["timed-out", "transient"],
    ["unexpected-answer", "transient"],
  ])("takes %s for %s", (reason, kind) => {
    expect(failed(reason, 401)).toEqual({ ok: false, failure: { kind, reason, httpStatus: 401 } });
  });

  it("has no status where there was no answer", () => {
    expect(failed("unreachable").failure.httpStatus).toBeNull();
  });
});

describe("succeeded", () => {
  it("carries the value", () => {
    expect(succeeded([1])).toEqual({ ok: true, value: [1] });
  });
});
