# State is local until a bucket is at hand. Then uncomment, and pass what differs between accounts at init:
# terraform init -backend-config="bucket=<state bucket>" -backend-config="region=<Region of the bucket>"
#
# terraform {
#   backend "s3" {
#     key          = "mind-links/prod.tfstate"
#     encrypt      = true
#     use_lockfile = true # Terraform 1.10 or later
#   }
# }
