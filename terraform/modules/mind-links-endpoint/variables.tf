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

variable "table_arns" {
  description = "ARNs of the tables that can be reached through the endpoint."
  type        = list(string)
  nullable    = false
}

variable "index_arns" {
  description = "ARNs of the indexes that can be reached through the endpoint."
  type        = list(string)
  nullable    = false
}

variable "actions" {
  description = "What can be done through the endpoint."
  type        = list(string)
  nullable    = false

  default = [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
  ]

  validation {
    condition     = alltrue([for action in var.actions : can(regex("^dynamodb:[A-Za-z]+$", action))])
    error_message = "The actions are DynamoDB's, without wildcards."
  }
}

variable "shared_service" {
  description = "Value of the tag Service on what belongs to no single service."
  type        = string
  default     = "shared"
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource, beside those that the provider and the module set."
  type        = map(string)
  default     = {}
  nullable    = false
}
