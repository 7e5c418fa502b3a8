"""ddbaudit: the policy and design-conformance gate for DynamoDB on Terraform."""

__version__ = "0.1.0"
