'use strict';
// A logout service in plain Node.js, written against the target contract, with its state handler on the same port.
//
//     ACCESS_TOKEN=secret node server.js [PORT]
//
// It stands for a server by somebody else: where the law leaves a choice, it chooses otherwise than the reference server.

const crypto = require('node:crypto');
const http = require('node:http');

const { ACCESS_TOKEN } = process.env;
const PORT = Number(process.argv[2] ?? process.env.PORT ?? 8081);
const PROVIDERS = ['REF30', 'REF40'];

// What each state means here. access: a profile that a logout deletes ('regular', 'apple'), one that it cannot delete
// ('standing'), or none; page: the MVPD has a logout page; token: the header that reaches the profile.
const STATES = {
  'logout-endpoint': { mvpd: 'Cablevision', access: 'regular', page: true },
  'no-logout-endpoint': { mvpd: 'Dish', access: 'regular' },
  'service-token-sso': { mvpd: 'Spectrum', access: 'regular', page: true, token: 'AD-Service-Token' },
  'platform-identity-sso': { mvpd: 'Comcast_SSO', access: 'regular', page: true, token: 'Adobe-Subject-Token' },
  'apple-sso': { mvpd: 'Cablevision', access: 'apple' },
  degraded: { mvpd: 'ATTOTT', access: 'standing' },
  'temporary-basic': { mvpd: 'TempPass_5mins', access: 'standing' },
  'temporary-promotional': { mvpd: 'TempPass_promo', access: 'standing' },
  'no-profile': { mvpd: 'Cablevision' },
  'expired-profile': { mvpd: 'Cablevision' }, // expired profiles are swept: there is none left
  'inactive-integration': { mvpd: 'Cablevision', disabled: true },
  'expired-access-token': { mvpd: 'Cablevision', access: 'regular', page: true, expiredToken: true },
  'server-failure': { mvpd: 'Cablevision', failing: true },
};

const held = new Map(); // [provider, mvpd, device] as JSON -> what holds there

class Refusal extends Error {
  constructor(status, code, message, { action = 'none', headers = {} } = {}) {
    super(message);
    Object.assign(this, { status, headers, body: { action, status, code, message } });
  }
}

// --- The logout endpoint ---------------------------------------------------------------------------------------------

function logOut(request, provider, mvpd, query) {
  const device = (request.headers['ap-device-identifier'] ?? '').trim();
  const redirectUrl = new URLSearchParams(query).get('redirectUrl') ?? '';
  checkParameters(provider, redirectUrl, device, request.headers['x-device-info']);
  checkToken(request.headers.authorization);

  const key = JSON.stringify([provider, mvpd, device]);
  const state = held.get(key) ?? {};
  if (state.failing) throw new Refusal(500, 'internal_server_error', 'Something broke.', { action: 'retry' });
  if (state.disabled) throw new Refusal(400, 'invalid_integration', 'This integration is switched off.');

  const reached = !state.token || request.headers[state.token.toLowerCase()] === state.headers[state.token];
  const access = reached ? state.access : undefined;
  if (access && access !== 'standing') held.delete(key);
  return { logouts: { [mvpd]: nextAction(access, state.page, { mvpd, provider, returnTo: redirectUrl }) } };
}

function nextAction(access, page, names) {
  const { mvpd } = names;
  if (!access) return { mvpd, actionName: 'invalid', actionType: 'none' };
  if (access === 'apple') return { mvpd, actionName: 'partner_logout', actionType: 'partner_interactive' };
  if (!page) return { mvpd, actionName: 'complete', actionType: 'none' };
  // relative to /api/v2/{serviceProvider}/logout/{mvpd}
  const url = `../../../../mvpd/logout?${new URLSearchParams(names)}`;
  return { mvpd, actionName: 'logout', actionType: 'interactive', url };
}

function checkParameters(provider, redirectUrl, device, deviceInfo) {
  if (!PROVIDERS.includes(provider)) {
    throw new Refusal(400, 'invalid_parameter_service_provider', 'Which service provider is that?');
  }
  if (!URL.canParse(redirectUrl)) {
    throw new Refusal(400, 'invalid_parameter_redirect_url', 'redirectUrl has to be an absolute URL.');
  }
  if (!device) throw new Refusal(400, 'invalid_header_device_identifier', 'AP-Device-Identifier has to be there.');
  if (!isDeviceInfo(deviceInfo)) {
    throw new Refusal(400, 'invalid_header_device_info', 'X-Device-Info has to be the Base64 of a JSON object.');
  }
}

