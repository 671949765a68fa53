// An OpenID Connect provider on loopback: oidc-provider with the pages it has for trying things out (devInteractions).
//
//     node provider.mjs PACKAGE PORT CONFIGURATION
//
// PACKAGE is where oidc-provider lies, CONFIGURATION a JSON object: `clients`, and `people` by what they type as their name: the claims of
// their tokens, and `amr`. It says "listening" once it does.
import { pathToFileURL } from "node:url";

const [, , folder, port, said] = process.argv;
const { clients, people } = JSON.parse(said);
const { default: Provider } = await import(pathToFileURL(`${folder}/lib/index.js`));

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  claims: { openid: ["sub", "amr", "auth_time"], profile: ["name", "preferred_username", "groups"] },
  conformIdTokenClaims: false,
  features: { backchannelLogout: { enabled: true } },
  fetch: (address, { dispatcher, ...options }) => globalThis.fetch(address, options), // its own dispatcher speaks to no loopback
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  cookies: { keys: ["of-a-test"] },
});

const finished = provider.interactionFinished.bind(provider);
provider.interactionFinished = (request, response, result, options) => {
  if (result.login) result.login.amr = people[result.login.accountId]?.amr;
  return finished(request, response, result, options);
};

provider.listen(Number(port), "127.0.0.1", () => process.stdout.write("listening\n"));
