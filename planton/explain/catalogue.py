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
    "Capacity at known times": SCHEDULES,
    "Streams, expiry, encryption, tags": FEATURES,
    "Resource policy, Kinesis": POLICY_AND_KINESIS,
    "Replicas in other regions": REPLICAS,
    "What a new table begins with": DATA_SOURCES,
    "What AWS accepts and people regret": CAUTIONS,
    "Values": VALUES,
    "The frame of a manifest": ENVELOPE,
    "Annotations": ANNOTATIONS,
    "The input, and what stands beside the manifest": INPUTS,
    "The file and its YAML": TEXT,
}
"""A title, and the codes under it."""

EXPLANATIONS: dict[str, Explanation] = {
    explanation.code: explanation
    for explanations in SUBJECTS.values()
    for explanation in explanations
}
"""What is said about each code that a diagnostic can have."""
