"""Programs run under Pulumi's runtime on the emulated AWS."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.program.records import Message, Options, Refusal, Rehearsal, Resource
from planton.rehearsal.program.runner import PROGRAM, find_program, rehearse
from planton.rehearsal.provider.property_errors import UnknownProperty, UnknownResource
from planton.rehearsal.provider.provider import AwsProvider
from planton.rehearsal.provider.resource import ResourceState
from tests.rehearsal.existing_table import INDEX, INSIGHTS, TABLE

Program = Callable[..., Rehearsal]

PREFIX = "urn:pulumi:rehearsal::aws-dynamodb-module::"
PROVIDER_URN = f"{PREFIX}pulumi:providers:aws::classic-provider"
TABLE_URN = f"{PREFIX}{TABLE}::orders"

HEAD = """
import os
import pulumi
import pulumi_aws as aws
from pulumi import Output, ResourceOptions, export
from pulumi_aws import dynamodb

KEYS = dict(hash_key="pk", billing_mode="PAY_PER_REQUEST",
            attributes=[dynamodb.TableAttributeArgs(name="pk", type="S")])

def provider(**inputs):
    return aws.Provider("classic-provider", **{"region": "eu-west-1", **inputs})

def table(opts=None, **inputs):
    return dynamodb.Table("orders", opts=opts, **{"name": "orders", **KEYS, **inputs})
"""


@pytest.fixture
def run(tmp_path: Path) -> Program:
    """Rehearses a program given as text, which begins with HEAD."""

    def run(text: str, environment: dict[str, str] | None = None, **more: Any) -> Rehearsal:
        program = tmp_path / "program.py"
        program.write_text(HEAD + textwrap.dedent(text))
        return rehearse(environment or {}, program=program, **more)

    return run


def registered(result: Rehearsal, type_: str) -> Resource:
    (resource,) = [resource for resource in result.resources if resource.type == type_]
    return resource


def states(result: Rehearsal) -> dict[str, str]:
    return {resource.name: resource.state for resource in result.resources}


def test_a_table_is_registered_created_and_exported(run: Program) -> None:
    result = run(
        """
        orders = table(ResourceOptions(provider=provider(allowed_account_ids=["111122223333"])))
        export("table_arn", orders.arn)
        export("reads", orders.read_capacity)
        export("stream_arn", orders.stream_arn)
        """
    )
    arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
    assert repr(result.outputs) == repr({"reads": 0, "stream_arn": "", "table_arn": arn})
    assert (result.region, result.account_id) == ("eu-west-1", "111122223333")
    assert (result.error, result.refusals, result.assumed_region) == (None, (), False)
    assert [call.operation for call in result.calls] == [
        "CreateTable",
        "DescribeTable",
        "DescribeContinuousBackups",
        "DescribeTimeToLive",
        "ListTagsOfResource",
    ]
    provider, table = result.resources
    assert provider == Resource(
        type="pulumi:providers:aws",
        name="classic-provider",
        urn=PROVIDER_URN,
        id="classic-provider",
        state="created",
        inputs=provider.inputs,
        options=Options(),
        outputs=provider.inputs,
    )
    inputs = {
        "attributes": [{"name": "pk", "type": "S"}],
        "billingMode": "PAY_PER_REQUEST",
        "hashKey": "pk",
        "name": "orders",
    }
    assert table == Resource(
        type=TABLE,
        name="orders",
        urn=TABLE_URN,
        id="orders",
        state="created",
        inputs=inputs,
        options=Options(provider=PROVIDER_URN),
        outputs=table.outputs,
    )
    assert table.outputs["arn"] == arn


def test_resource_options_are_recorded(run: Program) -> None:
    result = run(
        """
        at = provider()
        orders = table(ResourceOptions(
            provider=at, protect=True, ignore_changes=["read_capacity", "ttl.attributeName"],
            replace_on_changes=["tags"], retain_on_delete=True,
            custom_timeouts=pulumi.CustomTimeouts(update="6h")))
        dynamodb.GlobalSecondaryIndex("orders-by-pk", table_name="orders", index_name="by-pk",
            key_schemas=[dynamodb.GlobalSecondaryIndexKeySchemaArgs(
                attribute_name="pk", attribute_type="S", key_type="HASH")],
            projection=dynamodb.GlobalSecondaryIndexProjectionArgs(projection_type="ALL"),
            opts=ResourceOptions(provider=at, depends_on=[orders], deleted_with=orders,
                                 delete_before_replace=True))
        """
    )
    assert registered(result, TABLE).options == Options(
        provider=PROVIDER_URN,
        protect=True,
        ignore_changes=("readCapacity", "ttl.attributeName"),
        replace_on_changes=("tags",),
        retain_on_delete=True,
        custom_timeouts={"update": "6h"},
    )
    assert registered(result, INDEX).options == Options(
        provider=PROVIDER_URN,
        depends_on=(TABLE_URN,),
        deleted_with=TABLE_URN,
        delete_before_replace=True,
    )


def test_a_component_and_its_children_are_registered(run: Program) -> None:
    result = run(
        """
        class Guard(pulumi.ComponentResource):
            def __init__(self, name):
                super().__init__("planton:dynamodb:Guard", name, {"keys": ["pk"], "n": 1})
                self.register_outputs({})
        at = provider()
        table(ResourceOptions(provider=at, parent=Guard("parent")))
        guard = Guard("guard")
        dynamodb.Table("gated", name=guard.urn.apply(lambda _: "gated"),
                       opts=ResourceOptions(provider=at), **KEYS)
        """
    )
    resources = {resource.name: resource for resource in result.resources}
    guard, parent = resources["guard"], resources["parent"]
    assert (guard.id, guard.state, guard.inputs) == (None, "created", {"keys": ["pk"], "n": 1})
    assert resources["orders"].urn == f"{PREFIX}planton:dynamodb:Guard${TABLE}::orders"
    assert resources["orders"].options.parent == parent.urn
    assert (resources["gated"].id, resources["gated"].options.parent) == ("gated", None)


REFUSED = """
at = ResourceOptions(provider=provider())
orders = table(at, hash_key="nowhere")
other = dynamodb.Table("other", name="other", opts=at, **KEYS)
dynamodb.ContributorInsights("by-output", table_name=orders.name, opts=at)
dynamodb.ContributorInsights("by-dependency", table_name="other",
    opts=ResourceOptions(provider=at.provider, depends_on=[orders]))
