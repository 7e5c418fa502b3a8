data "aws_partition" "current" {}

locals {
  tags = merge(
    var.tags,
    {
      Service = var.service
    },
  )
}

# ECS may hand the role to tasks of this account and Region only (the confused deputy problem).
data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "EcsTasks"
    effect  = "Allow"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:ecs:${var.region}:${var.account_id}:*"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = "${var.name_prefix}-${var.service}-role-${var.environment}"
  description        = "What the ${var.service} may do in ${var.environment}."
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = local.tags
}
