"""Messages to a phone's browser through its push service: sealed for that browser alone (RFC 8291 in the coding of RFC 8188) and signed
by the hospital (VAPID, RFC 8292).

Pure: keys, salt and time are arguments. flow.main sends what is made here; the push service sees its length and whom it is for.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_RECORD = 4096
LONGEST = _RECORD - 17 - 86
"""Bytes of a message that fit one record."""


@dataclass(frozen=True, slots=True)
class Push:
    """Who runs this hospital's Bedflow (`contact`, a mailto: or https: address, as RFC 8292 asks), and the push services (origins) that
    phones may use: nothing is sent anywhere else."""

    contact: str
    services: frozenset[str]

    def __str__(self) -> str:
        return " ".join([self.contact, *sorted(self.services)])


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser gives to whoever may write to it: where (a secret address), its public key (65 bytes), its secret (16)."""

    endpoint: str = field(repr=False)
    p256dh: bytes
    auth: bytes = field(repr=False)

    @property
    def service(self) -> str:
        """The push service's origin."""
        parts = urlsplit(self.endpoint)
        return f"{parts.scheme}://{parts.netloc}"


def push_of(text: str) -> Push | None:
    """The setting: the contact, then the services' origins. Raises ValueError saying what it must be."""
    if not text:
        return None
    contact, *services = text.split()
    if not contact.startswith(("mailto:", "https:")) or not services or not all(_is_origin(each) for each in services):
        raise ValueError("mailto:ADDRESS (or an https: address) and then the origins of push services, like https://push.example")
    return Push(contact, frozenset(services))


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    near = parts.hostname in ("127.0.0.1", "localhost")
    return parts.scheme in (("https", "http") if near else ("https",)) and bool(parts.netloc) and not parts.path + parts.query


def subscription(endpoint: str, p256dh: str, auth: str) -> Subscription:
    """What the browser said, base64url as it says it. Raises ValueError for keys that are none."""
    found = Subscription(endpoint, _bytes(p256dh), _bytes(auth))
    ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, found.p256dh)
    if len(found.auth) != 16:
        raise ValueError("the secret has 16 bytes")
    return found


def key_of(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The hospital's signing key, from 32 secret bytes that stay the same."""
    return ec.derive_private_key(int.from_bytes(secret) % (_ORDER - 1) + 1, _CURVE)


def public_of(key: ec.EllipticCurvePrivateKey) -> str:
    """The key's public half, as `applicationServerKey` and the VAPID header want it."""
    return _text(_point(key))


def sealed(message: bytes, to: Subscription, key: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """The body of a push (RFC 8291, section 3): `key` and `salt` (16 bytes) are fresh for each."""
    assert len(message) <= LONGEST
    theirs, ours = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, to.p256dh), _point(key)
    shared = _derived(key.exchange(ec.ECDH(), theirs), to.auth, b"WebPush: info\0" + to.p256dh + ours, 32)
    cipher = AESGCM(_derived(shared, salt, b"Content-Encoding: aes128gcm\0", 16))
    nonce = _derived(shared, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + _RECORD.to_bytes(4) + bytes([len(ours)]) + ours
    return head + cipher.encrypt(nonce, message + b"\x02", None)


def signed(service: str, contact: str, key: ec.EllipticCurvePrivateKey, until: datetime) -> str:
    """The Authorization header (RFC 8292): a token for this service alone, good until then (24 hours at most)."""
    claims = {"aud": service, "exp": int(until.timestamp()), "sub": contact}
    head = ".".join(_text(json.dumps(part, separators=(",", ":")).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(head.encode(), ec.ECDSA(SHA256())))
    return f"vapid t={head}.{_text(r.to_bytes(32) + s.to_bytes(32))}, k={public_of(key)}"


def _derived(secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    return HKDF(SHA256(), size, salt, info).derive(secret)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(some: bytes) -> str:
    return urlsafe_b64encode(some).rstrip(b"=").decode()
