"""IAM as it refuses: a role that does not exist, a policy in use, a document that is too long.

moto deletes policies that are attached or have versions besides the default one (IAM user guide,
Deleting IAM policies; DeletePolicy, DeleteConflict), and accepts documents of any length.
"""

from __future__ import annotations

import json
from typing import Any

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.iam import IamApi
from planton.rehearsal.aws.requests import Json, Request

DELETE_CONFLICT = "DeleteConflict"
LIMIT_EXCEEDED = "LimitExceeded"
_MAX_CHARACTERS = 6_144


class FullIam(IamApi):
    """Raises Refused, or botocore's ClientError. The emulated AWS begins without roles."""

    def before_attachment(self, request: Request) -> None:
        """moto refuses an attachment to a role that does not exist."""

    def send(self, request: Request) -> Json:
        if request.operation == "DeletePolicy":
            self._check_deletion(request)
        document: Any = request.parameters.get("PolicyDocument", "")
        if document and len("".join(document.split())) > _MAX_CHARACTERS:
            message = f"Cannot exceed quota for PolicySize: {_MAX_CHARACTERS}"
            raise Refused(request.name, LIMIT_EXCEEDED, message)
        if document:
            json.loads(document)
        return super().send(request)

    def _check_deletion(self, request: Request) -> None:
        policy = self.raw(request, "GetPolicy", request.parameters)["Policy"]
        versions = self.raw(request, "ListPolicyVersions", request.parameters)["Versions"]
        if policy["AttachmentCount"]:
            message = "Cannot delete a policy attached to entities."
            raise Refused(request.name, DELETE_CONFLICT, message)
        if len(versions) > 1:
            message = "This policy has more than one version."
            raise Refused(request.name, DELETE_CONFLICT, message)
