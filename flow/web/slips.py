"""The addresses that stand on outpatients' slips: `/t/` and 128 bits that nobody can guess, made from the token and the vault's key.

Nothing is written down for them. What is asked for is looked up among the tokens of the day, so that with the day they are dead.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable

from flow.domain.ids import TokenId
from flow.domain.opd import Token
from flow.vault import Vault

PURPOSE = "opd-slip"
MOST_KEPT = 20_000


class Slips:
    """Codes of tokens, and tokens by their codes; each is worked out once."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._codes: dict[TokenId, str] = {}
        self._tokens: dict[str, TokenId] = {}

    def code(self, token: TokenId) -> str:
        """What follows `/t/`: 22 letters of base64url."""
        found = self._codes.get(token)
        if found is None:
            if len(self._codes) >= MOST_KEPT:
                self._codes.clear()
                self._tokens.clear()
            digest = bytes.fromhex(self._vault.blind(PURPOSE, token))
            found = self._codes[token] = urlsafe_b64encode(digest).decode().rstrip("=")
            self._tokens[found] = token
        return found

    def find(self, code: str, tokens: Iterable[Token]) -> Token | None:
        """The token with this code, of those given; None where there is none."""
        by_id = {token.id: token for token in tokens}
        for token in by_id:
            self.code(token)
        known = self._tokens.get(code)
        return by_id.get(known) if known is not None else None
