data "aws_iam_policy_document" "lambda_access" {
  # Transactions authorise through these same actions; a condition check is the only one of its own.
  statement {
    sid    = "TableItems"
    effect = "Allow"

    actions = [
      "dynamodb:GetItem",
      "dynamodb:BatchGetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "dynamodb:DeleteItem",
      "dynamodb:BatchWriteItem",
      "dynamodb:ConditionCheckItem",
      "dynamodb:Query",
    ]

    resources = [
      aws_dynamodb_table.access_management.arn,
    ]
  }

  statement {
    sid    = "IndexQueries"
    effect = "Allow"

    actions = [
      "dynamodb:Query",
    ]

    resources = [
      "${aws_dynamodb_table.access_management.arn}/index/*",
    ]
  }

  dynamic "statement" {
    for_each = var.allow_scan ? ["Scans"] : []

    content {
      sid    = statement.value
      effect = "Allow"

      actions = [
        "dynamodb:Scan",
      ]

      resources = [
        aws_dynamodb_table.access_management.arn,
        "${aws_dynamodb_table.access_management.arn}/index/*",
      ]
    }
  }
}

resource "aws_iam_policy" "lambda_access" {
  name        = local.lambda_policy_name
  description = "Item access of the access management Lambda functions to their DynamoDB table."
  policy      = data.aws_iam_policy_document.lambda_access.json

  tags = merge(
    local.common_tags,
    {
      Name = local.lambda_policy_name
    },
  )
}
