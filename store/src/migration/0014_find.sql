-- Finding an order by the number that the orderer's own system gave.
CREATE INDEX accession_placer ON accession(lab, placer_number, id) WHERE placer_number<>'';
