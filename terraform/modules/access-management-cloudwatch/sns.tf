locals {
  # critical: somebody should act now. warning: somebody should look today.
  topics = {
    for severity in ["critical", "warning"] : severity => "${local.name_prefix}-sns-alerts-${severity}"
  }

  subscriptions = merge([
    for severity, addresses in var.alert_email_addresses : {
      for address in addresses : "${severity} ${address}" => {
        severity = severity
        address  = address
      }
    }
  ]...)
}

data "aws_partition" "current" {}

# The AWS managed key aws/sns has a policy that lets no CloudWatch alarm in: messages would be lost.
data "aws_iam_policy_document" "alerts_key" {
  statement {
    sid       = "AccountDelegatesToIam"
    effect    = "Allow"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${var.account_id}:root"]
    }
  }

  statement {
    sid       = "AlarmsPublish"
    effect    = "Allow"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_kms_key" "alerts" {
  description             = "Encrypts the alerts of access management."
  policy                  = data.aws_iam_policy_document.alerts_key.json
  enable_key_rotation     = true
  deletion_window_in_days = 30

  tags = merge(
    local.common_tags,
    {
      Name = "${local.name_prefix}-sns-alerts"
    },
  )
}

resource "aws_kms_alias" "alerts" {
  name          = "alias/${local.name_prefix}-sns-alerts"
  target_key_id = aws_kms_key.alerts.key_id
}

resource "aws_sns_topic" "alerts" {
  for_each = local.topics

  name              = each.value
  kms_master_key_id = aws_kms_key.alerts.arn

  tags = merge(
    local.common_tags,
    {
      Name = each.value
    },
  )
}

data "aws_iam_policy_document" "alerts" {
  for_each = local.topics

  statement {
    sid       = "AlarmsPublish"
    effect    = "Allow"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alerts[each.key].arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:cloudwatch:${var.region}:${var.account_id}:alarm:${local.name_prefix}-*"]
    }
  }

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alerts[each.key].arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_policy" "alerts" {
  for_each = local.topics

  arn    = aws_sns_topic.alerts[each.key].arn
  policy = data.aws_iam_policy_document.alerts[each.key].json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = local.subscriptions

  topic_arn = aws_sns_topic.alerts[each.value.severity].arn
  protocol  = "email"
  endpoint  = each.value.address
}
