"""CloudWatch alarms over their whole life."""

from __future__ import annotations

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.alarms import MetricAlarm, alarm_request, find
from planton.rehearsal.provider.resource import ResourceState
from planton.rehearsal.provider.session import Session, tag_list


class AlarmLifecycle(MetricAlarm):
    replaced_by = frozenset({"name", "region"})

    def read(self, session: Session, id_: str, _state: Json) -> Json | None:
        return self.outputs(session, id_) if find(session, id_) else None

    def update(self, session: Session, id_: str, state: Json, inputs: Json) -> ResourceState:
        self._update_tags(session, state, session.all_tags(inputs))
        if alarm_request(inputs) != alarm_request(state):
            session.cloudwatch("PutMetricAlarm", **alarm_request(inputs))
        return ResourceState(id_, self.outputs(session, id_))

    def delete(self, session: Session, id_: str, _state: Json) -> None:
        session.cloudwatch("DeleteAlarms", AlarmNames=[id_])

    def _update_tags(self, session: Session, state: Json, new: dict[str, str]) -> None:
        arn, old = state["arn"], state.get("tagsAll", {})
        if removed := sorted(old.keys() - new.keys()):
            session.cloudwatch("UntagResource", ResourceARN=arn, TagKeys=removed)
        if changed := {key: value for key, value in new.items() if old.get(key) != value}:
            session.cloudwatch("TagResource", ResourceARN=arn, Tags=tag_list(changed))
