"""Ed25519 keys in the spelling of Multikey and did:key (W3C Controlled Identifiers 1.0, section 2.2.2), and base58."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credentials.badges.formats.errors import NotAMultikeyError

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519_PUBLIC = b"\xed\x01"
KEY_BYTES = 32
MAX_LENGTH = 160  # characters: decoding is quadratic, and the longest is a signature of 96 bytes


def base58(content: bytes) -> str:
    """`content` in base58btc, without a prefix."""
    number = int.from_bytes(content)
    letters = ""
    while number:
        number, rest = divmod(number, 58)
        letters = ALPHABET[rest] + letters
    return "1" * (len(content) - len(content.lstrip(b"\0"))) + letters


def from_base58(text: str) -> bytes:
    """The bytes of a text in base58btc; raises NotAMultikeyError."""
    if len(text) > MAX_LENGTH:
        raise NotAMultikeyError
    number = 0
    for letter in text:
        place = ALPHABET.find(letter)
        if place < 0:
            raise NotAMultikeyError
        number = number * 58 + place
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def multibase_of(key: Ed25519PrivateKey) -> str:
    """The public half of `key` as publicKeyMultibase."""
    return "z" + base58(ED25519_PUBLIC + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def public_key(multibase: str) -> Ed25519PublicKey:
    """The public key in `multibase`; raises NotAMultikeyError unless it is an Ed25519 one."""
    content = from_base58(multibase[1:]) if multibase.startswith("z") else b""
    if len(content) != len(ED25519_PUBLIC) + KEY_BYTES or not content.startswith(ED25519_PUBLIC):
        raise NotAMultikeyError
    return Ed25519PublicKey.from_public_bytes(content.removeprefix(ED25519_PUBLIC))


def pem_of(multibase: str) -> bytes:
    """The same key as PEM, which the library asks for."""
    return public_key(multibase).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
