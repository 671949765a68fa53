"""Speaking with the provider of sign-ins: what is asked of whom, how often, and what of its answers is gone by."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from flow.clock import FixedClock
from flow.domain.sign_in_rules import SignInRules
from flow.errors import Misconfigured, Unavailable
from flow.jwt import Untrusted
from flow.main.providing import providing
from flow.oidc.asked import Asked
from flow.oidc.provider import Client, Provider
from flow.settings import Settings
from tests.unit.test_provider_tokens import EC, GOOD, ISSUER, NONCE, NOW, RSA, signed

BACK = "https://beds.example/login/provider/back"
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth?tenant=1",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
    "end_session_endpoint": f"{ISSUER}/end",
}
WELL_KNOWN = f"{ISSUER}/.well-known/openid-configuration"


class There:
    """The provider's side: what it publishes, and what it was asked."""

    def __init__(self, **document: Any) -> None:
        self.document = {**DOCUMENT, **document}
        self.keys: tuple[Any, ...] = (RSA,)
        self.claims: Mapping[str, Any] = GOOD
        self.signed_by: Any = RSA
        self.status = 200
        self.away = False
        self.asked: list[tuple[str, dict[str, list[str]], dict[str, str]]] = []

    async def call(self, address: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append((address, parse_qs((body or b"").decode()), headers))
        if self.away:
            raise Unavailable("away")
        alg = "RS256" if self.signed_by is RSA else "ES256"
        answers: dict[str, Any] = {
            WELL_KNOWN: self.document,
            f"{ISSUER}/jwks": {"keys": [key.as_dict(private=False) for key in self.keys]},
            f"{ISSUER}/token": {"id_token": signed(self.claims, self.signed_by, alg), "access_token": "t", "token_type": "Bearer"},
        }
        return self.status, msgspec.json.encode(answers[address])

    @property
    def addresses(self) -> list[str]:
        return [address for address, _, _ in self.asked]


def client(there: There, clock: FixedClock | None = None, secret: str = "s e/cret", **rules: Any) -> Provider:
    return Provider(Client(ISSUER, "bedflow", secret, BACK), SignInRules(**rules), there.call, clock or FixedClock(NOW))


def asked(*, again: bool = False) -> Asked:
    return Asked("state-1", NONCE, "v" * 43, NOW, again)


async def test_a_browser_is_sent_with_state_nonce_and_a_challenge() -> None:
    there = There()
    address = urlsplit(await client(there).address(asked()))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{ISSUER}/auth"
    said = {name: value for name, (value,) in parse_qs(address.query).items()}
    challenge = said.pop("code_challenge")
    assert len(challenge) == 43 and challenge != "v" * 43
    assert said == {
        "tenant": "1",
        "response_type": "code",
        "client_id": "bedflow",
        "redirect_uri": BACK,
        "scope": "openid profile",
        "state": "state-1",
        "nonce": NONCE,
        "code_challenge_method": "S256",
        "max_age": "43200",
    }
    again = parse_qs(urlsplit(await client(there).address(asked(again=True))).query)
    assert (again["prompt"], again["max_age"]) == (["login"], ["0"])
    assert "max_age" not in parse_qs(urlsplit(await client(there, max_age_minutes=0).address(asked())).query)
    assert set(there.addresses) == {WELL_KNOWN}


async def test_a_code_is_exchanged_with_the_verifier_and_the_secret_in_its_place() -> None:
    for methods, secret, header, inside in (
        (["client_secret_basic", "client_secret_post"], "s e/cret", "Basic YmVkZmxvdzpzK2UlMkZjcmV0", []),
        (["client_secret_post"], "s e/cret", None, ["client_id", "client_secret"]),
        (["none"], "", None, ["client_id"]),
    ):
        there = There(token_endpoint_auth_methods_supported=methods)
        assert (await client(there, secret=secret).person("code-1", asked())).subject == "u1"
        (_, sent, headers) = next(each for each in there.asked if each[0] == DOCUMENT["token_endpoint"])
        assert headers.get("authorization") == header
        wanted = {"grant_type", "redirect_uri", "code", "code_verifier", *inside}
        assert set(sent) == wanted and sent["code_verifier"] == ["v" * 43] and sent["redirect_uri"] == [BACK]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"issuer": f"{ISSUER}/"}, "another issuer's"),
        ({"issuer": "https://evil.example"}, "another issuer's"),
        ({"token_endpoint": "http://sso.example/token"}, "not https"),
        ({"jwks_uri": "http://127.0.0.1.evil.example/jwks"}, "not https"),
        ({"end_session_endpoint": "javascript:alert(1)"}, "not https"),
        ({"authorization_endpoint": ""}, "not https"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
        ({"token_endpoint": 7}, "it is none"),
    ],
)
async def test_a_document_that_cannot_be_gone_by_is_told(document: dict[str, Any], words: str) -> None:
    with pytest.raises(Unavailable, match=words):
        await client(There(**document)).address(asked())


