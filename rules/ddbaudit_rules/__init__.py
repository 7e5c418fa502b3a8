"""The rules and packs that come with ddbaudit: one file per rule, named like the rule."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from ddbaudit.sdk.rule import Rule

_RULES: Final = (
    "pitr_disabled:PitrDisabled",
    "billing_mode_not_on_demand:BillingModeNotOnDemand",
    "deletion_protection_disabled:DeletionProtectionDisabled",
    "ttl_misconfigured:TtlMisconfigured",
    "stream_misconfigured:StreamMisconfigured",
    "replica_without_stream:ReplicaWithoutStream",
    "replica_region_same:ReplicaRegionSame",
    "capacity_with_on_demand:CapacityWithOnDemand",
    "pitr_period_out_of_range:PitrPeriodOutOfRange",
    "replica_unprotected:ReplicaUnprotected",
    "provisioned_without_autoscaling:ProvisionedWithoutAutoscaling",
    "removal_not_prevented:RemovalNotPrevented",
    "replication_not_as_required:ReplicationNotAsRequired",
    "region_not_as_required:RegionNotAsRequired",
    "key_attribute_undeclared:KeyAttributeUndeclared",
    "attribute_unused:AttributeUnused",
    "attribute_type_invalid:AttributeTypeInvalid",
    "attribute_declared_twice:AttributeDeclaredTwice",
    "index_name_duplicated:IndexNameDuplicated",
    "key_attribute_repeated:KeyAttributeRepeated",
    "name_invalid:NameInvalid",
    "key_change_replaces_table:KeyChangeReplacesTable",
    "table_name_off_convention:TableNameOffConvention",
    "index_name_off_convention:IndexNameOffConvention",
    "required_tag_missing:RequiredTagMissing",
    "tag_value_wrong:TagValueWrong",
    "name_hardcodes_environment:NameHardcodesEnvironment",
    "resource_name_off_convention:ResourceNameOffConvention",
    "index_arn_missing:IndexArnMissing",
    "action_wildcard:ActionWildcard",
    "resource_wildcard:ResourceWildcard",
    "hardcoded_arn:HardcodedArn",
    "trust_too_broad:TrustTooBroad",
    "table_unreachable:TableUnreachable",
    "kms_access_missing:KmsAccessMissing",
    "administration_granted:AdministrationGranted",
    "policy_unattached:PolicyUnattached",
    "index_arn_without_table:IndexArnWithoutTable",
    "stream_arn_missing:StreamArnMissing",
    "argument_unsupported:ArgumentUnsupported",
    "argument_missing:ArgumentMissing",
    "reference_undeclared:ReferenceUndeclared",
    "value_invalid:ValueInvalid",
    "value_hardcoded:ValueHardcoded",
    "environment_unvalidated:EnvironmentUnvalidated",
    "variable_undocumented:VariableUndocumented",
    "output_missing:OutputMissing",
    "version_unpinned:VersionUnpinned",
    "variable_unused:VariableUnused",
    "argument_deprecated:ArgumentDeprecated",
    "name_shared_between_environments:NameSharedBetweenEnvironments",
    "declared_twice:DeclaredTwice",
    "too_many_gsis:TooManyGsis",
    "too_many_lsis:TooManyLsis",
    "lsi_key_invalid:LsiKeyInvalid",
    "projection_inconsistent:ProjectionInconsistent",
    "projection_too_wide:ProjectionTooWide",
    "index_redundant:IndexRedundant",
    "encryption_below_required:EncryptionBelowRequired",
    "encryption_key_ignored:EncryptionKeyIgnored",
    "kms_key_rotation_disabled:KmsKeyRotationDisabled",
    "kms_key_policy_open:KmsKeyPolicyOpen",
    "resource_policy_public:ResourcePolicyPublic",
    "bucket_public:BucketPublic",
    "bucket_unprotected:BucketUnprotected",
    "bucket_lifecycle_missing:BucketLifecycleMissing",
    "bucket_replication_missing:BucketReplicationMissing",
    "throttle_alarm_missing:ThrottleAlarmMissing",
    "table_name_duplicated:TableNameDuplicated",
    "vpc_endpoint_missing:VpcEndpointMissing",
    "table_parameter_missing:TableParameterMissing",
    "log_group_without_retention:LogGroupWithoutRetention",
    "stream_consumer_without_failure_destination:StreamConsumerWithoutFailureDestination",
    "api_method_unauthorised:ApiMethodUnauthorised",
    "secret_in_environment:SecretInEnvironment",
    "table_missing:TableMissing",
    "table_not_in_model:TableNotInModel",
    "key_schema_differs:KeySchemaDiffers",
    "index_differs:IndexDiffers",
    "ttl_differs:TtlDiffers",
    "stream_differs:StreamDiffers",
    "pattern_unservable:PatternUnservable",
    "key_attribute_not_a_key_type:KeyAttributeNotAKeyType",
    "model_contradicts_itself:ModelContradictsItself",
    "item_may_exceed_limit:ItemMayExceedLimit",
    "foreign_table_access:ForeignTableAccess",
    "pattern_not_permitted:PatternNotPermitted",
    "permission_unused:PermissionUnused",
    "index_over_projected:IndexOverProjected",
    "index_key_low_cardinality:IndexKeyLowCardinality",
    "table_missing_in_environment:TableMissingInEnvironment",
    "environment_weaker:EnvironmentWeaker",
    "environment_table_disagrees:EnvironmentTableDisagrees",
)


def rules() -> list[type[Rule[Any]]]:
    """All rules, sorted by id. A rule that cannot be imported is an error of the whole package."""
    found: list[type[Rule[Any]]] = []
    for place in _RULES:
        module, _, name = place.partition(":")
        found.append(getattr(import_module(f"{__name__}.{module}"), name))
    return sorted(found, key=lambda rule: rule.meta.id)


def documents_path() -> Traversable:
    """The folder of the data models."""
    return Path(__file__).with_name("documents")


def criteria_path() -> Traversable:
    """The folder of the documents' success criteria."""
    return Path(__file__).with_name("criteria")


def packs_path() -> Traversable:
    """The folder of the packs."""
    return Path(__file__).with_name("packs")
