data "aws_iam_policy_document" "ssm" {
  statement {
    sid    = "OwnParameters"
    effect = "Allow"

    actions = [
      "ssm:GetParameter",
      "ssm:GetParameters",
    ]

    resources = var.parameter_arns
  }
}

resource "aws_iam_role_policy" "ssm" {
  name   = "${var.service}-ssm-policy"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.ssm.json
}
