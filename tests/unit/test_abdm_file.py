"""`[abdm]` of the hospital file, its keys and counters."""

import pytest

from flow.domain.ids import ClinicId
from flow.errors import Misconfigured
from flow.jwt import HS256, RS256
from flow.plan_file.read import parse_plan
from tests.abdm_gateway import SECRET, modulus, pem
from tests.hospital_file import hospital_file

FILE = hospital_file({"4B": {"A": 2}})
ABDM = '\n[abdm]\nhip = "IN1"\ngateway = "https://gateway.example/api/hiecm/"\nclinic = "ENT"\n'
PEM = f'[[abdm.keys]]\nid = "1"\nalg = "RS256"\npem = """{pem()}"""\n'


def test_a_hospital_without_it_does_without() -> None:
    assert parse_plan(FILE, "small.toml").abdm is None


def test_what_it_says_is_read() -> None:
    keys = f'{PEM}[[abdm.keys]]\nid = "2"\nalg = "HS256"\nsecret = "{SECRET}"\n[[abdm.keys]]\nid = "3"\nalg = "RS256"\nn = "{modulus()}"\n'
    rules = parse_plan(f'{FILE}{ABDM}counters = {{ "7" = "ENT" }}\n{keys}', "small.toml").abdm
    assert rules is not None
    assert (rules.hip, rules.gateway, rules.cm, rules.token_minutes) == ("IN1", "https://gateway.example/api/hiecm", "sbx", 30)
    assert [(key.id, key.alg) for key in rules.keys] == [("1", RS256), ("2", HS256), ("3", RS256)]
    assert rules.clinic_of("7") == rules.clinic_of("anything") == ClinicId("ENT")


def test_the_gateways_own_list_does_without_keys_by_hand() -> None:
    rules = parse_plan(f'{FILE}{ABDM}certs = "https://gateway.example/certs"\n', "small.toml").abdm
    assert rules is not None and (rules.certs, rules.keys) == ("https://gateway.example/certs", ())


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (ABDM, "needs certs"),
        (f'{ABDM}certs = "http://gateway.example/certs"\n', "certs = .* https address"),
        (f'{ABDM}certs = "https://gateway.example/certs?kid=1"\n{PEM}', "certs = .* https address"),
        (ABDM.replace("https:", "http:") + PEM, "https address"),
        (ABDM.replace('clinic = "ENT"', "") + PEM, "whose token"),
        (ABDM.replace('"ENT"', '"NOSE"') + PEM, "no clinic"),
        (f'{ABDM}counters = {{ "7" = "NOSE" }}\n{PEM}', "no clinic"),
        (f'{ABDM}counters = {{ "desk 7" = "ENT" }}\n{PEM}', "cannot stand in a code"),
        (ABDM + PEM + PEM, "two keys"),
        (ABDM + PEM.replace("RS256", "HS256"), "an HS256 key has a secret"),
        (f'{ABDM}[[abdm.keys]]\nid = "1"\nalg = "RS256"\nsecret = "{SECRET}"\n', "an RS256 key has a pem"),
        (f'{ABDM}[[abdm.keys]]\nid = "1"\nalg = "RS256"\npem = "x"\n', "no public RSA key"),
        (f'{ABDM}[[abdm.keys]]\nid = "1"\nalg = "HS256"\nsecret = "short"\n', "at least 32 bytes"),
        (f'{ABDM}[[abdm.keys]]\nid = "1"\nalg = "none"\n', "alg"),
        ('\n[abdm]\nclinic = "ENT"\n' + PEM, "needs hip"),
    ],
)
def test_what_makes_no_sense_is_said(tables: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        parse_plan(f"{FILE}{tables}", "small.toml")
