module "tables" {
  source = "../mind-links-tables"

  environment                 = var.environment
  name_prefix                 = var.name_prefix
  account_id                  = var.account_id
  tables                      = local.tables
  streams_enabled             = var.streams_enabled
  recovery_period_in_days     = var.recovery_period_in_days
  deletion_protection_enabled = var.deletion_protection_enabled
  tags                        = var.tags
}

module "bucket" {
  source   = "../mind-links-bucket"
  for_each = local.buckets

  environment   = var.environment
  name_prefix   = var.name_prefix
  account_id    = var.account_id
  purpose       = each.key
  service       = each.value
  force_destroy = !var.deletion_protection_enabled
  tags          = var.tags
}

# What a service has: its tables, its buckets, and the parameters with their names.
locals {
  service_tables = {
    for service in local.services : service => {
      for key, table in module.tables.tables : key => table
      if table.service == service
    }
  }

  service_buckets = {
    for service in local.services : service => {
      for purpose, owner in local.buckets : purpose => module.bucket[purpose]
      if owner == service
    }
  }

  service_parameters = {
    for service in local.services : service => merge(
      {
        for key, table in local.service_tables[service] :
        lookup(local.table_variables, key, "${upper(replace(key, "-", "_"))}_TABLE_NAME") => table.parameter_arn
      },
      { for bucket in values(local.service_buckets[service]) : "S3_BUCKET_NAME" => bucket.parameter_arn },
      { REDIS_HOST = aws_ssm_parameter.redis_host.arn },
    )
  }
}

module "service_role" {
  source   = "../mind-links-service-role"
  for_each = toset(local.services)

  environment    = var.environment
  name_prefix    = var.name_prefix
  account_id     = var.account_id
  region         = var.region
  service        = each.key
  tables         = local.service_tables[each.key]
  kms_key_arn    = module.tables.kms_key_arn
  bucket_arns    = [for bucket in values(local.service_buckets[each.key]) : bucket.arn]
  parameter_arns = values(local.service_parameters[each.key])
  tags           = var.tags
}

module "ecs_service" {
  source   = "../mind-links-ecs-service"
  for_each = var.services

  environment           = var.environment
  name_prefix           = var.name_prefix
  account_id            = var.account_id
  region                = var.region
  service               = each.key
  image                 = each.value.image
  port                  = each.value.port
  cpu                   = each.value.cpu
  memory                = each.value.memory
  desired_count         = each.value.desired_count
  target_group_arn      = each.value.target_group_arn
  environment_variables = each.value.environment_variables
  parameters            = local.service_parameters[each.key]
  secrets               = { JWT_SECRET = aws_secretsmanager_secret.jwt.arn }
  task_role_arn         = module.service_role[each.key].arn
  cluster_arn           = var.cluster_arn
  subnet_ids            = var.subnet_ids
  security_group_ids    = var.security_group_ids
  log_retention_in_days = var.log_retention_in_days
  tags                  = var.tags
}

module "alarms" {
  source = "../mind-links-alarms"

  environment          = var.environment
  name_prefix          = var.name_prefix
  account_id           = var.account_id
  region               = var.region
  tables               = module.tables.tables
  operations           = var.alarm_operations
  throttling_threshold = var.throttling_threshold
  alert_emails         = var.alert_emails
  tags                 = var.tags
}

module "endpoint" {
  source = "../mind-links-endpoint"

  environment     = var.environment
  name_prefix     = var.name_prefix
  account_id      = var.account_id
  region          = var.region
  vpc_id          = var.vpc_id
  route_table_ids = var.route_table_ids
  table_arns      = [for table in values(module.tables.tables) : table.arn]
  index_arns      = flatten([for table in values(module.tables.tables) : table.index_arns])
  tags            = var.tags
}
