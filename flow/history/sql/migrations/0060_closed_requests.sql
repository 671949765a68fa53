-- The desk's lapsed list reads the requests that were closed last.

create index record_closed_request on record (hospital, seq desc) where entity = 'request' and not live;
