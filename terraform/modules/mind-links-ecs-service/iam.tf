data "aws_partition" "current" {}

locals {
  # 111122223333.dkr.ecr.us-east-1.amazonaws.com/repository:tag
  image = regex("^(?P<account>[0-9]{12})\\.dkr\\.ecr\\.(?P<region>[a-z0-9-]+)\\.[^/]+/(?P<repository>[^:@]+)[:@]", var.image)

  repository_arn = join(":", [
    "arn",
    data.aws_partition.current.partition,
    "ecr",
    local.image.region,
    local.image.account,
    "repository/${local.image.repository}",
  ])
}

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

# ECS itself takes this role, to start a task: it pulls the image, reads the secrets and opens the log stream.
resource "aws_iam_role" "execution" {
  name               = "${var.name_prefix}-${var.service}-execution-${var.environment}"
  description        = "What ECS needs to start the ${var.service} in ${var.environment}."
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = local.tags
}

data "aws_iam_policy_document" "execution" {
  # This action has no resource to be scoped to.
  statement {
    sid       = "RegistryLogin"
    effect    = "Allow"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid    = "Image"
    effect = "Allow"

    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:GetDownloadUrlForLayer",
    ]

    resources = [local.repository_arn]
  }

  statement {
    sid    = "Logs"
    effect = "Allow"

    actions = [
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ]

    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  dynamic "statement" {
    for_each = length(var.parameters) > 0 ? ["Parameters"] : []

    content {
      sid       = statement.value
      effect    = "Allow"
      actions   = ["ssm:GetParameters"]
      resources = values(var.parameters)
    }
  }

  dynamic "statement" {
    for_each = length(var.secrets) > 0 ? ["Secrets"] : []

    content {
      sid       = statement.value
      effect    = "Allow"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = values(var.secrets)
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "${var.service}-execution-policy"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}
