"""What a plan or a state says, in the terms of evaluation: changes of resource instances, variables, configuration.

The plan frontend makes these from plan JSON, a binary plan or state JSON. The HCL frontend takes from them what the
source alone cannot say, the model shows their changes to rules.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.foundation.source import Span, StructuredFile
from ddbaudit.ir.instance import Mode
from ddbaudit.ir.value import Value

Kind = Literal["plan", "state"]
PlanMode = Literal["normal", "destroy", "refresh-only"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does to one resource instance, or that it leaves it as it is.

    `actions` as in plan JSON: `("no-op",)`, `("create",)`, `("update",)`, `("delete",)`, `("delete", "create")`,
    `("create", "delete")`, `("read",)`, `("forget",)`. `before` and `after` are objects of all attributes and nested
    blocks, typed by the provider's schema, or Absent where there is none; what is known only after apply is Unknown
    inside `after`, what the plan or the schema marks sensitive is marked in both. `replace_paths` are the attributes
    that force a replacement; `previous_address` is set for what `moved` blocks moved. `place` is the place in the plan,
    or the header of the block where the source is at hand. In a state, every resource is a `no-op`.
    """

    address: str
    module: str
    mode: Mode
    type: str
    name: str
    key: str | int | None
    actions: tuple[str, ...]
    before: Value
    after: Value
    place: Span
    reason: str = ""
    replace_paths: tuple[tuple[str | int, ...], ...] = ()
    previous_address: str | None = None
    deposed: str | None = None

    @property
    def declaration(self) -> str:
        """The address without any instance key of its own, as in `ResourceInstance.declaration`."""
        own = f"{'data.' if self.mode == 'data' else ''}{self.type}.{self.name}"
        return f"{self.module}.{own}" if self.module else own

    @property
    def remains(self) -> bool:
        """Whether the instance exists after apply."""
        return self.actions not in (("delete",), ("forget",)) and self.deposed is None


