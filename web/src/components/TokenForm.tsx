import { signal } from "@preact/signals";
import { status } from "../board-model.ts";
import { makeToken, type TokenWish } from "../tokens-model.ts";
import { lifetimes, offeredScopes, peopleWords, scopeWords } from "../wording-people.ts";
import { Button, Trouble } from "./Button.tsx";

const blank: TokenWish = { name: "", scopes: ["status"], connections: null, expiresInDays: null };
const wish = signal(blank);

function set(change: Partial<TokenWish>): void {
  wish.value = { ...wish.value, ...change };
}

async function send(): Promise<void> {
  if (await makeToken(wish.value)) wish.value = blank;
}

export function TokenForm() {
  const { name, expiresInDays } = wish.value;
  return (
    <details class="form">
      <summary>{peopleWords.makeTitle}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label for="token-name">{peopleWords.tokenName}</label>
        <input
          id="token-name"
          value={name}
          maxLength={40}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby="token-name-hint"
          onInput={(event) => set({ name: event.currentTarget.value })}
        />
        <p id="token-name-hint" class="note">
          {peopleWords.nameHint}
        </p>
        <Scopes />
        <Connections />
        <label for="token-life">{peopleWords.expires}</label>
        <select
          id="token-life"
          value={String(expiresInDays)}
          onChange={(event) => set({ expiresInDays: lifetimes[event.currentTarget.selectedIndex]?.days ?? null })}
        >
          {lifetimes.map(({ days, words }) => (
            <option key={words} value={String(days)}>
              {words}
            </option>
          ))}
        </select>
        <Trouble where="make-token" />
        <Button name="make-token" look="main" onPress={send}>
          {peopleWords.make}
        </Button>
      </form>
    </details>
  );
}

function Scopes() {
  const { scopes } = wish.value;
  return (
    <fieldset>
      <legend>{peopleWords.scopes}</legend>
      {offeredScopes.map((scope) => (
        <label key={scope} class="choice">
          <input
            type="checkbox"
            checked={scopes.includes(scope)}
            onChange={() => set({ scopes: offeredScopes.filter((each) => scopes.includes(each) !== (each === scope)) })}
          />
          <span>{scopeWords[scope]}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Connections() {
  const { connections } = wish.value;
  const known = status.value?.connections ?? [];
  return (
    <fieldset>
      <legend>{peopleWords.connections}</legend>
      <label class="choice">
        <input
          type="checkbox"
          checked={connections === null}
          onChange={() => set({ connections: connections === null ? known.slice(0, 1).map(({ id }) => id) : null })}
        />
        <span>{peopleWords.all}</span>
      </label>
      {connections !== null &&
        known.map(({ id, label }) => (
          <label key={id} class="choice">
            <input
              type="checkbox"
              checked={connections.includes(id)}
              onChange={() =>
                set({
                  connections: known
                    .map((each) => each.id)
                    .filter((each) => connections.includes(each) !== (each === id)),
                })
              }
            />
            <span>{label}</span>
          </label>
        ))}
    </fieldset>
  );
}