dynamodb.ContributorInsights("of-other", table_name=other.name, opts=at)
export("arn", orders.arn)
export("name", Output.concat("table ", orders.name))
export("other", other.name)
"""


def test_only_the_dependents_of_a_refused_resource_are_skipped(
    run: Program,
) -> None:
    result = run(REFUSED)
    assert states(result) == {
        "classic-provider": "created",
        "orders": "refused",
        "other": "created",
        "by-output": "not reached",
        "by-dependency": "not reached",
        "of-other": "created",
    }
    assert result.outputs == {"other": "other"}
    (refusal,) = result.refusals
    assert refusal == Refusal(
        type=TABLE,
        name="orders",
        by="dynamodb CreateTable",
        code="ValidationException",
        message=refusal.message,
    )
    assert "Keys: [nowhere]" in refusal.message
    assert result.error == (
        "aws:dynamodb/table:Table 'orders': dynamodb CreateTable: ValidationException: "
        + refusal.message
    )
    orders = next(r for r in result.resources if r.name == "orders")
    assert (orders.id, orders.outputs) == (None, {})
    assert [call.operation for call in result.calls if call.outcome == "refused"] == ["CreateTable"]


def test_every_refusal_is_reported(run: Program) -> None:
    result = run(
        """
        at = ResourceOptions(provider=provider())
        table(at, billing_mode="ON_DEMAND")
        dynamodb.Table("other", name="other", table_class="COLD", opts=at, **KEYS)
        """
    )
    assert result.error is not None
    first, second = result.error.splitlines()
    assert first.startswith("aws:dynamodb/table:Table 'orders': dynamodb CreateTable: ")
    assert "at 'BillingMode'" in first
    assert second.startswith("aws:dynamodb/table:Table 'other': dynamodb CreateTable: ")
    assert "'COLD' at 'TableClass'" in second


def test_a_partly_created_table_is_shown_as_it_was_planned(run: Program) -> None:
    result = run(
        """
        table(ResourceOptions(provider=provider()),
              ttl=dynamodb.TableTtlArgs(enabled=True, attribute_name=""))
        """
    )
    orders = registered(result, TABLE)
    assert (orders.state, orders.id) == ("refused", "orders")
    assert orders.outputs["ttl"] == {"enabled": True, "attributeName": ""}
    assert "arn" not in orders.outputs


def test_a_different_account_stops_everything(run: Program) -> None:
    result = run(
        """
        table(ResourceOptions(provider=provider(allowed_account_ids=["111122223333"])))
        """,
        account_id="999988887777",
    )
    assert states(result) == {"classic-provider": "refused", "orders": "not reached"}
    assert result.error == (
        "pulumi:providers:aws 'classic-provider': provider: AccountNotAllowed: "
        "AWS account ID not allowed: 999988887777"
    )
    assert (result.calls, result.account_id) == ((), "999988887777")


def test_a_run_error_is_reported_as_the_error(run: Program) -> None:
    result = run(
        """
        pulumi.log.warn("first")
        raise pulumi.RunError("hack/manifest.yaml:3:1: error: no")
        """
    )
    assert result.error == "hack/manifest.yaml:3:1: error: no"
    assert (result.resources, result.calls, result.outputs) == ((), (), {})
    assert result.messages == (Message("warning", "first"),)


def test_a_run_error_after_a_refusal_is_listed_after_it(run: Program) -> None:
    result = run(
        """
        table(ResourceOptions(provider=provider()), hash_key="nowhere")
        raise pulumi.RunError("and no more")
        """
    )
    assert result.error is not None
    assert result.error.splitlines()[-1] == "and no more"
    assert len(result.error.splitlines()) == 2


def test_any_other_exception_is_raised(run: Program) -> None:
    with pytest.raises(ZeroDivisionError):
        run("table(ResourceOptions(provider=provider())); 1 / 0")


def test_an_exception_in_an_apply_is_raised(run: Program) -> None:
    with pytest.raises(ZeroDivisionError):
        run(
            """
            orders = table(ResourceOptions(provider=provider()))
            export("broken", orders.name.apply(lambda _: 1 / 0))
            """
        )


def test_an_error_about_an_input_that_is_not_emulated_is_raised(run: Program) -> None:
    with pytest.raises(UnknownProperty, match=r"Table\.replicas\[0\]\.arn: not emulated"):
        run(
            """
            table(ResourceOptions(provider=provider()),
                  replicas=[dynamodb.TableReplicaArgs(region_name="eu-central-1", arn="arn:x")])
            """
        )


def test_an_error_about_a_misspelled_key_in_a_dictionary_is_raised(run: Program) -> None:
    with pytest.raises(UnknownProperty, match=r"Table\.ttl\.atributeName: not emulated"):
        run("""table(ResourceOptions(provider=provider()), ttl={"atributeName": "x"})""")


def test_a_table_can_be_looked_up(run: Program) -> None:
    result = run(
        """
        region = provider(region="eu-west-1")
        orders = table(ResourceOptions(provider=region))
        found = dynamodb.get_table_output(
            name=orders.name, opts=pulumi.InvokeOptions(provider=region)
        )
        export("arn", found.arn)
        """
    )
    assert (result.error, result.assumed_region) == (None, False)
    assert result.outputs == {"arn": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"}


def test_a_lookup_of_a_missing_table_ends_the_program(run: Program) -> None:
    result = run(
        """
        region = provider(region="eu-west-1")
        dynamodb.get_table(name="nothing", opts=pulumi.InvokeOptions(provider=region))
        """
    )
    assert result.error == (
        "invoke of aws:dynamodb/getTable:getTable failed: reading Dynamodb Table (nothing):"
        " couldn't find resource"
    )


def test_a_lookup_can_use_another_region(run: Program) -> None:
    result = run(
        """
        region = provider(region="eu-west-1")
        orders = table(ResourceOptions(provider=region), region="eu-west-2")
        found = dynamodb.get_table_output(
            name=orders.name, region="eu-west-2", opts=pulumi.InvokeOptions(provider=region)
        )
        export("region", found.region)
        """
    )
    assert (result.error, result.outputs) == (None, {"region": "eu-west-2"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "aws.sqs.Queue('q', opts=ResourceOptions(provider=provider()))",
            r"^aws:sqs/.*not emulated",
        ),
        ("pulumi.StackReference('x')", "StackReference"),
        ("pulumi.ComponentResource('a:b:C', 'c', {}, remote=True)", "^a:b:C: not emulated$"),
        ("dynamodb.Table.get('orders', 'orders')", "reading a resource is not emulated"),
        ("aws.get_caller_identity()", "getCallerIdentity: not emulated"),
    ],
)
def test_an_error_about_a_type_that_is_not_emulated_is_raised(
    run: Program, text: str, message: str
) -> None:
    with pytest.raises(UnknownResource, match=message):
        run(text)


def test_an_import_finds_nothing(run: Program) -> None:
    result = run("table(ResourceOptions(provider=provider(), import_='orders'))")
    assert registered(result, TABLE).options.import_id == "orders"
    assert result.error is not None
    assert "resource 'orders' does not exist" in result.error


def test_two_resources_with_one_name_are_refused(run: Program) -> None:
    result = run("table(); table()", {"AWS_REGION": "eu-west-1"})
    assert result.error == (f"Duplicate resource URN '{TABLE_URN}'; try giving it a unique name")


def test_the_log_messages_of_the_program_are_collected(run: Program) -> None:
    result = run(
        """
        pulumi.log.debug("fine")
        pulumi.info("info")
        pulumi.warn("warn", table(ResourceOptions(provider=provider())))
        pulumi.error("error")
        """
    )
    assert sorted(result.messages, key=lambda message: message.text) == [
        Message("error", "error"),
        Message("info", "info"),
        Message("warning", "warn"),
    ]
    assert result.error is None


def test_configuration_reaches_the_program_and_the_default_provider(run: Program) -> None:
    result = run(
        """
        export("greeting", pulumi.Config().require("greeting"))
        export("project", f"{pulumi.get_project()}/{pulumi.get_stack()}")
        table()
        """,
        config={
            "p:greeting": "hello",
            "aws:region": "ap-south-1",
            "aws:allowedAccountIds": '["111122223333"]',
        },
        project="p",
        stack="s",
    )
    assert result.outputs == {"greeting": "hello", "project": "p/s"}
    arn = "arn:aws:dynamodb:ap-south-1:111122223333:table/orders"
    assert registered(result, TABLE).outputs["arn"] == arn
    assert registered(result, TABLE).urn == f"urn:pulumi:s::p::{TABLE}::orders"
    assert result.assumed_region is False


def test_a_missing_region_is_assumed_and_reported(run: Program) -> None:
    for text in ("table()", "table(ResourceOptions(provider=provider(region=None)))"):
        result = run(text)
        assert (result.region, result.assumed_region) == ("us-east-1", True)
        assert run(text, region="eu-north-1").region == "eu-north-1"
        assert run(text, {"AWS_REGION": "sa-east-1"}).assumed_region is False
    in_region = run("""table(region="eu-west-1")""")
    assert in_region.assumed_region is False


NEEDS_A_REGION = """
region = os.environ.get("AWS_REGION") or pulumi.Config("aws").get("region")
problems = ["no region"] if not region else []
problems += os.environ.get("PROBLEMS", "").split()
if problems:
    raise pulumi.RunError(", ".join(problems))
