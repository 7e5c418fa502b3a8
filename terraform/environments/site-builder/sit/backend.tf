# State is local until this is filled in; the name of the bucket does not belong into the code.
#
# terraform {
#   backend "s3" {
#     key          = "site-builder/sit.tfstate"
#     encrypt      = true
#     use_lockfile = true # Terraform 1.10
#   }
# }
#
# terraform init -backend-config="bucket=<state bucket>" -backend-config="region=<Region of the bucket>"
