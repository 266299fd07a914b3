"""The year's calendar: fixed days, own due dates, days off; as pages and as a subscription."""