table(ResourceOptions(provider=provider(region=region)))
"""


def test_a_program_that_stops_without_a_region_gets_one(run: Program) -> None:
    result = run(NEEDS_A_REGION)
    assert (result.error, result.region, result.assumed_region) == (None, "us-east-1", True)
    assert registered(result, TABLE).state == "created"


def test_other_errors_are_reported_without_a_region(run: Program) -> None:
    result = run(NEEDS_A_REGION, {"PROBLEMS": "bad"})
    assert (result.error, result.assumed_region) == ("bad", True)


def test_a_program_that_stops_anyway_gets_no_region(run: Program) -> None:
    result = run("raise pulumi.RunError('no')")
    assert (result.error, result.assumed_region) == ("no", False)


@pytest.mark.parametrize("more", [{"config": {"aws:region": "eu-west-1"}}, {}])
def test_a_program_that_has_a_region_runs_once(
    run: Program, more: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    environment = {} if more else {"AWS_DEFAULT_REGION": "eu-west-1"}
    run("print('ran'); raise pulumi.RunError('no')", environment, **more)
    assert capfd.readouterr().out == "ran\n"


SECRET = """
at = provider(access_key="AKIAVERYSECRET", secret_key="key-very-secret", token="key-very-secret-2")
orders = table(ResourceOptions(provider=at),
    name=Output.secret("orders-hush").apply(lambda name: name),
    tags={"plain": "shown", "hidden": Output.secret("hush-hush"), "about": "key-very-secret."},
    ttl=dynamodb.TableTtlArgs(enabled=Output.secret(True), attribute_name="exp"))
