locals {
  table_arns     = [for table in values(module.table) : table.arn]
  all_index_arns = [for table in values(module.table) : table.all_index_arns]
}

data "aws_iam_policy_document" "lambda_access" {
  statement {
    sid    = "TableItems"
    effect = "Allow"

    actions = [
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "dynamodb:DeleteItem",
      "dynamodb:Query",
    ]

    resources = local.table_arns
  }

  statement {
    sid    = "IndexQueries"
    effect = "Allow"

    actions = [
      "dynamodb:Query",
    ]

    resources = local.all_index_arns
  }

  dynamic "statement" {
    for_each = var.allow_scan ? ["Scans"] : []

    content {
      sid    = statement.value
      effect = "Allow"

      actions = [
        "dynamodb:Scan",
      ]

      resources = concat(local.table_arns, local.all_index_arns)
    }
  }

  # With a customer managed key, the caller of DynamoDB needs the key as well.
  dynamic "statement" {
    for_each = var.encryption == "CUSTOMER_MANAGED" ? ["TableKey"] : []

    content {
      sid    = statement.value
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
        test     = "StringLike"
        variable = "kms:ViaService"
        values   = ["dynamodb.*.amazonaws.com"]
      }
    }
  }
}

resource "aws_iam_policy" "lambda_access" {
  name        = local.lambda_policy_name
  description = "Item access of the site builder's Lambda functions to its DynamoDB tables."
  policy      = data.aws_iam_policy_document.lambda_access.json

  tags = merge(
    local.tags,
    {
      Name = local.lambda_policy_name
    },
  )
}
