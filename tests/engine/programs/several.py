"""One program with several tables; their manifests are a YAML list in the environment."""

import os

import yaml

from planton.plan.planner import make_plan
from planton.reading.stack_input import StackInput
from planton.resources import guard, provider, stack
from planton.resources.own_state import read_own_state
from tests.loading import load

manifests = yaml.safe_load(os.environ["STACK_INPUT_YAML"])
names = [one["metadata"]["name"] for one in manifests]
state = read_own_state()
for number, one in enumerate(manifests):
    loaded = load(yaml.safe_dump(one), filename="manifest")
    suffix = f"-{number}" if number else ""
    stack.create(
        StackInput(loaded.manifest, (), "us-east-1"),
        make_plan(loaded.manifest),
        state=state,
        siblings=names,
        guard_name=guard.LOGICAL_NAME + suffix,
        provider_name=provider.LOGICAL_NAME + suffix,
    )