pulumi.warn("the keys are key-very-secret and key-very-secret-2")
export("arn", orders.arn)
export("hidden", Output.secret({"a": 1}))
export("wrapped", {"a": Output.secret("x"), "b": 5.0})
export("listed", Output.secret(["listed-hush"]))
export("about", "listed-hush is a secret")
"""


def test_secrets_are_used_and_never_shown(run: Program) -> None:
    result = run(SECRET)
    assert result.error is None
    provider, orders = result.resources
    assert {name: provider.inputs[name] for name in ("accessKey", "secretKey", "token")} == {
        "accessKey": "[secret]",
        "secretKey": "[secret]",
        "token": "[secret]",
    }
    assert (orders.id, orders.inputs["name"]) == ("[secret]", "[secret]")
    tags = {"plain": "shown", "hidden": "[secret]", "about": "[secret]."}
    assert orders.inputs["tags"] == orders.outputs["tags"] == tags
    assert orders.inputs["ttl"] == {"enabled": "[secret]", "attributeName": "exp"}
    assert orders.outputs["ttl"]["enabled"] is True
    assert result.calls[0].parameters["TableName"] == "[secret]"
    assert result.messages == (Message("warning", "the keys are [secret] and [secret]"),)
    arn = result.outputs["arn"]
    assert arn == "arn:aws:dynamodb:eu-west-1:123456789012:table/[secret]"
    assert result.outputs["hidden"] == "[secret]"
    assert result.outputs["wrapped"] in ({"a": "[secret]", "b": 5}, "[secret]")
    assert result.outputs["about"] == "[secret] is a secret"
    for secret in ("AKIAVERYSECRET", "key-very-secret", "hush"):
        assert secret not in repr(result)


def test_a_refusal_does_not_show_a_secret(run: Program) -> None:
    result = run(
        """
        table(ResourceOptions(provider=provider()), billing_mode=Output.secret("BILLING-HUSH"))
        """
    )
    assert "BILLING-HUSH" not in repr(result)
    assert result.error is not None
    assert "Value '[secret]' at 'BillingMode'" in result.error


def test_a_run_error_does_not_show_a_secret(run: Program) -> None:
    result = run(
        """
        orders = table(ResourceOptions(provider=provider(secret_key="key-very-secret")))
        def stop(name): raise pulumi.RunError("key-very-secret is wrong")
        export("name", orders.name.apply(stop))
        """
    )
    assert result.error == "[secret] is wrong"


def test_one_program_gives_equal_rehearsals_in_one_process(run: Program) -> None:
    assert run(REFUSED) == run(REFUSED)


def test_resources_are_created_one_by_one_in_their_order(
    run: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, log = AwsProvider.create, []

    def slow(self: AwsProvider, type_: str, inputs: Json) -> ResourceState:
        log.append(f"{inputs['name']} begins")
        time.sleep(0.05)
        log.append(f"{inputs['name']} ends")
        return create(self, type_, inputs)

    monkeypatch.setattr(AwsProvider, "create", slow)
    run(
        """
        at = ResourceOptions(provider=provider())
        for name in ("one", "two", "three"):
            dynamodb.Table(name, name=name, opts=at, **KEYS)
        """
    )
    assert log == [f"{name} {what}" for name in ("one", "two", "three") for what in ENDS]


ENDS = ("begins", "ends")


def test_no_thread_is_left_after_an_error(run: Program, caplog: pytest.LogCaptureFixture) -> None:
    run("table(ResourceOptions(provider=provider()))")  # what stays for good is there now
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        run(
            """
            orders = table(ResourceOptions(provider=provider()))
            export("broken", orders.name.apply(lambda _: 1 / 0))
            dynamodb.Table("after", name=orders.stream_arn, **KEYS)
            """
        )
    gc.collect()
    assert threading.active_count() == before
    assert caplog.records == []


def test_the_current_stack_of_pulumi_is_no_obstacle(run: Program) -> None:
    class Mocks(pulumi.runtime.Mocks):
        def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
            raise NotImplementedError

        def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> Any:
            return args.name, args.inputs

    def under_mocks() -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            pulumi.runtime.set_mocks(Mocks())
            loop.run_until_complete(asyncio.sleep(0.1))
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
            asyncio.set_event_loop(None)
        assert pulumi.runtime.get_root_resource() is not None
        assert run("table(ResourceOptions(provider=provider()))").error is None

    contextvars.copy_context().run(under_mocks)


def test_the_environment_is_as_requested_and_restored_afterwards(
    run: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "STACK_INPUT_YAML",
        "STACK_INPUT_YAML_FILE",
        "AWS_REGION",
        "AWS_PROFILE",
        "PULUMI_CONFIG",
        "MOTO_ACCOUNT_ID",
        "KEPT",
    ):
        monkeypatch.setenv(name, "{}")
    before, path, arguments = dict(os.environ), list(sys.path), list(sys.argv)
    result = run(
        """
        import sys
        export("names", sorted(name for name in os.environ
                               if name.startswith(("STACK", "AWS", "PULUMI", "MOTO", "KEPT"))))
        export("input", os.environ["STACK_INPUT_YAML"])
        export("arguments", [os.path.basename(argument) for argument in sys.argv])
        export("first", sys.path[0] == os.path.dirname(__file__))
        export("main", __name__)
        os.environ["LEFT"] = "behind"
        sys.path.append("left behind")
        """,
        {"STACK_INPUT_YAML": "text"},
    )
    assert result.outputs == {
        "names": ["KEPT", "STACK_INPUT_YAML"],
        "input": "text",
        "arguments": ["program.py"],
        "first": True,
        "main": "__main__",
    }
    assert (dict(os.environ), sys.path, sys.argv) == (before, path, arguments)


def test_the_state_of_pulumi_is_restored(run: Program) -> None:
    run("table(ResourceOptions(provider=provider()))", config={"p:x": "y"})
    assert pulumi.runtime.get_root_resource() is None
    assert pulumi.runtime.settings.get_monitor() is None
    assert pulumi.Config("p").get("x") is None


def test_a_missing_program_is_reported(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no program to rehearse"):
        rehearse({}, program=tmp_path / "nowhere.py")


def test_the_program_of_an_installed_package_is_among_its_data(tmp_path: Path) -> None:
    assert find_program(PROGRAM.parent / "planton") == PROGRAM
    installed = find_program(tmp_path / "planton")
    assert installed.parts[-3:] == ("share", "aws-dynamodb-module", "__main__.py")


def test_a_function_without_a_region_assumes_one(run: Program) -> None:
    result = run(
        """
        orders = dynamodb.Table("orders", name="orders", region="us-east-1", **KEYS)
        export("arn", dynamodb.get_table_output(name=orders.name).arn)
        """
    )
    assert (result.error, result.region, result.assumed_region) == (None, "us-east-1", True)


def test_the_program_is_the_one_that_pulumi_runs() -> None:
    assert PROGRAM.name == "__main__.py"
    assert (PROGRAM.parent / "Pulumi.yaml").is_file()


def test_the_real_program_creates_the_demo_table() -> None:
    manifest = PROGRAM.parent / "hack" / "manifest.yaml"
    result = rehearse({"STACK_INPUT_YAML_FILE": str(manifest)})
    assert result.error is None
    orders = registered(result, TABLE)
    assert (orders.name, orders.state) == ("orders", "created")
    assert result.outputs["table_name"] == "orders"
    assert INSIGHTS not in {resource.type for resource in result.resources}


def test_the_real_program_refuses_a_bad_manifest_before_any_resource() -> None:
    result = rehearse({"STACK_INPUT_YAML": "kind: AwsDynamodb\n"}, region="us-east-1")
    assert result.resources == ()
    assert result.error is not None
    assert "error" in result.error
    assert "Traceback" not in result.error
