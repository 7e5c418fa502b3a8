# What all services read. The value of the secret is not Terraform's: it would stand in the state.

locals {
  shared_tags = merge(
    var.tags,
    {
      Service = "shared"
    },
  )
}

resource "aws_secretsmanager_secret" "jwt" {
  name                    = "${var.name_prefix}/${var.environment}/jwt-secret"
  description             = "Key that signs the tokens of ${var.environment}. Its value is set outside of Terraform."
  recovery_window_in_days = 30
  tags                    = local.shared_tags
}

resource "aws_ssm_parameter" "redis_host" {
  name        = "/${var.name_prefix}/${var.environment}/redis/host"
  description = "Host name of the Redis cache."
  type        = "String"
  value       = var.redis_host
  tags        = local.shared_tags
}
