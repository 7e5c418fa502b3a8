variable "name" { type = string }
variable "key" { type = string }

resource "aws_dynamodb_table" "this" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"

  attribute {
    name = "pk"
    type = "S"
  }

  dynamic "point_in_time_recovery" {
    for_each = var.key == "none" ? [] : [true]
    content {
      enabled = true
    }
  }
}
