import type { ApiTokenView } from "../../../server/http/contract.ts";
import { status } from "../board-model.ts";
import { now } from "../clock.ts";
import { byName, freshToken, replaceToken, revokeToken, tokens } from "../tokens-model.ts";
import { peopleWords, replacedSentence, revokeQuestion, tokenNote } from "../wording-people.ts";
import { Button, Trouble } from "./Button.tsx";
import { Once } from "./Once.tsx";
import { Panel } from "./Panel.tsx";
import { Question } from "./Question.tsx";
import { TokenForm } from "./TokenForm.tsx";

export function ProgramsPanel() {
  const known = tokens.value;
  const fresh = freshToken.value;
  return (
    <Panel title={peopleWords.programs}>
      <p>{peopleWords.whyPrograms}</p>
      {known?.length === 0 && <p class="empty">{peopleWords.noPrograms}</p>}
      {byName(known ?? []).map(({ token, until }) => (
        <Program key={token.name} token={token} until={until} />
      ))}
      {fresh && <Once secret={fresh.token} note={`${fresh.made.name}: ${peopleWords.once}`} />}
      <TokenForm />
    </Panel>
  );
}

function Program({ token, until }: { token: ApiTokenView; until: string | null }) {
  const { name } = token;
  return (
    <details class="person">
      <summary>
        <b>{name}</b>
        <small>{tokenNote(token, labelOf, now.value)}</small>
      </summary>
      {until !== null && <p class="note">{replacedSentence(until, now.value)}</p>}
      {token.createdAt === null ? (
        <p class="note">{peopleWords.configured}</p>
      ) : (
        <>
          <Trouble where={`replace ${name}`} />
          <Button name={`replace ${name}`} onPress={() => replaceToken(name)}>
            {peopleWords.replace}
          </Button>
          <Question
            name={`revoke ${name}`}
            ask={peopleWords.revoke}
            question={revokeQuestion(name)}
            no={peopleWords.keepToken}
            yes={peopleWords.revokeNow}
            onYes={() => revokeToken(name)}
          />
        </>
      )}
    </details>
  );
}

function labelOf(id: string): string {
  return status.value?.connections.find((connection) => connection.id === id)?.label ?? id;
}
