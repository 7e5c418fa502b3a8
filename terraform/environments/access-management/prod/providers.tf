provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Stack = "access-management"
    }
  }
}

# Where the copy of the audit bucket lives. Without a failover Region nothing is made through it.
provider "aws" {
  alias  = "failover"
  region = coalesce(var.failover_region, var.region)

  default_tags {
    tags = {
      Stack = "access-management"
    }
  }
}
