"""The two multi-tenant tables of the JobWork Planner, as an AWS CDK stack."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

STRING = dynamodb.AttributeType.STRING
PARTITION_KEYS = {"tenant": "tenant_id", "users": "tenant_id"}
SORT_KEYS = {"users": "user_id"}
RECOVERY_PERIOD_IN_DAYS = 35


class DynamoDbStack(cdk.Stack):
    """The tables of one environment. Only in dev may they be removed; elsewhere they outlive the stack."""

    def __init__(self, scope: Construct, id: str, *, environment: str, owner: str, name_prefix: str) -> None:
        # Without the rule that asks for a bootstrap version: the template stands for itself.
        super().__init__(
            scope,
            id,
            description=f"DynamoDB tables of the JobWork Planner in {environment}",
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        self.destroy_allowed = environment == "dev"
        for entity in PARTITION_KEYS:
            self.add_table(entity, f"{name_prefix}-{entity}-{environment}")
        tags = {
            "Project": "JobWorkPlanner",
            "Component": "JobWorkPlanner",
            "Environment": environment,
            "ManagedBy": "CDK",
            "Owner": owner,
        }
        for key, value in tags.items():
            cdk.Tags.of(self).add(key, value)

    def add_table(self, entity: str, name: str) -> None:
        sort_key = SORT_KEYS.get(entity)
        table = dynamodb.Table(
            self,
            f"{entity.capitalize()}Table",
            table_name=name,
            partition_key=dynamodb.Attribute(name=PARTITION_KEYS[entity], type=STRING),
            sort_key=dynamodb.Attribute(name=sort_key, type=STRING) if sort_key else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True,
                recovery_period_in_days=RECOVERY_PERIOD_IN_DAYS,
            ),
            deletion_protection=not self.destroy_allowed,
            removal_policy=cdk.RemovalPolicy.DESTROY if self.destroy_allowed else cdk.RemovalPolicy.RETAIN,
        )
        cdk.Tags.of(table).add("Name", name)
        # A name of its own: the generated ones end in a hash of the path.
        resource = table.node.default_child
        assert isinstance(resource, dynamodb.CfnTable)
        resource.override_logical_id(f"{entity.capitalize()}Table")
        for suffix, value in (("Name", table.table_name), ("ARN", table.table_arn)):
            output = cdk.CfnOutput(
                self, f"{entity}{suffix}", value=value, description=f"{suffix} of the {entity} table"
            )
            output.override_logical_id(f"{entity.capitalize()}Table{suffix}")
