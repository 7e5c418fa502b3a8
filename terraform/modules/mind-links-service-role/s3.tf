data "aws_iam_policy_document" "s3" {
  count = length(var.bucket_arns) > 0 ? 1 : 0

  statement {
    sid    = "Objects"
    effect = "Allow"

    actions = [
      "s3:DeleteObject",
      "s3:GetObject",
      "s3:PutObject",
    ]

    resources = [for arn in var.bucket_arns : "${arn}/*"]
  }

  statement {
    sid       = "Buckets"
    effect    = "Allow"
    actions   = ["s3:ListBucket"]
    resources = var.bucket_arns
  }
}

resource "aws_iam_role_policy" "s3" {
  count = length(var.bucket_arns) > 0 ? 1 : 0

  name   = "${var.service}-s3-policy"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.s3[0].json
}
