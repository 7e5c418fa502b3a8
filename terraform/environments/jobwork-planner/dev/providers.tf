provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "JobWorkPlanner"
      Environment = var.environment
      ManagedBy   = "Terraform"
    }
  }
}
