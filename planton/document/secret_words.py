"""The words by which a text that may contain secrets is known."""

from __future__ import annotations

import re

TARGET = "target"
"""The key of the manifest in a stack input."""
_OF_CREDENTIALS = ("providerconfig", "credential", "accesskey", "secret", "sessiontoken")
"""Words that appear near a secret, even if a colon is misplaced."""
_SECRET = (*_OF_CREDENTIALS, "token", "password", "passwd", "apikey", "privatekey")
"""Words in the key of a secret."""
_KEY_OF_SECRET = re.compile(rf"(?:(?:{'|'.join(_SECRET)})[a-z0-9]*|\b{TARGET})[\"']?\s*:(?:\s|$)")


def _plain(text: str) -> str:
    return text.lower().replace("_", "").replace("-", "")


def may_hold_secrets(text: str) -> bool:
    """Whether the text names credentials, or has a key that sounds like a secret or belongs to a
    stack input."""
    plain = _plain(text)
    if any(word in plain for word in _OF_CREDENTIALS):
        return True
    # Most texts contain none of the words, and the pattern alone takes as long as the parsing.
    words = (*_SECRET, TARGET)
    return any(word in plain for word in words) and bool(_KEY_OF_SECRET.search(plain))


def sounds_secret(key: str) -> bool:
    """Whether the key contains the name of a secret, in any spelling."""
    plain = _plain(key)
    return any(word in plain for word in _SECRET)
