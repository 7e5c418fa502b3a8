# The data model of the JobWork Planner: one entry per table, keyed by the entity in its name.
# An item's other attributes (name, code, cognito_sub, email, role, created_at, updated_at) are not
# declared: DynamoDB has a schema for key attributes only.

locals {
  tables = {
    tenant = {
      hash_key  = "tenant_id" # UUID
      range_key = null

      key_types = {
        tenant_id = "S"
      }
    }

    users = {
      hash_key  = "tenant_id" # UUID
      range_key = "user_id"   # UUID

      key_types = {
        tenant_id = "S"
        user_id   = "S"
      }
    }
  }
}
