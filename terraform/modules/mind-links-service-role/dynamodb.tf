locals {
  table_arns = [for table in values(var.tables) : table.arn]
  index_arns = flatten([for table in values(var.tables) : table.index_arns])
}

data "aws_iam_policy_document" "dynamodb" {
  # A transaction authorises through the actions of its parts; a condition check is the only one of its own.
  statement {
    sid    = "TableItems"
    effect = "Allow"

    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:BatchWriteItem",
      "dynamodb:ConditionCheckItem",
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
    ]

    resources = local.table_arns
  }

  dynamic "statement" {
    for_each = length(local.index_arns) > 0 ? ["IndexQueries"] : []

    content {
      sid       = statement.value
      effect    = "Allow"
      actions   = ["dynamodb:Query"]
      resources = local.index_arns
    }
  }

  dynamic "statement" {
    for_each = var.allow_scan ? ["Scans"] : []

    content {
      sid       = statement.value
      effect    = "Allow"
      actions   = ["dynamodb:Scan"]
      resources = concat(local.table_arns, local.index_arns)
    }
  }

  # With a customer managed key, the caller of DynamoDB needs the key as well; through DynamoDB only.
  statement {
    sid    = "TableKey"
    effect = "Allow"

    actions = [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ]

    resources = [var.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${var.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "dynamodb" {
  name   = "${var.service}-dynamodb-policy"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.dynamodb.json
}
