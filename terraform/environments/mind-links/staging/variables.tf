variable "environment" {
  description = "Deployment environment: dev, staging or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "The environment must be dev, staging or prod."
  }
}

variable "account_id" {
  description = "Id of the AWS account that everything is in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "region" {
  description = "AWS Region that everything is in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "The region must be an AWS Region name."
  }
}

variable "streams_enabled" {
  description = "Whether the tables that may have a stream have one."
  type        = bool
  nullable    = false
}

variable "deletion_protection_enabled" {
  description = "Whether tables, and buckets with objects in them, cannot be deleted."
  type        = bool
  nullable    = false
}

variable "services" {
  description = "The services that run in ECS, by name: image, port, size, number of tasks, target group of a load balancer and further environment variables. A service that is not listed has its role, and nothing that runs."
  type = map(object({
    image                 = string
    port                  = number
    cpu                   = optional(number, 512)
    memory                = optional(number, 1024)
    desired_count         = optional(number, 2)
    target_group_arn      = optional(string)
    environment_variables = optional(map(string), {})
  }))
  nullable = false

  validation {
    condition = length(setsubtract(keys(var.services), [
      "analytics-service",
      "auth-service",
      "client-service",
      "content-service",
      "contract-service",
      "contractor-service",
      "kyc-service",
      "lead-service",
      "notification-service",
      "payment-service",
      "user-service",
    ])) == 0
    error_message = "A service must be one of the eleven in the catalogue, such as contract-service."
  }
}

variable "cluster_arn" {
  description = "ARN of the ECS cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[A-Za-z0-9_-]+$", var.cluster_arn))
    error_message = "cluster_arn must be the ARN of an ECS cluster."
  }
}

variable "subnet_ids" {
  description = "Ids of the private subnets that the tasks run in."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) > 0 && alltrue([for id in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "At least one subnet is needed; its id is subnet- and 8 to 17 hexadecimal digits."
  }
}

variable "security_group_ids" {
  description = "Ids of the tasks' security groups."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) > 0 && alltrue([for id in var.security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", id))])
    error_message = "At least one security group is needed; its id is sg- and 8 to 17 hexadecimal digits."
  }
}

variable "log_retention_in_days" {
  description = "Days for which logs are kept."
  type        = number
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_in_days)
    error_message = "CloudWatch Logs offers certain periods only, such as 30, 90 or 365 days; logs are not kept for ever."
  }
}

variable "redis_host" {
  description = "Host name of the Redis cache."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.redis_host))
    error_message = "The Redis host must be a host name without port."
  }
}

variable "vpc_id" {
  description = "Id of the VPC that the services run in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]{8,17}$", var.vpc_id))
    error_message = "A VPC's id is vpc- and 8 to 17 hexadecimal digits."
  }
}

variable "route_table_ids" {
  description = "Ids of the route tables of the services' subnets; the endpoint works for these subnets only."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.route_table_ids) > 0
    error_message = "An endpoint without a route table carries no traffic."
  }

  validation {
    condition     = alltrue([for id in var.route_table_ids : can(regex("^rtb-[0-9a-f]{8,17}$", id))])
    error_message = "A route table's id is rtb- and 8 to 17 hexadecimal digits."
  }
}

variable "alert_emails" {
  description = "E-mail addresses that alarms are sent to; each has to confirm its subscription."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "An e-mail address has one @ and no spaces."
  }
}

variable "tags" {
  description = "Tags of every resource, beside those that the provider and the module set."
  type        = map(string)
  nullable    = false
}
