variable "name" { type = string }
variable "tags" { type = map(string) }

resource "aws_dynamodb_table" "this" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  tags         = var.tags

  attribute {
    name = "pk"
    type = "S"
  }
}

output "arn" { value = aws_dynamodb_table.this.arn }
