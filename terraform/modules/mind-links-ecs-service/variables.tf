variable "environment" {
  description = "Deployment environment: dev, staging or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "The environment must be dev, staging or prod."
  }
}

variable "name_prefix" {
  description = "First part of every resource name, the tables' own excepted."
  type        = string
  default     = "mindlinks"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.name_prefix))
    error_message = "The name prefix must have 2 to 16 lower-case letters, digits and hyphens, and start with a letter."
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

variable "service" {
  description = "Name of the service, such as contract-service."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)*-service$", var.service))
    error_message = "A service's name is lower-case words joined by hyphens, the last of them service."
  }
}

# --- the container ------------------------------------------------------------

variable "image" {
  description = "Image of the container: a private ECR repository with a tag other than latest, or with a digest."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?/[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*|@sha256:[0-9a-f]{64})$", var.image))
    error_message = "The image must be in a private ECR repository and have a tag or a digest."
  }

  validation {
    condition     = !endswith(var.image, ":latest")
    error_message = "The tag latest does not say what runs, and cannot be rolled back to."
  }
}

variable "port" {
  description = "Port that the service listens on."
  type        = number
  nullable    = false

  validation {
    condition     = var.port >= 1 && var.port <= 65535
    error_message = "A port is a number from 1 to 65535."
  }
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one vCPU."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.cpu)
    error_message = "Fargate offers 256, 512, 1024, 2048, 4096, 8192 and 16384 CPU units."
  }
}

variable "memory" {
  description = "Memory of a task in MiB; Fargate offers certain sizes for each number of CPU units."
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition     = var.memory == 512 || (var.memory >= 1024 && var.memory <= 122880 && var.memory % 1024 == 0)
    error_message = "The memory must be 512 MiB or a multiple of 1024 up to 122880."
  }
}

variable "environment_variables" {
  description = "Environment variables beside AWS_REGION, NODE_ENV, SERVICE_NAME and SERVICE_PORT, or in their place. Nothing secret."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "parameters" {
  description = "ARNs of the parameters whose values the container gets, by environment variable."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "secrets" {
  description = "ARNs of the Secrets Manager secrets whose values the container gets, by environment variable."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "health_check" {
  description = "How ECS asks whether the container is well: path, seconds between questions, seconds until an answer is too late, failures in a row, seconds before failures count. The image needs curl."
  type = object({
    path         = optional(string, "/health")
    interval     = optional(number, 30)
    timeout      = optional(number, 5)
    retries      = optional(number, 3)
    start_period = optional(number, 60)
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^/[A-Za-z0-9/_-]*$", var.health_check.path))
    error_message = "The path of the health check starts with a slash and has letters, digits, hyphens and underscores."
  }

  validation {
    condition     = var.health_check.interval >= 5 && var.health_check.interval <= 300 && var.health_check.timeout >= 2 && var.health_check.timeout <= 60 && var.health_check.retries >= 1 && var.health_check.retries <= 10 && var.health_check.start_period >= 0 && var.health_check.start_period <= 300
    error_message = "ECS takes an interval of 5 to 300 seconds, a timeout of 2 to 60, 1 to 10 retries and a start period of 0 to 300."
  }
}

variable "log_retention_in_days" {
  description = "Days for which logs are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_in_days)
    error_message = "CloudWatch Logs offers certain periods only, such as 30, 90 or 365 days; logs are not kept for ever."
  }
}

# --- where it runs ------------------------------------------------------------

variable "task_role_arn" {
  description = "ARN of the role that the service acts in."
  type        = string
  nullable    = false
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

variable "desired_count" {
  description = "Number of tasks."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.desired_count >= 0
    error_message = "The number of tasks cannot be negative."
  }
}

variable "target_group_arn" {
  description = "ARN of the load balancer's target group (type ip); null for a service that no load balancer sends requests to."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of every resource, beside those that the provider and the module set."
  type        = map(string)
  default     = {}
  nullable    = false
}
