variable "tables" { type = list(string) }

resource "aws_iam_policy" "this" {
  name = "ledger"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "dynamodb:*"
      Resource = var.tables
    }]
  })
}

output "policy_arn" { value = aws_iam_policy.this.arn }
