"""What stands around the tables of Mind-Links is what its design document describes, with the decided departures."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from ddbaudit.app.dump import resource_json
from ddbaudit.ir.value import Known
from ddbaudit.model.actions import is_known_action
from ddbaudit.model.iam import Policy, Statement
from tests.estate.mind_links import ENVIRONMENTS, REPOSITORY, SCHEMAS, estate

SERVICES = sorted({f"{schema.service}-service" for schema in SCHEMAS.values()})
ITEM_ACTIONS = {"BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"}
OPERATIONS = {*ITEM_ACTIONS, "TransactWriteItems"}  # the document's list without Scan (docs/decisions/0209)
BUCKETS = {
    "contract-service": "contract-pdfs",
    "kyc-service": "kyc-documents",
    "user-service": "user-avatars",
    "content-service": "website-media",
}
each_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)


@cache
def resources(environment: str) -> list[dict[str, Any]]:
    return [resource_json(r) for r in estate(environment).resources if r.mode == "managed"]


def of_type(environment: str, type: str) -> list[dict[str, Any]]:
    return [r for r in resources(environment) if r["type"] == type]


def policy(environment: str, name: str) -> Policy | None:
    found = [p for p in estate(environment).policies if p.kind == "identity" and p.name.text == name]
    assert len(found) <= 1
    return found[0] if found else None


def statements(environment: str, name: str, prefix: str) -> list[Statement]:
    """The statements of a policy with actions of one AWS service; all of them allow, and all is known of them."""
    found = policy(environment, name)
    assert found is not None
    assert found.unknown is None
    assert {s.effect.text for s in found.statements} == {"Allow"}
    assert not any(s.actions.unknown or s.resources.unknown for s in found.statements)
    return [s for s in found.statements if all((a.text or "").startswith(prefix) for a in s.actions.items)]


def actions(statement: Statement) -> set[str]:
    return {(a.text or "").partition(":")[2] for a in statement.actions.items}


def shown(statement: Statement) -> set[str]:
    """The resources, with `${address.arn}` for what is known after apply."""
    return {item.shown for item in statement.resources.items}


def table_arn(name: str) -> str:
    return f'${{module.mind_links.module.tables.module.table["{name}"].aws_dynamodb_table.this.arn}}'


@each_environment
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reaches_its_own_tables_and_their_indexes_and_no_others(service: str, environment: str) -> None:
    own = {name: schema for name, schema in SCHEMAS.items() if f"{schema.service}-service" == service}
    granted = statements(environment, f"{service}-dynamodb-policy", "dynamodb:")
    assert shown(granted[0]) == {table_arn(name) for name in own}
    assert actions(granted[0]) == {*ITEM_ACTIONS, "ConditionCheckItem"}
    assert all(is_known_action(a.text or "") for s in granted for a in s.actions.items)
    assert all(not s.conditions for s in granted)
    indexes = {f"{table_arn(name)}/index/{index}" for name, schema in own.items() for index in schema.indexes}
    assert [(actions(s), shown(s)) for s in granted[1:]] == ([({"Query"}, indexes)] if indexes else [])


@each_environment
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_uses_the_key_through_dynamodb_only(service: str, environment: str) -> None:
    (statement,) = statements(environment, f"{service}-dynamodb-policy", "kms:")
    assert shown(statement) == {"${module.mind_links.module.tables.aws_kms_key.dynamodb.arn}"}
    (condition,) = statement.conditions
    values = [value.text for value in condition.values]
    assert (condition.operator, condition.key, values) == (
        "StringEquals",
        "kms:ViaService",
        ["dynamodb.us-east-1.amazonaws.com"],
    )


@each_environment
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_bucket_and_its_parameters(service: str, environment: str) -> None:
    bucket = BUCKETS.get(service)
    parameters = {
        f'${{module.mind_links.module.tables.aws_ssm_parameter.table_name["{name}"].arn}}'
        for name, schema in SCHEMAS.items()
        if f"{schema.service}-service" == service
    } | {"${module.mind_links.aws_ssm_parameter.redis_host.arn}"}
    if bucket is None:
        assert policy(environment, f"{service}-s3-policy") is None
    else:
        arn = f'${{module.mind_links.module.bucket["{bucket}"].aws_s3_bucket.this.arn}}'
        objects, buckets = statements(environment, f"{service}-s3-policy", "s3:")
        assert (actions(objects), shown(objects)) == ({"GetObject", "PutObject", "DeleteObject"}, {f"{arn}/*"})
        assert (actions(buckets), shown(buckets)) == ({"ListBucket"}, {arn})
        parameters.add(f'${{module.mind_links.module.bucket["{bucket}"].aws_ssm_parameter.name.arn}}')
    (statement,) = statements(environment, f"{service}-ssm-policy", "ssm:")
    assert (actions(statement), shown(statement)) == ({"GetParameter", "GetParameters"}, parameters)


@each_environment
def test_there_are_eleven_service_roles_by_the_documents_names(environment: str) -> None:
    names = {r["values"]["name"] for r in of_type(environment, "aws_iam_role")}
    assert names == {f"mindlinks-{service}-role-{environment}" for service in SERVICES} | {
        f"mindlinks-contract-service-execution-{environment}"
    }
    assert len(SERVICES) == 11


@each_environment
def test_only_what_aws_cannot_scope_is_allowed_on_everything(environment: str) -> None:
    everything = [
        a.text
        for p in estate(environment).policies
        if p.kind == "identity"
        for s in p.statements
        if any(item.text == "*" for item in s.resources.items)
        for a in s.actions.items
    ]
    assert everything == ["ecr:GetAuthorizationToken"]


@each_environment
def test_every_tables_name_is_a_parameter(environment: str) -> None:
    """The provider marks every parameter's value as sensitive: it is compared here, and shown nowhere."""
    found = {}
    for parameter in estate(environment).resources:
        if parameter.type == "aws_ssm_parameter" and parameter.name == "table_name":
            name, value = parameter.body.value("name"), parameter.body.value("value")
            assert isinstance(name, Known)
            assert isinstance(value, Known)
            found[name.data] = value.data
    assert found == {f"/mindlinks/{environment}/dynamodb/{name}": f"{environment}-{name}" for name in SCHEMAS}


