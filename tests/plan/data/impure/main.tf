# What no plan shows: a dynamic block whose for_each is unknown although it refers to nothing unknown.

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

resource "aws_dynamodb_table" "clock" {
  name         = "clock"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"

  attribute {
    name = "pk"
    type = "S"
  }

  dynamic "point_in_time_recovery" {
    for_each = timestamp() == "never" ? [] : [true]
    content {
      enabled = true
    }
  }
}
