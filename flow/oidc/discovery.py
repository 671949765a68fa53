"""What a provider says of itself (OpenID Connect Discovery 1.0, section 3), as far as we go by it, and whether it may be gone by. Pure."""

from typing import Any

import msgspec

from flow.setting_words import is_safe


class Document(msgspec.Struct):
    """The discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""
    code_challenge_methods_supported: list[str] | None = None
    token_endpoint_auth_methods_supported: list[str] = msgspec.field(default_factory=lambda: ["client_secret_basic"])
    authorization_response_iss_parameter_supported: bool = False


def document_of(said: Any, issuer: str) -> Document:
    """The document of this issuer, to the letter. Raises ValueError saying what is wrong with it."""
    try:
        found = msgspec.convert(said, Document)
    except msgspec.ValidationError as error:
        raise ValueError(f"it is none: {error}") from None
    if found.issuer != issuer:
        raise ValueError("it is another issuer's; BEDFLOW_OIDC_ISSUER is to be as it says there, to the letter")
    places = [found.authorization_endpoint, found.token_endpoint, found.jwks_uri, *filter(None, [found.end_session_endpoint])]
    if not all(map(is_safe, places)):
        raise ValueError("one of its addresses is not https")
    if found.code_challenge_methods_supported is not None and "S256" not in found.code_challenge_methods_supported:
        raise ValueError("it does not know PKCE by S256")
    return found