@dataclass(frozen=True, slots=True)
class ConfiguredExpression:
    """An expression of the configuration as plan JSON tells it: its value when it is a constant, else its references
    (`var.env`, `aws_kms_key.k.arn`, …), which say nothing of how they are used."""

    constant: Value | None = None
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfiguredBody:
    """The arguments and static nested blocks of a block. `dynamic` blocks do not appear in plan JSON at all."""

    arguments: Mapping[str, ConfiguredExpression] = field(default_factory=dict)
    blocks: Mapping[str, tuple[ConfiguredBody, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConfiguredResource:
    """A `resource` or `data` block of the configuration. `module` is the path of module calls without instance keys
    (`module.a.module.b`, empty for the root); `provider` the key into `Configuration.providers`."""

    module: str
    mode: Mode
    type: str
    name: str
    provider: str
    body: ConfiguredBody
    count: ConfiguredExpression | None = None
    for_each: ConfiguredExpression | None = None

    @property
    def declaration(self) -> str:
        own = f"{'data.' if self.mode == 'data' else ''}{self.type}.{self.name}"
        return f"{self.module}.{own}" if self.module else own


@dataclass(frozen=True, slots=True)
class ConfiguredCall:
    """A `module` block. `module` is the path of the calling module, `path` that of the called one."""

    module: str
    name: str
    source: str
    arguments: Mapping[str, ConfiguredExpression] = field(default_factory=dict)
    count: ConfiguredExpression | None = None
    for_each: ConfiguredExpression | None = None

    @property
    def path(self) -> str:
        return f"{self.module}.module.{self.name}" if self.module else f"module.{self.name}"


@dataclass(frozen=True, slots=True)
class Configuration:
    """The `configuration` of plan JSON. Providers by key (`aws`, `aws.replica`, `module.a:aws`), outputs by the path of
    their module, as in `ConfiguredResource.module`, and their name."""

    resources: tuple[ConfiguredResource, ...] = ()
    calls: tuple[ConfiguredCall, ...] = ()
    providers: Mapping[str, ConfiguredBody] = field(default_factory=dict)
    outputs: Mapping[tuple[str, str], ConfiguredExpression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The configuration that a binary plan carries: the files of every module, and where the modules lay.

    `directories` gives for each module key (`""` for the root, `a.b` for `module.a.module.b`) its directory relative to
    the one in which the plan was made; `files` the bytes of each file by `<directory>/<name>`, normalised. `manifest`
    gives the source address of each module key. `lock` is the dependency lock file, when the plan has one.
    """

    directories: Mapping[str, str]
    files: Mapping[str, bytes]
    manifest: Mapping[str, str] = field(default_factory=dict)
    lock: bytes | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan or state that was read completely.

    `complete` is None where the Terraform version does not say. `configuration` is None for binary plans and states;
    `snapshot` is set for binary plans. `targets` are the addresses of `-target`, where the plan tells them; `deferred`
    the addresses whose change was put off. `data` are the data sources that were read before planning (actions
    `("read",)`, `after` known). `workspace` is known for binary plans. `relevant` are the attributes of resources that
    something in the configuration refers to, as (address, path). `total` counts all instances that remain, also
    those whose values were not kept because no rule reads their type.
    """

    file: StructuredFile
    kind: Kind
    format_version: str
    terraform_version: str
    changes: tuple[Change, ...]
    mode: PlanMode = "normal"
    timestamp: str = ""
    complete: bool | None = None
    errored: bool = False
    variables: Mapping[str, Value] = field(default_factory=dict)
    data: tuple[Change, ...] = ()
    targets: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    relevant: tuple[tuple[str, tuple[str | int, ...]], ...] = ()
    configuration: Configuration | None = None
    snapshot: Snapshot | None = None
    workspace: str | None = None
    total: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def path(self) -> str:
        return self.file.path


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in which a plan and the source at hand disagree: `address` names whose, `detail` what; `place` is in
    the source, None where the source has nothing of the kind. No sensitive value is ever part of it."""

    address: str
    detail: str
    place: Span | None = None


class PlanError(Exception):
    """The input is no plan that can be judged; `diagnostic` says why and what to do (exit 3)."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.detail)
        self.diagnostic = diagnostic


KEPT_ALWAYS = frozenset({"tags", "tags_all"})
"""The attributes kept for types that no rule reads otherwise."""


def keeps_all(type_: str, mode: Mode = "managed") -> bool:
    """Whether any attribute of a type may be read; of other types only `KEPT_ALWAYS` is kept.

    Rules read the types of AWS below. What the source takes over from a plan may be any attribute of a data source or
    of a managed resource of another provider (`random_id`, `time_static`): of these an expression sees the value, of
    AWS resources a symbol.
    """
    if mode == "data" or not type_.startswith("aws_"):
        return True
    return type_.startswith(_READ) or type_ in _READ_ALONE


_READ = (
    "aws_dynamodb_",
    "aws_iam_",
    "aws_kms_",
    "aws_appautoscaling_",
    "aws_cloudwatch_metric_alarm",
    "aws_lambda_",
    "aws_ecs_task_definition",
    "aws_s3_bucket_policy",
    "aws_sns_topic_policy",
    "aws_sqs_queue_policy",
    "aws_vpc_endpoint",
    "aws_ssoadmin_",
    "aws_s3_bucket",
    "aws_sns_topic",
    "aws_sqs_queue",
    "aws_region",
    "aws_caller_identity",
    "aws_partition",
    "aws_backup_",
)

# As they are called: what begins like them is large, or holds secrets that no rule needs.
_READ_ALONE = frozenset(
    {
        "aws_api_gateway_method",
        "aws_apigatewayv2_route",
        "aws_cloudwatch_log_group",
        "aws_s3_account_public_access_block",
        "aws_secretsmanager_secret",
        "aws_ssm_parameter",
    }
)
