# The data model of the site builder: one entry per table, keyed by the entity in its name.
# An item's other attributes (subscription, branding, teams, active, ...) are not declared:
# DynamoDB has a schema for key attributes only.

locals {
  tables = {
    tenants = {
      hash_key  = "PK" # TENANT#{id}
      range_key = "SK" # METADATA

      key_types = {
        PK    = "S"
        SK    = "S"
        email = "S"
      }

      global_secondary_indexes = {
        email-index = {
          hash_key        = "email"
          range_key       = "PK"
          projection_type = "ALL"
        }
      }
    }

    users = {
      hash_key  = "PK" # USER#{id}
      range_key = "SK" # METADATA

      key_types = {
        PK       = "S"
        SK       = "S"
        tenantId = "S"
        email    = "S"
      }

      global_secondary_indexes = {
        tenant-index = {
          hash_key        = "tenantId"
          range_key       = "SK"
          projection_type = "ALL"
        }

        email-index = {
          hash_key        = "email"
          range_key       = "PK"
          projection_type = "ALL"
        }
      }
    }

    sites = {
      hash_key  = "PK" # SITE#{id}
      range_key = "SK" # VERSION#{version}

      key_types = {
        PK       = "S"
        SK       = "S"
        tenantId = "S"
      }

      global_secondary_indexes = {
        tenant-index = {
          hash_key        = "tenantId"
          range_key       = "SK"
          projection_type = "ALL"
        }
      }
    }

    generations = {
      hash_key  = "PK" # GEN#{id}
      range_key = "SK" # METADATA

      key_types = {
        PK        = "S"
        SK        = "S"
        tenantId  = "S"
        siteId    = "S"
        createdAt = "S"
      }

      global_secondary_indexes = {
        tenant-index = {
          hash_key        = "tenantId"
          range_key       = "createdAt"
          projection_type = "ALL"
        }

        site-index = {
          hash_key        = "siteId"
          range_key       = "createdAt"
          projection_type = "ALL"
        }
      }
    }

    templates = {
      hash_key  = "PK" # TPL#{id}
      range_key = "SK" # METADATA

      key_types = {
        PK       = "S"
        SK       = "S"
        tenantId = "S"
      }

      global_secondary_indexes = {
        tenant-index = {
          hash_key        = "tenantId"
          range_key       = "SK"
          projection_type = "ALL"
        }
      }
    }

    partners = {
      hash_key  = "PK" # PARTNER#{id}
      range_key = "SK" # METADATA

      key_types = {
        PK           = "S"
        SK           = "S"
        customDomain = "S"
      }

      global_secondary_indexes = {
        domain-index = {
          hash_key        = "customDomain"
          projection_type = "ALL"
        }
      }
    }
  }
}
