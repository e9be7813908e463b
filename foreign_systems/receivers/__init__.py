"""SysLog and Webhook: the audit trail's entries, sent to other systems as they are written."""