function isDeviceInfo(value) {
  try {
    const info = JSON.parse(Buffer.from(value ?? '', 'base64').toString('utf8'));
    return info !== null && typeof info === 'object' && !Array.isArray(info);
  } catch {
    return false;
  }
}

function checkToken(authorization = '') {
  const [, token] = /^bearer +(\S+)$/i.exec(authorization.trim()) ?? [];
  const digest = (text) => crypto.createHash('sha256').update(text).digest();
  if (token && crypto.timingSafeEqual(digest(token), digest(ACCESS_TOKEN))) return;
  throw new Refusal(401, 'invalid_access_token_client_application', 'Get a new access token.', {
    action: 'application-registration',
    headers: { 'WWW-Authenticate': 'Bearer realm="logout"' },
  });
}

// --- The state handler -----------------------------------------------------------------------------------------------

function changeState(text) {
  const { state, action, provider, mvpd, device } = readChange(text);
  const key = JSON.stringify([provider, mvpd, device]);
  held.delete(key);
  if (action === 'teardown') return null;

  const headers = {};
  if (state.token) headers[state.token] = `${crypto.randomUUID()}.issued.here`;
  if (state.expiredToken) headers.Authorization = `Bearer ${crypto.randomUUID()}`;
  held.set(key, { ...state, headers });
  return { serviceProvider: provider, mvpd, headers };
}

function readChange(text) {
  let change;
  try {
    change = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'bad_state_change', 'That is not JSON.');
  }
  const { serviceProvider, mvpd, deviceIdentifier: device } = change?.params ?? {};
  if (!['setup', 'teardown'].includes(change?.action) || typeof device !== 'string' || !device) {
    throw new Refusal(400, 'bad_state_change', 'An action and params.deviceIdentifier are needed.');
  }
  const provider = serviceProvider ?? PROVIDERS[0];
  if (!Object.hasOwn(STATES, change.state) || !PROVIDERS.includes(provider)) {
    throw new Refusal(422, 'unsupported_state', 'There is no such state here.');
  }
  const state = STATES[change.state];
  return { state, action: change.action, provider, mvpd: mvpd ?? state.mvpd, device };
}

// --- HTTP ------------------------------------------------------------------------------------------------------------

async function route(request) {
  const [path, query] = splitTarget(request.url);
  if (path.length === 1 && path[0] === '_state' && request.method === 'POST') {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    return changeState(Buffer.concat(chunks).toString('utf8'));
  }
  const [api, version, provider, logout, mvpd] = path;
  if (path.length !== 5 || `${api}/${version}/${logout}` !== 'api/v2/logout' || !provider || !mvpd) {
    throw new Refusal(404, 'not_found', 'Nothing is here.');
  }
  if (request.method === 'OPTIONS') return null;
  if (request.method !== 'GET') {
    throw new Refusal(405, 'method_not_allowed', 'Use GET.', { headers: { Allow: 'GET, OPTIONS' } });
  }
  return logOut(request, provider, mvpd, query);
}

function splitTarget(target) {
  const [path, ...query] = target.replace(/^https?:\/\/[^/?]*/i, '').split('?');
  try {
    return [path.slice(1).split('/').map(decodeURIComponent), query.join('?')];
  } catch {
    throw new Refusal(400, 'invalid_parameter_mvpd', 'The path is not percent-encoded UTF-8.');
  }
}

function answer(response, status, body, headers = {}) {
  if (body === null) return response.writeHead(204, { Allow: 'GET, OPTIONS' }).end();
  return response.writeHead(status, { ...headers, 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

const server = http.createServer((request, response) => {
  route(request).then(
    (body) => answer(response, 200, body),
    (error) => {
      if (error instanceof Refusal) return answer(response, error.status, error.body, error.headers);
      console.error(error);
      return answer(response, 500, { action: 'retry', status: 500, code: 'internal_server_error' });
    },
  );
});

// what Node.js cannot read as HTTP, or finds too long, never becomes a request
server.on('clientError', (error, socket) => {
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  if (socket.writable) {
    socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`);
  }
});

if (!ACCESS_TOKEN) {
  console.error('Set ACCESS_TOKEN to the access token that the server shall accept.');
  process.exit(2);
}
server.listen(PORT, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
