// Puts your server into the states that logout-conformance asks for: `node states.mjs`, beside your server.
//
// As it stands, each question is passed on to the reference server (`logout-conformance serve`), so that you can see a
// whole run at once. What is marked REPLACE is for you to write.

import http from 'node:http';

const PORT = 9000;
const REFERENCE_SERVER = "http://127.0.0.1:8080/_state";

// Makes a state hold before a logout, or undoes it afterwards, and says what the logout must use to meet it.
//
// `state` is such as "no-profile", `action` is "setup" or "teardown"; `params` has serviceProvider, deviceIdentifier,
// and mvpd, which is null where the choice is yours. What is given is the status and the body of the answer.
async function handle({ state, action, params }) {
  // REPLACE the last line by what your own tests do to make a profile, for the states that you can make:
  //
  //   if (action === 'teardown') {
  //     await database.deleteProfile(params.serviceProvider, params.deviceIdentifier);
  //     return [204];
  //   }
  //   if (state === 'logout-endpoint') {
  //     const mvpd = params.mvpd ?? 'Cablevision'; // one that has a logout page
  //     await database.addProfile(params.serviceProvider, mvpd, params.deviceIdentifier);
  //     return [200, { mvpd }]; // and headers: {...} where the request needs a token of this state
  //   }
  //   return [422]; // this state does not exist here: the kit skips what needs it
  return askReferenceServer({ consumer: 'logout-conformance', state, action, params });
}

// Passes a question on. REPLACE: delete this function once `handle` does without it.
async function askReferenceServer(question) {
  const answer = await fetch(REFERENCE_SERVER, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(question),
  });
  const text = await answer.text();
  if (![200, 204, 422].includes(answer.status)) {
    throw new Error(`${REFERENCE_SERVER} answered ${answer.status}: write what states.mjs marks REPLACE`);
  }
  return [answer.status, answer.status === 200 ? JSON.parse(text) : undefined];
}

async function answerTo(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return handle(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}

http
  .createServer((request, response) => {
    answerTo(request).then(
      ([status, body]) => {
        response.writeHead(status, body ? { 'Content-Type': 'application/json' } : {});
        response.end(body ? JSON.stringify(body) : undefined);
      },
      (error) => {
        console.error(error.message);
        response.writeHead(500).end();
      },
    );
  })
  .listen(PORT, '127.0.0.1', () => console.log(`state handler: http://127.0.0.1:${PORT}/_state`));