@each_environment
def test_the_contract_service_runs_as_the_document_describes(environment: str) -> None:
    (task,) = of_type(environment, "aws_ecs_task_definition")
    values = task["values"]
    assert values["family"] == f"mindlinks-contract-service-{environment}"
    assert (values["cpu"], values["memory"], values["network_mode"]) == ("512", "1024", "awsvpc")
    assert values["requires_compatibilities"] == ["FARGATE"]
    container = task["symbols"]["container_definitions"]
    for part in (
        '"portMappings":[{"containerPort":3006,"protocol":"tcp"}]',
        '"command":["CMD-SHELL","curl -f http://localhost:3006/health || exit 1"]',
        '"interval":30,"retries":3,"startPeriod":60,"timeout":5',
        '"awslogs-region":"us-east-1","awslogs-stream-prefix":"ecs"',
        f'[{{"name":"AWS_REGION","value":"us-east-1"}},{{"name":"NODE_ENV","value":"{environment}"}},'
        '{"name":"SERVICE_NAME","value":"contract-service"},{"name":"SERVICE_PORT","value":"3006"}]',
    ):
        assert part in container
    secrets = dict(re.findall(r'\{"name":"(\w+)","valueFrom":"\$\{([^}]*)\}"\}', container))
    assert secrets == {
        "CONTRACT_TABLE_NAME": 'module.mind_links.module.tables.aws_ssm_parameter.table_name["contract-contracts"].arn',
        "CONTRACT_TEMPLATES_TABLE_NAME": (
            'module.mind_links.module.tables.aws_ssm_parameter.table_name["contract-templates"].arn'
        ),
        "S3_BUCKET_NAME": 'module.mind_links.module.bucket["contract-pdfs"].aws_ssm_parameter.name.arn',
        "REDIS_HOST": "module.mind_links.aws_ssm_parameter.redis_host.arn",
        "JWT_SECRET": "module.mind_links.aws_secretsmanager_secret.jwt.arn",
    }
    readable = statements(environment, "contract-service-execution-policy", "ss")
    readable += statements(environment, "contract-service-execution-policy", "secretsmanager:")
    assert {arn for s in readable for arn in shown(s)} == {f"${{{address}}}" for address in secrets.values()}


def metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    return [metric for query in alarm["metric_query"] for metric in query["metric"]]


@each_environment
@pytest.mark.parametrize("table", SCHEMAS)
def test_the_alarms_of_a_table_watch_metrics_that_exist(table: str, environment: str) -> None:
    """ThrottledRequests and SystemErrors exist by table and operation, throttle events by table and by index:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html"""
    name = f"{environment}-{table}"
    alarms = {a["values"]["alarm_name"]: a for a in of_type(environment, "aws_cloudwatch_metric_alarm")}
    by_operation = [{"TableName": name, "Operation": operation} for operation in sorted(OPERATIONS)]
    by_index = [{"TableName": name}]
    by_index += [{"TableName": name, "GlobalSecondaryIndexName": i} for i in sorted(SCHEMAS[table].indexes)]
    for kind, metric_name, dimensions, threshold in (
        ("throttling", "ThrottledRequests", by_operation, 10),
        ("read-throttling", "ReadThrottleEvents", by_index, 10),
        ("write-throttling", "WriteThrottleEvents", by_index, 10),
        ("system-errors", "SystemErrors", by_operation, 0),
    ):
        alarm = alarms[f"dynamodb-{kind}-{name}"]
        values = alarm["values"]
        assert [m["dimensions"] for m in metrics(values)] == dimensions
        assert {(m["namespace"], m["metric_name"], m["stat"], m["period"]) for m in metrics(values)} == {
            ("AWS/DynamoDB", metric_name, "Sum", 60)
        }
        assert [q["expression"] for q in values["metric_query"] if q["return_data"]] == ["SUM(METRICS())"]
        assert len(metrics(values)) <= 10
        assert (values["comparison_operator"], values["threshold"]) == ("GreaterThanThreshold", threshold)
        assert (values["evaluation_periods"], values["treat_missing_data"]) == (2, "notBreaching")
        assert alarm["symbols"]["alarm_actions[0]"] == "${module.mind_links.module.alarms.aws_sns_topic.alerts.arn}"


@each_environment
def test_the_endpoint_lets_through_what_is_ours(environment: str) -> None:
    (endpoint,) = of_type(environment, "aws_vpc_endpoint")
    assert endpoint["values"]["vpc_endpoint_type"] == "Gateway"
    assert endpoint["values"]["service_name"] == "com.amazonaws.us-east-1.dynamodb"
    assert endpoint["values"]["route_table_ids"]
    (limit,) = (p for p in estate(environment).policies if p.kind == "endpoint")
    (statement,) = limit.statements
    assert shown(statement) == {table_arn(name) for name in SCHEMAS} | {
        f"{table_arn(name)}/index/{index}" for name, schema in SCHEMAS.items() for index in schema.indexes
    }
    assert [c.key for c in statement.conditions] == ["aws:PrincipalAccount"]


def test_the_roots_differ_in_their_values_only() -> None:
    """And in the key of the state, which is commented out until there is a bucket."""
    roots = [REPOSITORY / "terraform/environments/mind-links" / environment for environment in ENVIRONMENTS]
    for file in sorted(path.name for path in roots[0].glob("*.tf")):
        texts = {(root / file).read_text().replace(f"mind-links/{root.name}.", "") for root in roots}
        assert len(texts) == 1, file
