# What a plan shows otherwise than the configuration says it.

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true

  default_tags {
    tags = { Owner = "storage", Stage = "test" }
  }
}

variable "expiry" {
  type    = string
  default = "expires"
}
variable "nothing" {
  type    = string
  default = null
}
variable "class" {
  type    = string
  default = "STANDARD"
}

# TTL is configured and off: the plan drops the name of the attribute.
resource "aws_dynamodb_table" "ttl_constant" {
  name         = "bodies-ttl-constant"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = null
  table_class  = "STANDARD"

  attribute {
    name = "pk"
    type = "S"
  }
  ttl {
    attribute_name = "expires"
  }
  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_dynamodb_table" "ttl_variable" {
  name         = "bodies-ttl-variable"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = var.nothing
  table_class  = var.class

  attribute {
    name = "pk"
    type = "S"
  }
  ttl {
    attribute_name = var.expiry
  }
  point_in_time_recovery {
    enabled = false
  }
}

# No billing_mode: the plan shows the provider's default.
resource "aws_dynamodb_table" "defaults" {
  name           = "bodies-defaults"
  hash_key       = "pk"
  read_capacity  = 1
  write_capacity = 1
  tags           = { Stage = "own" }

  attribute {
    name = "pk"
    type = "S"
  }
}

# The plan shows two of the three attributes, and the indexes in another order.
resource "aws_dynamodb_table" "sets" {
  name         = "bodies-sets"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"

  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "sk"
    type = "S"
  }
  attribute {
    name = "pk"
    type = "N"
  }
  global_secondary_index {
    name            = "by-sk"
    hash_key        = "sk"
    projection_type = "ALL"
  }
  global_secondary_index {
    name               = "by-pk"
    hash_key           = "pk"
    range_key          = "sk"
    projection_type    = "INCLUDE"
    non_key_attributes = ["a", "b"]
  }
  point_in_time_recovery {
    enabled = true
  }
}

# A dynamic block says an attribute twice, which the plan does not show.
resource "aws_dynamodb_table" "twice" {
  name         = "bodies-twice"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"

  dynamic "attribute" {
    for_each = ["pk", "pk"]
    content {
      name = attribute.value
      type = "S"
    }
  }
  dynamic "ttl" {
    for_each = [true]
    content {
      attribute_name = "expires"
    }
  }
  point_in_time_recovery {
    enabled = true
  }
}

# A static index, and one that is generated.
resource "aws_dynamodb_table" "mixed" {
  name         = "bodies-mixed"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"

  dynamic "attribute" {
    for_each = toset(["pk", "sk"])
    content {
      name = attribute.value
      type = "S"
    }
  }
  global_secondary_index {
    name            = "static"
    hash_key        = "sk"
    projection_type = "ALL"
  }
  dynamic "global_secondary_index" {
    for_each = toset(["made"])
    content {
      name            = global_secondary_index.value
      hash_key        = "sk"
      range_key       = "pk"
      projection_type = "KEYS_ONLY"
    }
  }
  point_in_time_recovery {
    enabled = true
  }
}
