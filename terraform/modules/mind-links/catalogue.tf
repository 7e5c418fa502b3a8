# The data model of Mind-Links: every table, by its name without the environment, and every service.
# Key attributes are strings unless key_types says otherwise; every index projects ALL. An item's other attributes are
# not declared: DynamoDB has a schema for key attributes only.

locals {
  tables = {
    # --- platform backend: 16 tables, 8 services ------------------------------

    auth-users = {
      service  = "auth-service"
      hash_key = "id"

      global_secondary_indexes = {
        email-index = { hash_key = "email" }
      }
    }

    auth-sessions = {
      service            = "auth-service"
      hash_key           = "id"
      ttl_attribute_name = "expiresAt" # after 7 days
    }

    user-profiles = {
      service  = "user-service"
      hash_key = "userId"
    }

    user-preferences = {
      service  = "user-service"
      hash_key = "userId"
    }

    client-companies = {
      service  = "client-service"
      hash_key = "id"

      global_secondary_indexes = {
        userId-index = { hash_key = "userId" }
      }
    }

    client-invitations = {
      service            = "client-service"
      hash_key           = "id"
      ttl_attribute_name = "expiresAt" # after 7 days

      global_secondary_indexes = {
        token-index    = { hash_key = "token" }
        clientId-index = { hash_key = "clientId" }
      }
    }

    contractor-profiles = {
      service  = "contractor-service"
      hash_key = "id"

      global_secondary_indexes = {
        userId-index = { hash_key = "userId" }
      }
    }

    contractor-bank-details = {
      service  = "contractor-service"
      hash_key = "id"

      global_secondary_indexes = {
        contractorId-index = { hash_key = "contractorId" }
      }
    }

    kyc-sessions = {
      service  = "kyc-service"
      hash_key = "id"

      global_secondary_indexes = {
        contractorId-index = { hash_key = "contractorId" }
        status-index       = { hash_key = "status" }
      }
    }

    kyc-documents = {
      service  = "kyc-service"
      hash_key = "id"

      global_secondary_indexes = {
        contractorId-index = { hash_key = "contractorId" }
      }
    }

    contract-contracts = {
      service  = "contract-service"
      hash_key = "id"
      stream   = true

      global_secondary_indexes = {
        clientId-index     = { hash_key = "clientId" }
        contractorId-index = { hash_key = "contractorId" }
        status-index       = { hash_key = "status" }
      }
    }

    contract-templates = {
      service  = "contract-service"
      hash_key = "id"

      global_secondary_indexes = {
        type-index = { hash_key = "type" }
      }
    }

    payment-transactions = {
      service  = "payment-service"
      hash_key = "id"

      global_secondary_indexes = {
        contractId-index   = { hash_key = "contractId" }
        contractorId-index = { hash_key = "contractorId" }
        status-index       = { hash_key = "status" }
      }
    }

    payment-escrow = {
      service  = "payment-service"
      hash_key = "contractId"
    }

    notification-notifications = {
      service  = "notification-service"
      hash_key = "id"

      key_types = {
        read = "N" # 0 or 1: a boolean cannot be a key
      }

      global_secondary_indexes = {
        userId-index = { hash_key = "userId" }
        read-index   = { hash_key = "userId", range_key = "read" }
      }
    }

    notification-templates = {
      service  = "notification-service"
      hash_key = "id"

      global_secondary_indexes = {
        type-index = { hash_key = "type" }
      }
    }

    # --- website backend: 9 tables, 3 services --------------------------------
    # An index of a point in time has it as sort key: as partition key it could answer no question about a period.

    website-blog-posts = {
      service  = "content-service"
      hash_key = "id"

      global_secondary_indexes = {
        slug-index     = { hash_key = "slug" }
        status-index   = { hash_key = "status" }
        category-index = { hash_key = "category" }
      }
    }

    website-pages = {
      service  = "content-service"
      hash_key = "id"

      global_secondary_indexes = {
        slug-index   = { hash_key = "slug" }
        status-index = { hash_key = "status" }
      }
    }

    website-media = {
      service  = "content-service"
      hash_key = "id"

      global_secondary_indexes = {
        type-index       = { hash_key = "type" }
        uploadedAt-index = { hash_key = "type", range_key = "uploadedAt" }
      }
    }

    website-contacts = {
      service  = "lead-service"
      hash_key = "id"

      global_secondary_indexes = {
        email-index     = { hash_key = "email" }
        status-index    = { hash_key = "status" }
        createdAt-index = { hash_key = "status", range_key = "createdAt" }
      }
    }

    website-demo-requests = {
      service  = "lead-service"
      hash_key = "id"

      global_secondary_indexes = {
        email-index         = { hash_key = "email" }
        status-index        = { hash_key = "status" }
        preferredDate-index = { hash_key = "status", range_key = "preferredDate" }
      }
    }

    website-newsletter-subscriptions = {
      service  = "lead-service"
      hash_key = "id"

      global_secondary_indexes = {
        email-index  = { hash_key = "email" }
        status-index = { hash_key = "status" }
      }
    }

    website-events = {
      service            = "analytics-service"
      hash_key           = "id"
      ttl_attribute_name = "expiresAt" # after 90 days

      global_secondary_indexes = {
        sessionId-index = { hash_key = "sessionId" }
        type-index      = { hash_key = "type" }
        timestamp-index = { hash_key = "type", range_key = "timestamp" }
      }
    }

    website-sessions = {
      service            = "analytics-service"
      hash_key           = "id"
      ttl_attribute_name = "expiresAt" # after 30 days

      global_secondary_indexes = {
        userId-index    = { hash_key = "userId" }
        startTime-index = { hash_key = "device", range_key = "startTime" }
      }
    }

    website-metrics = {
      service  = "analytics-service"
      hash_key = "id"

      global_secondary_indexes = {
        date-index   = { hash_key = "date" }
        metric-index = { hash_key = "metric", range_key = "date" }
      }
    }
  }

  services = distinct([for table in values(local.tables) : table.service])

  # What each bucket holds, and the service that it belongs to.
  buckets = {
    contract-pdfs = "contract-service"
    kyc-documents = "kyc-service"
    user-avatars  = "user-service"
    website-media = "content-service"
  }

  # The environment variable in which a service gets a table's name, where it is not that of the table.
  table_variables = {
    contract-contracts = "CONTRACT_TABLE_NAME"
  }
}
