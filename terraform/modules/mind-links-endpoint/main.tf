# Every principal is meant: which of the account's principals may do what is said by their own policies.
data "aws_iam_policy_document" "this" {
  statement {
    sid       = "OwnTables"
    effect    = "Allow"
    actions   = var.actions
    resources = concat(var.table_arns, var.index_arns)

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id            = var.vpc_id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.region}.dynamodb"
  route_table_ids   = var.route_table_ids
  policy            = data.aws_iam_policy_document.this.json

  tags = merge(
    var.tags,
    {
      Name    = "${var.name_prefix}-dynamodb-${var.environment}"
      Service = var.shared_service
    },
  )
}
