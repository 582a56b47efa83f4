"""IAM policies and attachments over their whole life.

A changed document is a new version of the policy, of which IAM keeps five: the oldest that is not
in use goes first (policy.go, policyPruneVersions). Neither an attachment nor a policy's name, path
or description can change.
"""

from __future__ import annotations

from planton.rehearsal.aws.iam import NO_SUCH_ENTITY
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.access import AccessPolicy, Attachment, normalized
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session, tag_list
from tests.emulated.provider.lifecycle import ignoring

MAX_VERSIONS = 5


class AccessPolicyLifecycle(AccessPolicy):
    replaced_by = frozenset({"name", "path", "description"})

    def read(self, session: Session, id_: str, _state: Json) -> Json | None:
        with ignoring(NO_SUCH_ENTITY):
            return self.outputs(session, id_)
        return None

    def update(self, session: Session, id_: str, state: Json, inputs: Json) -> ResourceState:
        self._update_tags(session, id_, state.get("tagsAll", {}), session.all_tags(inputs))
        document = normalized(inputs["policy"])
        if document != normalized(state["policy"]):
            versions = self._versions(session, id_)
            if len(versions) == MAX_VERSIONS:
                oldest = min(
                    (one for one in versions if not one["IsDefaultVersion"]),
                    key=lambda one: int(one["VersionId"][1:]),
                )
                self._delete_version(session, id_, oldest)
            session.iam(
                "CreatePolicyVersion", PolicyArn=id_, PolicyDocument=document, SetAsDefault=True
            )
        return ResourceState(id_, self.outputs(session, id_))

    def delete(self, session: Session, id_: str, _state: Json) -> None:
        with ignoring(NO_SUCH_ENTITY):
            for version in self._versions(session, id_):
                if not version["IsDefaultVersion"]:
                    self._delete_version(session, id_, version)
            session.iam("DeletePolicy", PolicyArn=id_)

    @staticmethod
    def _versions(session: Session, arn: str) -> list[Json]:
        found: list[Json] = session.iam("ListPolicyVersions", PolicyArn=arn)["Versions"]
        return found

    @staticmethod
    def _delete_version(session: Session, arn: str, version: Json) -> None:
        session.iam("DeletePolicyVersion", PolicyArn=arn, VersionId=version["VersionId"])

    @staticmethod
    def _update_tags(
        session: Session, arn: str, before: dict[str, str], after: dict[str, str]
    ) -> None:
        if removed := sorted(before.keys() - after.keys()):
            session.iam("UntagPolicy", PolicyArn=arn, TagKeys=removed)
        if changed := {key: one for key, one in after.items() if before.get(key) != one}:
            session.iam("TagPolicy", PolicyArn=arn, Tags=tag_list(changed))


class AttachmentLifecycle(Attachment):
    replaced_by = frozenset({"role", "policyArn"})

    def read(self, session: Session, id_: str, _state: Json) -> Json | None:
        role, _, arn = id_.partition("/")
        with ignoring(NO_SUCH_ENTITY):
            found = session.iam("ListAttachedRolePolicies", RoleName=role)["AttachedPolicies"]
            if any(one["PolicyArn"] == arn for one in found):
                return {"role": role, "policyArn": arn}
        return None

    def update(
        self, _session: Session, _id: str, _state: Json, _inputs: Json
    ) -> ResourceState:  # pragma: no cover
        raise AssertionError("every change of an attachment replaces it")

    def delete(self, session: Session, _id: str, state: Json) -> None:
        with ignoring(NO_SUCH_ENTITY):
            session.iam("DetachRolePolicy", RoleName=state["role"], PolicyArn=state["policyArn"])
