"""Addresses of signing in and of one's own sign-in."""

from flow.domain.roles import May
from flow.web.door import Door, Open
from flow.web.pages import first_password, labels, my_sign_in, pairing, prove, provider, second_factor, sign_in
from flow.web.pages.my_sign_in import HOME
from flow.web.problems import FIRST, SECOND

_KEY = f"{HOME}/passkeys/{{key}}"

SIGN_IN = (
    Door("GET", "/", sign_in.landing, Open.TO_ALL),
    Door("GET", "/login", sign_in.ask, Open.TO_ALL),
    Door("POST", "/login", sign_in.sign_in, Open.TO_ALL),
    Door("POST", "/login/passkey", sign_in.sign_in_by_passkey, Open.TO_ALL),
    Door("POST", "/login/passkey/options", sign_in.passkey_options, Open.TO_ALL, quiet=True),
    Door("POST", "/login/provider", provider.start, Open.TO_ALL, quiet=True),
    Door("GET", provider.BACK, provider.back, Open.TO_ALL),
    Door("POST", "/login/provider/logout", provider.logged_out, Open.TO_ALL),
    Door("GET", SECOND, second_factor.ask, Open.HALF),
    Door("POST", SECOND, second_factor.check, Open.HALF),
    Door("POST", f"{SECOND}/passkey", second_factor.check_passkey, Open.HALF),
    Door("POST", f"{SECOND}/passkey/options", second_factor.options, Open.HALF, quiet=True),
    Door("GET", FIRST, first_password.ask, Open.HALF),
    Door("POST", FIRST, first_password.choose, Open.HALF),
    Door("POST", "/sign-out", sign_in.sign_out, Open.SIGNED_IN),
    Door("POST", "/session/active", sign_in.active, Open.SIGNED_IN, quiet=True),
    Door("GET", "/pair", pairing.show, Open.TO_ALL),
    Door("POST", "/pair/status", pairing.status, Open.TO_ALL, quiet=True),
    Door("GET", "/labels", labels.page, May.PAIR),
)

MY_SIGN_IN = (
    Door("GET", HOME, my_sign_in.page, Open.PERSON),
    Door("POST", f"{HOME}/password", my_sign_in.password, Open.PERSON),
    Door("POST", f"{HOME}/app/new", my_sign_in.new_app, Open.PERSON, quiet=True, fresh=True),
    Door("POST", f"{HOME}/app", my_sign_in.confirm_app, Open.PERSON, fresh=True),
    Door("POST", f"{HOME}/app/remove", my_sign_in.drop_app, Open.PERSON, fresh=True),
    Door("POST", f"{HOME}/codes", my_sign_in.new_codes, Open.PERSON, fresh=True),
    Door("POST", f"{HOME}/passkeys/options", my_sign_in.passkey_options, Open.PERSON, quiet=True),
    Door("POST", f"{HOME}/passkeys", my_sign_in.add_passkey, Open.PERSON, fresh=True),
    Door("POST", f"{_KEY}/name", my_sign_in.name_passkey, Open.PERSON),
    Door("POST", f"{_KEY}/remove", my_sign_in.drop_passkey, Open.PERSON, fresh=True),
    Door("POST", f"{HOME}/seats/{{seat}}/end", my_sign_in.end_seat, Open.PERSON),
    Door("POST", f"{HOME}/sign-out-everywhere", my_sign_in.sign_out_everywhere, Open.PERSON),
    Door("POST", "/prove/passkey/options", prove.options, Open.PERSON, quiet=True),
    Door("POST", "/prove/provider", provider.prove, Open.PERSON, quiet=True),
)
