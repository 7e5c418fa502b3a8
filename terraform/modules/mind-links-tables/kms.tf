data "aws_partition" "current" {}

# Hands the decision on who may use the key to IAM policies of this account. "*" is this key.
data "aws_iam_policy_document" "key" {
  statement {
    sid       = "AccountAdministration"
    effect    = "Allow"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${var.account_id}:root"]
    }
  }
}

resource "aws_kms_key" "dynamodb" {
  description             = "Encrypts the DynamoDB tables of ${var.name_prefix} in ${var.environment}."
  enable_key_rotation     = true
  rotation_period_in_days = var.key_rotation_period_in_days
  deletion_window_in_days = var.key_deletion_window_in_days
  policy                  = data.aws_iam_policy_document.key.json

  tags = merge(
    var.tags,
    {
      Service = var.shared_service
    },
  )
}

resource "aws_kms_alias" "dynamodb" {
  name          = "alias/${var.name_prefix}-dynamodb-${var.environment}"
  target_key_id = aws_kms_key.dynamodb.key_id
}
