"""All explanations, by subject and by code."""

from __future__ import annotations

from planton.explain.annotations import ANNOTATIONS
from planton.explain.capacity import CAPACITY
from planton.explain.cautions import CAUTIONS
from planton.explain.data_sources import DATA_SOURCES
from planton.explain.envelope import ENVELOPE
from planton.explain.explanation import Explanation
from planton.explain.features import FEATURES
from planton.explain.indexes import INDEXES
from planton.explain.inputs import INPUTS
from planton.explain.keys import KEYS
from planton.explain.policy_and_kinesis import POLICY_AND_KINESIS
from planton.explain.replicas import REPLICAS
from planton.explain.schedules import SCHEDULES
from planton.explain.text import TEXT
from planton.explain.values import VALUES

SUBJECTS: dict[str, tuple[Explanation, ...]] = {
    "Keys and attributes": KEYS,
    "Indexes": INDEXES,
    "Billing and capacity": CAPACITY,
    "Scheduled capacity": SCHEDULES,
    "Streams, TTL, encryption, tags": FEATURES,
    "Resource policy and Kinesis": POLICY_AND_KINESIS,
    "Replicas in other regions": REPLICAS,
    "Import and restore": DATA_SOURCES,
    "Accepted by AWS, but likely a mistake": CAUTIONS,
    "Values": VALUES,
    "Kind, apiVersion and keys": ENVELOPE,
    "Annotations": ANNOTATIONS,
    "Input, region and rendering": INPUTS,
    "The file and its YAML": TEXT,
}
"""The explanations under each heading, in order."""

EXPLANATIONS: dict[str, Explanation] = {
    explanation.code: explanation
    for explanations in SUBJECTS.values()
    for explanation in explanations
}
"""The explanation of every code that a diagnostic can have."""
