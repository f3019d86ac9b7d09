-- Messages a person must look at, newest first.
CREATE INDEX message_trouble ON message(lab, at) WHERE note IN ('unreadable', 'partly');
