"""The integration engineer's screen: feeds, letters, the tray, conflicts, what is sent out. Pure: rows and records in, pages out."""
