"""Synthesises one stack per environment. `python app.py` needs neither the CDK command line nor the network."""

from __future__ import annotations

import aws_cdk as cdk
from dynamodb_stack import DynamoDbStack

OWNERS = {"dev": "DevTeam", "sit": "QATeam", "prod": "OpsTeam"}

app = cdk.App(analytics_reporting=False)
name_prefix = app.node.try_get_context("name_prefix") or "jobwork-planner"
for environment, owner in OWNERS.items():
    DynamoDbStack(app, f"jobwork-planner-{environment}", environment=environment, owner=owner, name_prefix=name_prefix)
app.synth()
