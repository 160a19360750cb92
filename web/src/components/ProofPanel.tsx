import type { ConnectionView } from "../../../server/http/contract.ts";
import { proof, prove, type Proof } from "../proof-model.ts";
import { panelTitles, panelWords } from "../wording-details.ts";
import { Button, Trouble } from "./Button.tsx";
import { FoldedPanel } from "./Panel.tsx";

/** For whoever wants to see with their own eyes that the token works. */
export function ProofPanel({ connection: { id } }: { connection: ConnectionView }) {
  return (
    <FoldedPanel title={panelTitles.proof}>
      <p class="note">{panelWords.proofWhy}</p>
      <div class="buttons">
        {(["accounts", "balances", "positions"] as const).map((kind) => (
          <Button key={kind} name={`prove ${kind}`} onPress={() => prove(id, kind)}>
            {panelWords[kind]}
          </Button>
        ))}
      </div>
      <Trouble where="proof" />
      <div aria-live="polite">{proof.value?.id === id && <Shown proof={proof.value.shown} />}</div>
    </FoldedPanel>
  );
}

function Shown({ proof: shown }: { proof: Proof }) {
  switch (shown.kind) {
    case "accounts":
      return (
        <Table
          head={[panelWords.account]}
          rows={shown.accounts.map((account) => [account])}
          empty={panelWords.noAccounts}
        />
      );
    case "balances":
      return (
        <Table
          head={[panelWords.account, panelWords.total, panelWords.cash]}
          rows={shown.balances.map(({ account, totalValue, cash }) => [account, dollars(totalValue), dollars(cash)])}
          empty={panelWords.noAccounts}
        />
      );
    case "positions":
      return (
        <Table
          head={[panelWords.symbol, panelWords.account, panelWords.quantity, panelWords.value]}
          rows={shown.positions.map(({ symbol, account, quantity, marketValue }) => [
            symbol,
            account,
            quantity.toLocaleString("en-US"),
            dollars(marketValue),
          ])}
          empty={panelWords.noPositions}
        />
      );
  }
}

function Table({ head, rows, empty }: { head: string[]; rows: string[][]; empty: string }) {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <div class="sideways" role="region" aria-label={panelTitles.proof} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((cell) => (
              <th key={cell} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.join()}>
              {row.map((cell, column) => (
                <td key={head[column]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function dollars(value: number | null): string {
  return value === null ? "–" : value.toLocaleString("en-US", { style: "currency", currency: "USD" });
}
