data "aws_iam_policy_document" "application_access" {
  # A tenant is created and read by its id; nothing changes it afterwards.
  statement {
    sid    = "TenantItems"
    effect = "Allow"

    actions = [
      "dynamodb:GetItem",
      "dynamodb:PutItem",
    ]

    resources = [
      module.table["tenant"].arn,
    ]
  }

  # Users also carry updated_at, and are listed by tenant. No Scan: it would read the users of all tenants.
  statement {
    sid    = "UserItems"
    effect = "Allow"

    actions = [
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
    ]

    resources = [
      module.table["users"].arn,
    ]
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

resource "aws_iam_policy" "application_access" {
  name        = local.application_policy_name
  description = "Item access of the JobWork Planner application to its DynamoDB tables."
  policy      = data.aws_iam_policy_document.application_access.json

  tags = merge(
    local.tags,
    {
      Name = local.application_policy_name
    },
  )
}
