// The first slice in the browser, by three people, on lab hosts: node story.mjs SETTINGS.json
import { end, tellWhatStandsThere, wrong } from "./story/house.mjs";
import { peopleComeIn } from "./story/people.mjs";
import { machinesAreRegistered } from "./story/machines.mjs";
import { anEditVoidsIt, isApproved, isAskedFor, nobodyApprovesTheirOwn } from "./story/asking.mjs";
import { aRunFailsOnTheFirstHost, itIsMendedAndGoesOn, theGateOpens } from "./story/work.mjs";
import { itIsLookedAtAgainAndClosed, strangersVerifyThePackage, theRecordsAreRead } from "./story/proof.mjs";
import { byTheKeyboardAlone } from "./story/hands.mjs";

try {
  const people = await peopleComeIn();
  await machinesAreRegistered(people);
  await isAskedFor(people);
  await nobodyApprovesTheirOwn(people);
  await isApproved(people, 1);
  await anEditVoidsIt(people);
  await isApproved(people, 2);
  await theGateOpens(people);
  await aRunFailsOnTheFirstHost(people);
  await itIsMendedAndGoesOn(people);
  await itIsLookedAtAgainAndClosed(people);
  await strangersVerifyThePackage(people);
  await byTheKeyboardAlone(people);
  await theRecordsAreRead(people);
} catch (error) {
  console.error(error);
  await tellWhatStandsThere();
  wrong.push("the story did not come to its end");
}
await end();
console.log(`${wrong.length} things wrong`);
for (const line of wrong) console.error(line);
process.exit(wrong.length === 0 ? 0 : 1);
