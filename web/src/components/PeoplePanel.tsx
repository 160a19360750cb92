import type { PersonView, RoleName } from "../../../server/http/contract.ts";
import { giveRole, ownConnections, people, removePerson, share } from "../people-model.ts";
import { ownerQuestion, peopleWords, personNote, removeQuestion, roleNotes, roleWords } from "../wording-people.ts";
import { Button, Trouble } from "./Button.tsx";
import { InviteForm } from "./InviteForm.tsx";
import { Panel } from "./Panel.tsx";
import { Question } from "./Question.tsx";
import { Switch } from "./Switch.tsx";

const sharingRoles: readonly RoleName[] = ["renewer", "viewer"];

export function PeoplePanel() {
  const others = people.value?.filter(({ me }) => !me) ?? [];
  return (
    <Panel title={peopleWords.people} shape="tall">
      {people.value !== null && others.length === 0 && <p class="empty">{peopleWords.alone}</p>}
      {others.map((person) => (
        <Person key={person.id} person={person} />
      ))}
      <InviteForm />
    </Panel>
  );
}

/** Folded: most of the time one only wants to see who is there. */
function Person({ person }: { person: PersonView }) {
  const { id, name } = person;
  return (
    <details class="person">
      <summary>
        <b>{name}</b>
        <small>{personNote(person)}</small>
      </summary>
      <Shares person={person} />
      {!person.first && (
        <>
          <RoleChoice person={person} />
          <Question
            name={`remove ${id}`}
            ask={peopleWords.remove}
            question={removeQuestion(person)}
            no={peopleWords.keep}
            yes={peopleWords.removeNow}
            onYes={() => removePerson(id)}
          />
        </>
      )}
      <Trouble where={`person ${id}`} />
    </details>
  );
}

function Shares({ person: { id, shared } }: { person: PersonView }) {
  const own = ownConnections.value;
  if (own.length === 0) return <p class="empty">{peopleWords.nothingToShare}</p>;
  return (
    <>
      <p class="note">{peopleWords.whyShare}</p>
      {own.map((connection) => {
        const on = shared.includes(connection.id);
        return (
          <Switch
            key={connection.id}
            name={`share ${connection.id} ${id}`}
            on={on}
            onPress={() => share(connection.id, id, !on)}
          >
            {connection.label}
          </Switch>
        );
      })}
    </>
  );
}

/** One tap between the two that see what is shared; an owner is made, or unmade, only after a second thought. */
function RoleChoice({ person }: { person: PersonView }) {
  const { id, role } = person;
  return (
    <>
      <fieldset>
        <legend>{peopleWords.role}</legend>
        {sharingRoles.map((each) => (
          <Button
            key={each}
            name={`role ${id}`}
            look={each === role ? "main" : "quiet"}
            onPress={() => each === role || giveRole(id, each)}
          >
            {roleWords[each]}
          </Button>
        ))}
      </fieldset>
      <p class="note">
        {roleWords[role]}: {roleNotes[role]}.
      </p>
      <Trouble where={`role ${id}`} />
      {role !== "owner" && (
        <Question
          name={`owner ${id}`}
          ask={peopleWords.makeOwner}
          question={ownerQuestion(person)}
          no={peopleWords.leave}
          yes={peopleWords.makeOwnerNow}
          onYes={() => giveRole(id, "owner", `owner ${id}`)}
        />
      )}
    </>
  );
}
