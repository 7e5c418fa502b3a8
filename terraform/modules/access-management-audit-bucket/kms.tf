data "aws_partition" "current" {}

# Access to the key is given by IAM policies of the account, to the archiving service and to replication.
data "aws_iam_policy_document" "key" {
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
}

resource "aws_kms_key" "this" {
  description             = "Encrypts the objects of ${var.name}."
  policy                  = data.aws_iam_policy_document.key.json
  enable_key_rotation     = true
  deletion_window_in_days = 30

  tags = merge(
    local.common_tags,
    {
      Name = var.name
    },
  )
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}
