"""aws:iam/policy:Policy and rolePolicyAttachment:RolePolicyAttachment."""

from __future__ import annotations

import json

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import TEXT, TEXT_MAP, block
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session, tag_list, tag_map


class AccessPolicy:
    """Its id is its ARN. IAM has no regions."""

    type = "aws:iam/policy:Policy"
    inputs = block(
        "policy",
        name=TEXT,
        path=TEXT,
        description=TEXT,
        policy=TEXT,
        tags=TEXT_MAP,
    )

    def create(self, session: Session, inputs: Json) -> ResourceState:
        request: Json = {
            "PolicyName": inputs["name"],
            "Path": inputs.get("path", "/"),
            "Description": inputs.get("description", ""),
            "PolicyDocument": normalized(inputs["policy"]),
        }
        if tags := session.all_tags(inputs):
            request["Tags"] = tag_list(tags)
        arn = session.iam("CreatePolicy", **request)["Policy"]["Arn"]
        return ResourceState(arn, self.outputs(session, arn))

    def outputs(self, session: Session, arn: str) -> Json:
        """Raises Refused."""
        policy = session.iam("GetPolicy", PolicyArn=arn)["Policy"]
        version = policy["DefaultVersionId"]
        found = session.iam("GetPolicyVersion", PolicyArn=arn, VersionId=version)
        return {
            "arn": arn,
            "attachmentCount": policy["AttachmentCount"],
            "description": policy.get("Description", ""),
            "name": policy["PolicyName"],
            "namePrefix": "",
            "path": policy["Path"],
            # botocore has decoded the document.
            "policy": normalized(json.dumps(found["PolicyVersion"]["Document"])),
            "policyId": policy["PolicyId"],
            **session.tag_outputs(tag_map(policy.get("Tags", []))),
        }


def normalized(document: str) -> str:
    """The document as the provider sends and keeps it: without white space, keys sorted."""
    return json.dumps(json.loads(document), separators=(",", ":"), sort_keys=True)


class Attachment:
    """Its id is the role's name and the policy's ARN."""

    type = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    inputs = block("role policyArn", role=TEXT, policyArn=TEXT)

    def create(self, session: Session, inputs: Json) -> ResourceState:
        role, arn = inputs["role"], inputs["policyArn"]
        session.iam("AttachRolePolicy", RoleName=role, PolicyArn=arn)
        session.iam("ListAttachedRolePolicies", RoleName=role)
        return ResourceState(f"{role}/{arn}", {"role": role, "policyArn": arn})
