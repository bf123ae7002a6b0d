'use strict';
// A client that logs a device out of an MVPD, with Node.js 20 or later alone. FAULT=name makes one mistake.

const { env } = process;
const FAULT = env.FAULT ?? '';
const MOST_CALLS = 3;
const DEVICE_INFO = { model: 'Shield', version: '9.1', osName: 'Android', osVersion: '14', primaryHardwareType: 'SetTopBox' };

async function main() {
  const { status, answer } = await logOut();
  if (status !== 200) {
    console.log(`You could not be signed out (${status}). Please try again later.`);
    return FAULT === 'wrong-exit-code' ? 0 : 1;
  }
  for (const entry of Object.values(answer.logouts)) await follow(entry);
  return FAULT === 'wrong-exit-code' ? 3 : 0;
}

// Calls the endpoint, and calls it again where an answer asks for that.
async function logOut() {
  let token = env.LOGOUT_ACCESS_TOKEN;
  if (FAULT === 'head-first') await call('HEAD', token);
  for (let number = 1; ; number += 1) {
    const result = await call('GET', token);
    const { status, headers, answer } = result;
    if (status === 200 && FAULT === 'second-call') await call('GET', token);
    if (status === 200 || number === MOST_CALLS) return result;
    if (status === 401) {
      token = FAULT === 'same-token-again' ? token : await freshToken();
    } else if (status === 429) {
      const seconds = Math.max(1.05, Number(headers.get('retry-after') ?? 0) + 0.05);
      if (FAULT !== 'retries-at-once') await new Promise((resolve) => { setTimeout(resolve, 1000 * seconds); });
    } else if (answer.action !== 'retry') {
      return result;
    }
  }
}

async function call(method, token) {
  const headers = { ...deviceHeaders(), ...authorization(token), ...signOn() };
  const response = await fetch(endpoint(token), { method, headers });
  const text = await response.text();
  let answer = {};
  try {
    answer = JSON.parse(text);
  } catch {
    // a page for people: the status says enough
  }
  return { status: response.status, headers: response.headers, answer };
}

function endpoint(token) {
  const once = encodeURIComponent(env.LOGOUT_MVPD);
  const mvpd = FAULT === 'mvpd-encoded-twice' ? encodeURIComponent(once) : once;
  const provider = encodeURIComponent(env.LOGOUT_SERVICE_PROVIDER);
  const url = `${env.LOGOUT_BASE_URL}/api/v2/${provider}/logout/${mvpd}?redirectUrl=${redirectUrl()}`;
  return FAULT === 'token-in-url' ? `${url}&access_token=${token}` : url;
}

function redirectUrl() {
  const plain = env.LOGOUT_REDIRECT_URL;
  if (FAULT === 'redirect-url-not-encoded') return plain.replaceAll(' ', '%20');
  const once = encodeURIComponent(plain);
  return FAULT === 'redirect-url-encoded-twice' ? encodeURIComponent(once) : once;
}

function authorization(token) {
  return FAULT === 'no-authorization' ? {} : { Authorization: `Bearer ${token}` };
}

function deviceHeaders() {
  const device = env.LOGOUT_DEVICE_ID;
  const info = JSON.stringify(DEVICE_INFO);
  const headers = {
    'AP-Device-Identifier': `fingerprint ${FAULT === 'plain-device-identifier' ? device : inBase64(device)}`,
    'X-Device-Info': FAULT === 'plain-device-info' ? info : inBase64(info),
    Accept: 'application/json',
  };
  if (FAULT === 'no-device-identifier') delete headers['AP-Device-Identifier'];
  if (FAULT === 'no-device-info') delete headers['X-Device-Info'];
  return headers;
}

function signOn() {
  if (FAULT === 'no-sign-on-token') return {};
  return {
    ...(env.LOGOUT_SERVICE_TOKEN && { 'AD-Service-Token': env.LOGOUT_SERVICE_TOKEN }),
    ...(env.LOGOUT_SUBJECT_TOKEN && { 'Adobe-Subject-Token': env.LOGOUT_SUBJECT_TOKEN }),
  };
}

async function freshToken() {
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const response = await fetch(env.LOGOUT_TOKEN_URL, { method: 'POST', body });
  return (await response.json()).access_token;
}

// Does what an entry of the answer asks for.
async function follow({ actionName, url }) {
  if (actionName === 'logout' && FAULT !== 'url-not-opened') {
    for (let times = FAULT === 'url-opened-twice' ? 2 : 1; times > 0; times -= 1) {
      await open(new URL(url, env.LOGOUT_BASE_URL), pageHeaders());
    }
  } else if (actionName === 'partner_logout') {
    console.log('Please sign out in the settings of this device too.');
  } else if (actionName === 'complete' && FAULT === 'opens-for-complete') {
    await open(env.LOGOUT_REDIRECT_URL, {});
  }
}

function pageHeaders() {
  if (FAULT === 'token-to-page') return authorization(env.LOGOUT_ACCESS_TOKEN);
  return FAULT === 'device-headers-to-page' ? deviceHeaders() : {};
}

async function open(url, headers) {
  await (await fetch(url, { headers })).text();
}

function inBase64(text) {
  return Buffer.from(text).toString('base64');
}

main().then((code) => { process.exitCode = code; });
