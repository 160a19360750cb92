import type { PositionsReply } from "../../../server/http/contract.ts";
import { byAccount, type Proof } from "../proof-model.ts";
import { panelWords } from "../wording-details.ts";
import { amount, missingSentence, positionDetail, quantityOf } from "../wording-proof.ts";

/** What the broker just answered. Under each account, so that no line has to name it and all fit a phone. */
export function Shown({ proof: shown }: { proof: Proof }) {
  switch (shown.kind) {
    case "accounts":
      return (
        <>
          {shown.missing.length > 0 && <p class="trouble">{missingSentence(shown.missing)}</p>}
          {shown.accounts.length === 0 && <p class="empty">{panelWords.noAccounts}</p>}
          <ul class="accounts">
            {shown.accounts.map((account) => (
              <li key={account}>{account}</li>
            ))}
          </ul>
        </>
      );
    case "balances":
      if (shown.balances.length === 0) return <p class="empty">{panelWords.noAccounts}</p>;
      return shown.balances.map(({ account, currency, totalValue, cash, buyingPower }) => (
        <section class="proof" key={account}>
          <h3>{account}</h3>
          <dl>
            <dt>{panelWords.total}</dt>
            <dd>{amount(totalValue, currency)}</dd>
            <dt>{panelWords.cash}</dt>
            <dd>{amount(cash, currency)}</dd>
            <dt>{panelWords.buyingPower}</dt>
            <dd>{amount(buyingPower, currency)}</dd>
          </dl>
        </section>
      ));
    case "positions":
      if (shown.positions.length === 0) return <p class="empty">{panelWords.noPositions}</p>;
      return byAccount(shown.positions).map(([account, positions]) => (
        <section class="proof" key={account}>
          <h3>{account}</h3>
          <Positions account={account} positions={positions} />
        </section>
      ));
  }
}

/** Two columns, two lines each: an option's name alone takes half of a phone. */
function Positions({ account, positions }: { account: string } & PositionsReply) {
  return (
    <div class="sideways" role="region" aria-label={account} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{panelWords.symbol}</th>
            <th scope="col">{panelWords.value}</th>
          </tr>
        </thead>
        <tbody>
          {positions.map((position) => (
            <tr key={`${position.symbol} ${position.quantity}`}>
              <td>
                <b>{position.symbol}</b>
                <small>{positionDetail(position)}</small>
              </td>
              <td>
                {amount(position.marketValue, position.currency)}
                <small>{quantityOf(position)}</small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
