"""The shipped provider schema: what it says, that all of it can be read, and that it is what Terraform says today."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ddbaudit.ir.schema import (
    META_ARGUMENTS,
    META_BLOCKS,
    MISSING,
    SCHEMA_VERSION,
    AttributeSchema,
    BlockSchema,
    Mode,
    NestedBlock,
    default_collection,
    defaults_recorded,
    known_types,
    provider_default,
    provider_schema,
    resource_schema,
)
from ddbaudit.ir.types import from_schema
from tests.oracle import terraform

PROJECT = Path(__file__).parents[2]
SCRIPTS = PROJECT / "scripts"
DATA = PROJECT / "src" / "ddbaudit" / "ir" / "data"
TYPES_OF_THE_DOCUMENTS = (
    "aws_dynamodb_table", "aws_dynamodb_table_item", "aws_dynamodb_resource_policy", "aws_iam_role",
    "aws_iam_policy", "aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_user",
    "aws_iam_group", "aws_iam_instance_profile", "aws_kms_key", "aws_kms_alias", "aws_lambda_function",
    "aws_lambda_event_source_mapping", "aws_lambda_permission", "aws_cloudwatch_log_group",
    "aws_cloudwatch_metric_alarm", "aws_cloudwatch_dashboard", "aws_sns_topic",
    "aws_sns_topic_subscription", "aws_sqs_queue", "aws_s3_bucket", "aws_s3_bucket_versioning",
    "aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_replication_configuration", "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_policy", "aws_s3_bucket_logging", "aws_s3_bucket_notification", "aws_ssm_parameter",
    "aws_appautoscaling_target", "aws_appautoscaling_policy", "aws_vpc", "aws_vpc_endpoint",
    "aws_route_table", "aws_ecs_cluster", "aws_ecs_service", "aws_ecs_task_definition",
    "aws_api_gateway_rest_api", "aws_api_gateway_resource", "aws_api_gateway_method",
    "aws_api_gateway_integration", "aws_api_gateway_stage", "aws_api_gateway_deployment",
    "aws_api_gateway_authorizer", "aws_cognito_user_pool", "aws_cognito_user_pool_client",
)  # fmt: skip
MODES: tuple[Mode, ...] = ("managed", "data")


def _managed(type_name: str) -> BlockSchema:
    schema = resource_schema("managed", type_name)
    assert schema is not None
    return schema


def _script(name: str) -> ModuleType:
    """A module from `scripts`, which is no package."""
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def _blocks(block: BlockSchema, seen: set[int]) -> Iterator[NestedBlock]:
    if id(block) in seen:  # equal blocks are shared; the statements of a web ACL would take for ever otherwise
        return
    seen.add(id(block))
    for nested in block.blocks.values():
        yield nested
        yield from _blocks(nested.block, seen)


def _attributes(block: BlockSchema) -> Iterator[AttributeSchema]:
    yield from block.attributes.values()
    for nested in _blocks(block, set()):
        yield from nested.block.attributes.values()


class TestTable:
    table = _managed("aws_dynamodb_table")

    def test_name_is_required_and_a_string(self) -> None:
        name = self.table.attributes["name"]
        assert (name.required, name.optional, name.computed, name.type) == (True, False, False, "string")

    def test_computed_only_attributes_cannot_be_set(self) -> None:
        assert not self.table.attributes["arn"].configurable
        assert self.table.attributes["billing_mode"].configurable

    def test_optional_and_computed(self) -> None:
        stream = self.table.attributes["stream_view_type"]
        assert stream.optional
        assert stream.computed

    def test_gsi_is_a_set_of_any_number_with_required_arguments(self) -> None:
        index = self.table.blocks["global_secondary_index"]
        assert (index.nesting, index.min_items, index.max_items) == ("set", 0, 0)
        required = {name for name, attribute in index.block.attributes.items() if attribute.required}
        assert required == {"name", "hash_key", "projection_type"}
        assert index.block.attributes["non_key_attributes"].type == ("set", "string")

    def test_single_blocks_have_a_limit(self) -> None:
        for name in ("ttl", "point_in_time_recovery", "server_side_encryption", "import_table"):
            assert self.table.blocks[name].max_items == 1, name

    def test_encryption_takes_an_arn_not_an_id(self) -> None:
        encryption = self.table.blocks["server_side_encryption"].block
        assert "kms_key_arn" in encryption.attributes
        assert "kms_key_id" not in encryption.attributes

    def test_there_is_no_stream_specification(self) -> None:
        assert "stream_specification" not in self.table.blocks
        assert "stream_specification" not in self.table.attributes

    def test_exactly_three_blocks_are_computed_when_omitted(self) -> None:
        computed = {name for name, nested in self.table.blocks.items() if nested.computed}
        assert computed == {"point_in_time_recovery", "server_side_encryption", "ttl"}

    def test_tags_are_a_map(self) -> None:
        assert self.table.attributes["tags"].type == ("map", "string")
        assert self.table.attributes["tags_all"].computed

    def test_timeouts_are_a_single_block(self) -> None:
        assert self.table.blocks["timeouts"].nesting == "single"


class TestFlags:
    def test_deprecated_attribute(self) -> None:
        assert _managed("aws_iam_role").attributes["managed_policy_arns"].deprecated
        assert not _managed("aws_iam_role").attributes["name"].deprecated

    def test_deprecated_block(self) -> None:
        bucket = _managed("aws_s3_bucket")
        assert bucket.attributes["acl"].deprecated
        assert _managed("aws_iam_role").blocks["inline_policy"].deprecated
        assert not _managed("aws_dynamodb_table").blocks["ttl"].deprecated

    def test_sensitive_attribute(self) -> None:
        assert _managed("aws_ssm_parameter").attributes["value"].sensitive
        assert not _managed("aws_ssm_parameter").attributes["name"].sensitive

    def test_write_only_attribute(self) -> None:
        assert _managed("aws_ssm_parameter").attributes["value_wo"].write_only

    def test_attributes_that_are_also_read_from_blocks(self) -> None:
        assert _managed("aws_security_group").attributes["ingress"].accepts_blocks
        assert not _managed("aws_security_group").attributes["tags"].accepts_blocks
        assert not _managed("aws_security_group").attributes["name"].accepts_blocks


class TestTypes:
    def test_object_types_are_frozen_with_their_names_sorted(self) -> None:
        type_: Any = _managed("aws_security_group").attributes["ingress"].type
        kind, (element, members) = type_
        assert (kind, element) == ("set", "object")
        names = [name for name, _ in members]
        assert names == sorted(names)
        assert dict(members)["cidr_blocks"] == ("list", "string")

    def test_every_type_is_one_of_terraforms(self) -> None:
        for mode in MODES:
            for name in known_types(mode):
                schema = resource_schema(mode, name)
                assert schema is not None
                for attribute in _attributes(schema):
                    from_schema(attribute.type)
                    hash(attribute.type)


class TestLookup:
    def test_an_unknown_type_has_no_schema(self) -> None:
        assert resource_schema("managed", "aws_dynamo_table") is None
        assert resource_schema("managed", "google_storage_bucket") is None
        assert resource_schema("data", "aws_iam_role_policy_attachment") is None

    def test_modes_are_told_apart(self) -> None:
        managed, data = _managed("aws_dynamodb_table"), resource_schema("data", "aws_dynamodb_table")
        assert data is not None
        assert data.attributes["hash_key"].computed
        assert not data.attributes["hash_key"].optional
        assert managed.attributes["hash_key"].optional

    def test_a_schema_knows_what_it_is_of(self) -> None:
        schema = resource_schema("data", "aws_iam_policy_document")
        assert schema is not None
        assert (schema.mode, schema.type_name) == ("data", "aws_iam_policy_document")
        assert schema.blocks["statement"].block.blocks["principals"].nesting == "set"

    def test_the_types_built_into_terraform(self) -> None:
        assert _managed("terraform_data").attributes["input"].type == "dynamic"
        assert resource_schema("data", "terraform_remote_state") is not None

    def test_shared_blocks_are_found_at_any_depth(self) -> None:
        statement = _managed("aws_wafv2_web_acl").blocks["rule"].block.blocks["statement"].block
        nested = statement.blocks["not_statement"].block.blocks["statement"].block.blocks["geo_match_statement"]
        assert nested.block.attributes["country_codes"].required

    def test_looking_up_twice_decodes_once(self) -> None:
        assert resource_schema("managed", "aws_kms_key") is resource_schema("managed", "aws_kms_key")

    @pytest.mark.parametrize("mode", MODES)
    def test_all_types_decode(self, mode: Mode) -> None:
        assert len(known_types(mode)) > 500
        for name in known_types(mode):
            schema = resource_schema(mode, name)
            assert schema is not None
            for nested in _blocks(schema, set()):
                assert nested.nesting in ("list", "set", "single", "map", "group"), (name, nested.name)
                assert nested.max_items == 0 or nested.min_items <= nested.max_items, (name, nested.name)

    def test_provider_arguments(self) -> None:
        provider = provider_schema()
        assert provider.attributes["region"].optional
        assert provider.blocks["default_tags"].block.attributes["tags"].type == ("map", "string")

    def test_meta_arguments_are_in_no_schema(self) -> None:
        table = _managed("aws_dynamodb_table")
        assert not META_ARGUMENTS["managed"] & table.attributes.keys()
        assert not META_BLOCKS["managed"] & table.blocks.keys()
        assert META_BLOCKS["data"] < META_BLOCKS["managed"]


class TestDefaults:
    @pytest.mark.parametrize(
        ("type_name", "path", "expected"),
        [
            ("aws_dynamodb_table", "billing_mode", "PROVISIONED"),
            ("aws_dynamodb_table", "ttl.enabled", False),
            ("aws_dynamodb_table", "replica.point_in_time_recovery", False),
            ("aws_dynamodb_table", "global_secondary_index.range_key", ""),
            ("aws_iam_role", "max_session_duration", 3600),
            ("aws_iam_role", "force_detach_policies", False),
            ("aws_iam_role", "path", "/"),
            ("aws_iam_policy", "path", "/"),
            ("aws_kms_key", "enable_key_rotation", False),
            ("aws_kms_key", "is_enabled", True),
            ("aws_kms_key", "customer_master_key_spec", "SYMMETRIC_DEFAULT"),
            ("aws_lambda_function", "timeout", 3),
            ("aws_lambda_function", "package_type", "Zip"),
            ("aws_cloudwatch_log_group", "retention_in_days", 0),
            ("aws_cloudwatch_metric_alarm", "actions_enabled", True),
            ("aws_s3_bucket", "force_destroy", False),
            ("aws_s3_bucket_public_access_block", "block_public_acls", False),
            ("aws_vpc_endpoint", "vpc_endpoint_type", "Gateway"),
            ("aws_sqs_queue", "message_retention_seconds", 345600),
        ],
    )
    def test_what_a_plan_fills_in(self, type_name: str, path: str, expected: object) -> None:
        found = provider_default("managed", type_name, tuple(path.split(".")))
        assert (type(found), found) == (type(expected), expected)

    @pytest.mark.parametrize(
        ("type_name", "path"),
        [
            ("aws_dynamodb_table", "deletion_protection_enabled"),  # null: off, but not shown
            ("aws_dynamodb_table", "stream_view_type"),  # unknown
            ("aws_dynamodb_table", "tags_all"),  # from the provider's default_tags
            ("aws_dynamodb_table", "id"),
            ("aws_dynamodb_table", "no_such_argument"),
            ("aws_no_such_type", "name"),
        ],
    )
    def test_no_default(self, type_name: str, path: str) -> None:
        assert provider_default("managed", type_name, tuple(path.split("."))) is MISSING

    def test_collections_stand_apart(self) -> None:
        path = ("global_secondary_index", "non_key_attributes")
        assert default_collection("managed", "aws_dynamodb_table", path) == []
        assert provider_default("managed", "aws_dynamodb_table", path) is MISSING
        assert default_collection("managed", "aws_dynamodb_table", ("billing_mode",)) is None

    def test_data_sources_have_none(self) -> None:
        assert provider_default("data", "aws_iam_policy_document", ("version",)) is MISSING
        assert not defaults_recorded("data", "aws_iam_policy_document")

    def test_missing_is_not_null(self) -> None:
        assert MISSING is not None

    def test_what_was_recorded(self) -> None:
        assert defaults_recorded("managed", "aws_dynamodb_table")
        assert defaults_recorded("managed", "aws_dynamodb_table", ("replica",))
        assert not defaults_recorded("managed", "aws_no_such_type")

    def test_every_recorded_path_is_in_the_schema(self) -> None:
        recorded = json.loads((DATA / "defaults.json").read_text())
        for type_name, defaults in recorded["managed"].items():
            for path in defaults:
                *outer, last = path.split(".")
                block = _managed(type_name)
                for name in outer:
                    block = block.blocks[name].block
                assert last in block.attributes, (type_name, path)
        for type_name, paths in recorded["computed_blocks"].items():
            for path in paths:
                block = _managed(type_name)
                *outer, last = path.split(".")
                for name in outer:
                    block = block.blocks[name].block
                assert block.blocks[last].computed, (type_name, path)

    @pytest.mark.parametrize("type_name", TYPES_OF_THE_DOCUMENTS)
    def test_the_types_of_the_documents_were_planned(self, type_name: str) -> None:
        assert defaults_recorded("managed", type_name)


class TestFiles:
    def test_both_are_of_the_version_that_the_module_names(self) -> None:
        for name in ("aws.json", "defaults.json"):
            document = json.loads((DATA / name).read_text())
            assert (document["format"], document["version"]) == (1, SCHEMA_VERSION), name

    def test_the_schema_stays_small(self) -> None:
        assert (DATA / "aws.json").stat().st_size < 1_500_000

    def test_nested_attributes_and_sharing_survive_the_way_there_and_back(self) -> None:
        """No attribute of this version of the provider has a nested type; later ones do."""
        refresh = _script("refresh_schema")
        leaf = {"attributes": {name: {"type": "string", "optional": True} for name in ("first", "second")}}
        nested = {"nesting_mode": "list", "attributes": {"inner": {"type": "number", "required": True}}}
        block: dict[str, Any] = {
            "attributes": {"outer": {"nested_type": nested, "optional": True, "deprecated": True}},
            "block_types": {
                "one": {"nesting_mode": "list", "max_items": 1, "block": leaf},
                "two": {"nesting_mode": "set", "min_items": 1, "block": leaf},
            },
        }
        schemas = {
            "hashicorp/aws": {
                "provider": {"block": {}},
                "resource_schemas": {"aws_thing": {"block": block}},
                "data_source_schemas": {},
            },
            "builtin/terraform": {"resource_schemas": {}, "data_source_schemas": {}},
        }
        document = refresh.compact(schemas, "1.2.3")
        assert document["managed"]["aws_thing"]["a"]["outer"] == [
            {"nesting": "list", "a": {"inner": ["number", "r"]}},
            "od",
        ]
        one, two = (document["managed"]["aws_thing"]["b"][name] for name in ("one", "two"))
        assert one[3] == two[3]
        assert document["shared"][one[3]] == {"a": {"first": ["string", "o"], "second": ["string", "o"]}}
        assert json.loads(refresh.render(document)) == document


@pytest.mark.terraform
class TestAgainstTerraform:
    @pytest.fixture(autouse=True)
    def _terraform(self) -> None:
        if not terraform.available():
            pytest.skip("needs terraform and the AWS provider: `terraform init` does not work here")

    @pytest.mark.parametrize(
        "command",
        [
            ["refresh_schema.py", "--check"],
            [
                "refresh_defaults.py",
                "--check",
                "--only",
                "aws_(dynamodb_table|iam_role|kms_key|lambda_function)",
            ],
        ],
        ids=lambda command: str(command[0]),
    )
    def test_files_are_fresh(self, command: list[str]) -> None:
        done = subprocess.run(
            [sys.executable, str(SCRIPTS / command[0]), *command[1:]],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
