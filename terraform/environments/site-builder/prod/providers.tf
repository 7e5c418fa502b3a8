provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "BBWS"
      Environment = var.environment
      ManagedBy   = "Terraform"
    }
  }
}
