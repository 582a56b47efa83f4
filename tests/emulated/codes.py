"""AWS's error codes that only occur in changes of existing resources."""

from __future__ import annotations

LIMIT = "LimitExceededException"
IMPORT_NOT_FOUND = "ImportNotFoundException"
POLICY_NOT_FOUND = "PolicyNotFoundException"
OBJECT_NOT_FOUND = "ObjectNotFoundException"