async def test_the_document_and_the_keys_are_asked_for_once_an_hour() -> None:
    there, clock = There(), FixedClock(NOW)
    provider = client(there, clock)
    for _ in range(3):
        await provider.person("code", asked())
    assert [there.addresses.count(place) for place in (WELL_KNOWN, f"{ISSUER}/jwks")] == [1, 1]
    there.signed_by = EC
    for _ in range(3):
        with pytest.raises(Untrusted, match="not published"):
            await provider.person("code", asked())
    assert there.addresses.count(f"{ISSUER}/jwks") == 1, "no more than once a minute"
    clock.advance(timedelta(seconds=61))
    there.keys = (RSA, EC)
    assert (await provider.person("code", asked())).subject == "u1", "a new key is asked for when it is needed"
    assert [there.addresses.count(place) for place in (WELL_KNOWN, f"{ISSUER}/jwks")] == [1, 2]


async def test_a_provider_that_is_away_is_not_waited_for_by_everybody() -> None:
    there, clock = There(), FixedClock(NOW)
    there.away = True
    provider = client(there, clock)
    for _ in range(4):
        with pytest.raises(Unavailable):
            await provider.address(asked())
    assert len(there.asked) == 1
    there.away = False
    clock.advance(timedelta(seconds=6))
    assert (await provider.address(asked())).startswith(ISSUER)


async def test_a_code_for_nothing_and_an_answer_of_another_provider_are_not_believed() -> None:
    there = There(authorization_response_iss_parameter_supported=True)
    provider = client(there)
    for came_from in ("", "https://evil.example"):
        with pytest.raises(Untrusted) as told:
            await provider.person("code", asked(), came_from)
        assert told.value.code == "other-issuer"
    assert f"{ISSUER}/token" not in there.addresses, "the code goes nowhere"
    assert (await provider.person("code", asked(), ISSUER)).subject == "u1"
    there.status = 400
    with pytest.raises(Untrusted) as told:
        await provider.person("code", asked(), ISSUER)
    assert told.value.code == "no-code"
    there.status = 502
    with pytest.raises(Unavailable, match="answers 502"):
        await provider.person("code", asked(), ISSUER)


@pytest.mark.parametrize(
    ("rules", "again", "shown", "code"),
    [
        ({"max_age_minutes": 30}, False, timedelta(minutes=30), ""),
        ({"max_age_minutes": 30}, False, timedelta(minutes=32), "too-long-ago"),
        ({"max_age_minutes": 30}, False, None, "no-auth-time"),
        ({"max_age_minutes": 0}, False, None, ""),
        ({"max_age_minutes": 0}, False, timedelta(days=9), ""),
        ({"max_age_minutes": 0}, True, None, "no-auth-time"),
        ({"max_age_minutes": 720}, True, timedelta(minutes=2), "too-long-ago"),
        ({"max_age_minutes": 720}, True, timedelta(), ""),
    ],
)
async def test_how_long_ago_somebody_showed_it_is_looked_at(rules: dict[str, Any], again: bool, shown: timedelta | None, code: str) -> None:
    there = There()
    claims = {key: value for key, value in GOOD.items() if key != "auth_time"}
    there.claims = claims if shown is None else {**claims, "auth_time": int((NOW - shown).timestamp())}
    if not code:
        assert await client(there, **rules).person("code", asked(again=again))
        return
    with pytest.raises(Untrusted) as told:
        await client(there, **rules).person("code", asked(again=again))
    assert told.value.code == code


async def test_signing_out_leads_there_where_there_is_a_place_for_it() -> None:
    there = There()
    address = urlsplit(await client(there).farewell("https://beds.example/login"))
    assert address.path == "/end"
    assert parse_qs(address.query) == {"client_id": ["bedflow"], "post_logout_redirect_uri": ["https://beds.example/login"]}
    assert await client(There(end_session_endpoint="")).farewell("https://beds.example/login") == ""
    there.away = True
    assert await client(there).farewell("https://beds.example/login") == ""


def test_half_a_configuration_stops_the_start_and_none_asks_nobody() -> None:
    clock, rules = FixedClock(datetime(2026, 11, 21, tzinfo=UTC)), SignInRules()
    assert providing(Settings.from_environ({}), rules, clock) is None
    with pytest.raises(Misconfigured, match="BEDFLOW_OIDC_CLIENT_ID"):
        providing(Settings.from_environ({"BEDFLOW_OIDC_ISSUER": ISSUER}), rules, clock)
    said = {"BEDFLOW_OIDC_ISSUER": ISSUER, "BEDFLOW_OIDC_CLIENT_ID": "bedflow", "BEDFLOW_PUBLIC_URL": "https://beds.example"}
    found = providing(Settings.from_environ(said), rules, clock)
    assert found is not None and found.client.back == BACK


@pytest.mark.parametrize("text", ["http://sso.example", "ftp://sso.example", "sso.example", f"{ISSUER}?x=1", f"{ISSUER}#x", "https://"])
def test_an_issuer_without_tls_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured, match="https:// address"):
        Settings.from_environ({"BEDFLOW_OIDC_ISSUER": text})
    assert Settings.from_environ({"BEDFLOW_OIDC_ISSUER": "http://127.0.0.1:9000/"}).oidc_issuer == "http://127.0.0.1:9000/"


def test_the_secret_is_shown_nowhere() -> None:
    found = Settings.from_environ({"BEDFLOW_OIDC_CLIENT_SECRET": "s3cret"})
    assert found.oidc_client_secret.text == "s3cret"
    assert "s3cret" not in str(found) and "s3cret" not in str([value for _, value in found.printed()])
