# Every key is new, so that its ARN is unknown, and nothing refers to it but the `for_each` of a dynamic block: in a
# table here, or in module.table. How the reference gets there differs, and each key is named after it.

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

locals {
  kept    = { inner = [{ arn = aws_kms_key.local.arn }] }
  repeats = { only = aws_kms_key.each_of_resource.arn }
  calls   = { only = { arn = aws_kms_key.each_of_call_over_local.arn } }
}

resource "aws_kms_key" "direct" {}
resource "aws_kms_key" "local" {}
resource "aws_kms_key" "splat" { count = 1 }
resource "aws_kms_key" "argument" {}
resource "aws_kms_key" "argument_of_argument" {}
resource "aws_kms_key" "each_of_resource" {}
resource "aws_kms_key" "each_of_call" {}
resource "aws_kms_key" "each_of_call_over_local" {}
resource "aws_kms_key" "data" {}
resource "aws_kms_key" "unused" {}

module "output" {
  source   = "./keys"
  for_each = toset(["only"])
}

data "aws_iam_policy_document" "of_key" {
  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.data.arn]
  }
}

resource "aws_dynamodb_table" "direct" {
  name         = "inflow-direct"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"

  attribute {
    name = "pk"
    type = "S"
  }

  dynamic "point_in_time_recovery" {
    for_each = aws_kms_key.direct.arn == "none" ? [] : [true]
    content {
      enabled = true
    }
  }
  dynamic "ttl" {
    for_each = local.kept.inner[0].arn == "none" ? [] : [true]
    content {
      enabled        = true
      attribute_name = "expires"
    }
  }
  dynamic "server_side_encryption" {
    for_each = one(aws_kms_key.splat[*].arn) == "none" ? [] : [true]
    content {
      enabled = true
    }
  }
}

resource "aws_dynamodb_table" "repeated" {
  for_each = local.repeats

  name         = "inflow-${each.key}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"

  attribute {
    name = "pk"
    type = "S"
  }

  dynamic "point_in_time_recovery" {
    for_each = each.value == "none" ? [] : [true]
    content {
      enabled = true
    }
  }
  dynamic "ttl" {
    for_each = [for _, keys in module.output : keys.arn][0] == "none" ? [] : [true]
    content {
      enabled        = true
      attribute_name = "expires"
    }
  }
  dynamic "server_side_encryption" {
    for_each = data.aws_iam_policy_document.of_key.json == "none" ? [] : [true]
    content {
      enabled = true
    }
  }
}

module "argument" {
  source = "./table"
  name   = "inflow-argument"
  key    = aws_kms_key.argument.arn
}

module "outer" {
  source = "./outer"
  keys   = { only = aws_kms_key.argument_of_argument.arn }
}

module "each_of_call" {
  source   = "./table"
  for_each = { only = { arn = aws_kms_key.each_of_call.arn } }
  name     = "inflow-each"
  key      = each.value.arn
}

module "each_of_call_over_local" {
  source   = "./table"
  for_each = local.calls
  name     = "inflow-each-local"
  key      = each.value.arn
}

# Nothing that is unknown gets in here, so the blocks are absent whatever the rest of the plan holds.
module "sealed" {
  source   = "./table"
  for_each = toset(["inflow-sealed"])
  name     = each.key
  key      = "none"
}
