# All that is unknown here depends on the tables: nothing can reach them, and what looks unknown in them is absent.

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

locals {
  tags = { Service = "ledger" }
}

module "table" {
  source = "./table"
  name   = "ledger"
  tags   = local.tags
}

module "access" {
  source = "./access"
  tables = [module.table.arn]
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = "ledger-worker"
  policy_arn = module.access.policy_arn
}
